// From a file on somebody's disk to a stored source and its first task: the routes below
// /api/uploads. The bytes never come through here; the client sends them straight to storage.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/time.h"
#include "catalog/tasks.h"
#include "catalog/users.h"
#include "catalog/videos.h"
#include "http/router.h"
#include "ingest/part_plan.h"
#include "ingest/requests.h"
#include "storage/object_store.h"
#include "storage/upload_store.h"

namespace sluice {

struct IngestOptions {
  UploadLimits limits;
  std::chrono::seconds url_ttl = std::chrono::hours{1};      // of one signed URL
  std::chrono::seconds upload_ttl = std::chrono::hours{24};  // then it fails as upload_expired
};

// All outlive the Ingest.
struct IngestParts {
  Videos& videos;
  Tasks& tasks;
  UploadStore& upload_urls;
  ObjectStore& uploads;
  const Clock& clock;
  // Who makes a request: nobody for a request without credentials.
  std::function<Result<std::optional<User>>(const http::Request&)> find_user;
  std::function<void()> on_new_task;  // wakes whoever publishes tasks; may be empty
};

// An upload that isn't there and one of somebody else are answered alike. Every step may be
// repeated after either side was restarted. Thread-safe.
class Ingest {
 public:
  Ingest(IngestOptions options, IngestParts parts) : options_(options), parts_(std::move(parts)) {}

  // The Ingest outlives the router.
  void add_routes(http::Router& router);

 private:
  using Request = http::Request;
  using Response = http::Response;

  // An upload of the caller's own, and its video.
  struct Own {
    Video video;
    Upload upload;
  };

  Result<Response> initiate(const Request& request);
  Result<Response> sign_parts(const Request& request);
  Result<Response> show(const Request& request);
  Result<Response> complete(const Request& request);
  Result<Response> abort(const Request& request);

  Result<User> require_user(const Request& request) const;
  Result<Video> own_video(const Request& request, const VideoId& id) const;
  Result<Own> own_upload(const Request& request, const VideoId& id) const;

  Result<> start(const Video& video, Upload& upload, bool multipart) const;
  Result<nlohmann::json> describe(const Upload& upload) const;
  Result<nlohmann::json> signed_parts(const Upload& upload, const std::vector<int>& numbers) const;
  Result<std::vector<StoredPart>> stored_parts(const Upload& upload) const;
  Result<> store_source(const Upload& upload) const;
  Timestamp url_expiry(const Upload& upload) const;

  IngestOptions options_;
  IngestParts parts_;
};

}  // namespace sluice
