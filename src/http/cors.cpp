#include "http/cors.h"

namespace sluice::http {

void allow_any_origin(Response& response) {
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Access-Control-Expose-Headers", "Content-Length, Content-Range, ETag");
}

Handler allowing_any_origin(Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    Response response = handler(request);
    allow_any_origin(response);
    return response;
  };
}

void add_preflight(Router& router, std::string_view pattern, std::string_view methods) {
  const auto answer = [methods = std::string(methods)](const Request&) {
    Response response = Response::empty(204);
    response.set("Access-Control-Allow-Origin", "*");
    response.set("Access-Control-Allow-Methods", methods);
    response.set("Access-Control-Allow-Headers", "*");
    response.set("Access-Control-Max-Age", "86400");
    return response;
  };
  router.add("OPTIONS", pattern, answer, {.quick = true});
}

}  // namespace sluice::http
