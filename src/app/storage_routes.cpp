#include "app/storage_routes.h"

#include "http/cors.h"

namespace sluice {
namespace {

constexpr std::string_view kPattern = "/storage/uploads/*key";

UploadReceiver::Query query_of(const http::Request& request) {
  UploadReceiver::Query query;
  for (const auto& [name, value] : request.query) query.emplace(name, value);
  return query;
}

http::Response refusal(const Error& error) {
  auto response = http::Response::problem(error);
  http::allow_any_origin(response);
  return response;
}

class StoringSink final : public http::BodySink {
 public:
  explicit StoringSink(std::unique_ptr<UploadWriter> writer) : writer_(std::move(writer)) {}

  Result<> write(std::string_view bytes) override { return writer_->write(bytes); }

  http::Response finish() override {
    auto etag = writer_->commit();
    if (!etag) return refusal(etag.error());
    auto response = http::Response::empty(200);
    response.set("ETag", std::move(*etag));
    http::allow_any_origin(response);
    return response;
  }

 private:
  std::unique_ptr<UploadWriter> writer_;
};

}  // namespace

void add_storage_routes(http::Router& router, UploadReceiver& receiver, const Clock& clock) {
  router.add_upload("PUT", kPattern, [&](const http::Request& request) -> http::SinkOrRefusal {
    auto writer = receiver.begin_put(request.param("key"), query_of(request),
                                     request.content_length, clock.now());
    if (!writer) return {nullptr, refusal(writer.error())};
    return {std::make_unique<StoringSink>(std::move(*writer)), {}};
  });
  router.add("GET", kPattern, http::allowing_any_origin([&](const http::Request& request) {
               auto object =
                   receiver.open_signed(request.param("key"), query_of(request), clock.now());
               if (!object) return http::Response::problem(object.error());
               return http::serve_source(request, std::move(object->source), object->etag,
                                         "application/octet-stream", "private, no-store");
             }));
  http::add_preflight(router, kPattern, "GET, HEAD, PUT");
}

}  // namespace sluice
