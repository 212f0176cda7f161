// What `sluice doctor` asks of an uploads bucket.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "storage/s3/s3_upload_store.h"

namespace sluice {
namespace {

constexpr std::chrono::minutes kProbeLifetime{5};

FetchRequest as_client(std::string method, const std::string& url) {
  FetchRequest request;
  request.method = std::move(method);
  request.url = url;
  request.timeout = std::chrono::seconds(15);
  return request;
}

Timestamp soon() { return SystemClock().now() + kProbeLifetime; }

bool lists(std::string_view header, std::string_view name) {
  return header == "*" || header.find(name) != std::string_view::npos;
}

}  // namespace

Result<> S3UploadStore::check_cors(std::string_view origin) {
  SLUICE_TRY_ASSIGN(const auto put, sign_put(".sluice-check-cors", 1, soon()));
  auto preflight = as_client("OPTIONS", put.url);
  std::string wanted = "content-type";
  for (const auto& [name, value] : put.headers) wanted += "," + name;
  preflight.headers = {{"Origin", std::string(origin)},
                       {"Access-Control-Request-Method", "PUT"},
                       {"Access-Control-Request-Headers", wanted}};
  SLUICE_TRY_ASSIGN(const auto answer, http_.send(preflight));
  const auto allowed = answer.header("access-control-allow-origin");
  if (answer.status / 100 == 2 && (allowed == "*" || allowed == origin) &&
      lists(answer.header("access-control-allow-methods"), "PUT")) {
    return {};
  }
  return fail(ErrorKind::denied, "cors_missing",
              fmt::format("The bucket {} does not allow browsers at {} to upload.",
                          bucket_.options().bucket, origin));
}

Result<> S3UploadStore::check_signed_put() {
  const auto key = ".sluice-check-" + random_id();
  SLUICE_TRY_ASSIGN(const auto put, sign_put(key, static_cast<std::int64_t>(key.size()), soon()));
  auto upload = as_client("PUT", put.url);
  upload.headers = {put.headers.begin(), put.headers.end()};
  upload.body = key;
  SLUICE_TRY_ASSIGN(const auto stored, http_.send(upload));
  if (stored.status != 200) return fail(bucket_.error_of(aws_fault(stored)));
  auto read = bucket_.call("GET", key);
  read.headers = {{"Range", "bytes=1-4"}};
  const auto range = bucket_.send(read);
  SLUICE_TRY(bucket_.send(bucket_.call("DELETE", key)));
  if (!range) return fail(range.error());
  if (range->status == 206 && range->body == key.substr(1, 4)) return {};
  return fail(ErrorKind::unavailable, "bad_answer", "The storage does not answer ranged reads.");
}

std::string cors_configuration(std::string_view origin) {
  return nlohmann::json{{"CORSRules",
                         {{{"AllowedOrigins", {std::string(origin)}},
                           {"AllowedMethods", {"PUT"}},
                           {"AllowedHeaders", {"*"}},
                           {"ExposeHeaders", {"ETag"}},
                           {"MaxAgeSeconds", 3600}}}}}
      .dump();
}

}  // namespace sluice
