#include "ingest/storage_routes.h"

#include "http/cors.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kPattern = "/storage/uploads/*key";

Response for_any_origin(Response response) {
  http::allow_any_origin(response);
  return response;
}

UploadReceiver::Query query_of(const Request& request) {
  return {request.query.begin(), request.query.end()};
}

class UploadSink final : public http::BodySink {
 public:
  explicit UploadSink(std::unique_ptr<UploadWriter> writer) : writer_(std::move(writer)) {}

  Result<> write(std::string_view bytes) override { return writer_->write(bytes); }

  Response finish() override {
    const auto etag = writer_->commit();
    if (!etag) return for_any_origin(Response::problem(etag.error()));
    return for_any_origin(Response::empty(200).set("ETag", *etag));
  }

 private:
  std::unique_ptr<UploadWriter> writer_;
};

http::SinkOrRefusal begin_put(UploadReceiver& receiver, const Clock& clock,
                              const Request& request) {
  auto writer = receiver.begin_put(request.param("key"), query_of(request), request.content_length,
                                   clock.now());
  if (!writer) return {nullptr, for_any_origin(Response::problem(writer.error()))};
  return {std::make_unique<UploadSink>(std::move(*writer)), {}};
}

Response serve(UploadReceiver& receiver, const Clock& clock, const Request& request) {
  const auto object = receiver.open_signed(request.param("key"), query_of(request), clock.now());
  if (!object) return Response::problem(object.error());
  auto response = http::serve_source(request, object->source, object->etag,
                                     "application/octet-stream", "private, no-store");
  // What people upload is shown by nobody's browser as a page of ours.
  response.set("Content-Disposition", "attachment");
  return response;
}

}  // namespace

void add_storage_routes(http::Router& router, UploadReceiver& receiver, const Clock& clock) {
  router.add_upload("PUT", kPattern, [&receiver, &clock](const Request& request) {
    return begin_put(receiver, clock, request);
  });
  router.add("GET", kPattern,
             http::allowing_any_origin([&receiver, &clock](const Request& request) {
               return serve(receiver, clock, request);
             }));
  http::add_preflight(router, kPattern, "PUT, GET, HEAD");
}

}  // namespace sluice
