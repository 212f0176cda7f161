#include "ingest/ingest.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using nlohmann::json;

// Signed together with the answer to `initiate`, so that a small upload needs no second request.
constexpr int kFirstParts = 10;

PartPlan part_plan(const Upload& upload) {
  const bool single = upload.part_size == 0;
  return {upload.size_bytes,
          single ? std::max<std::int64_t>(1, upload.size_bytes) : upload.part_size};
}

bool has_expired(const Video& video) {
  return video.status == VideoStatus::failed && video.error &&
         video.error->code == "upload_expired";
}

Result<> check_pending(const Video& video) {
  if (video.status == VideoStatus::pending) return {};
  if (has_expired(video)) {
    return fail(ErrorKind::conflict, "upload_expired", "This upload has expired; start a new one.");
  }
  return fail(ErrorKind::conflict, "upload_finished", "This upload is already complete.");
}

json status_json(const Video& video) {
  return {{"video_id", video.id.str()}, {"status", to_string(video.status)}};
}

std::vector<int> numbers_up_to(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

}  // namespace

Result<User> Ingest::require_user(const Request& request) const {
  SLUICE_TRY_ASSIGN(auto user, parts_.find_user(request));
  if (!user) return fail(ErrorKind::denied, "unauthenticated", "Sign in first.");
  return *std::move(user);
}

Result<Video> Ingest::own_video(const Request& request, const VideoId& id) const {
  SLUICE_TRY_ASSIGN(const User user, require_user(request));
  SLUICE_TRY_ASSIGN(Video video, parts_.videos.find_video(id));
  if (video.user_id != user.id) {
    return fail(ErrorKind::not_found, "video_not_found", "There is no such video.");
  }
  return video;
}

Result<Ingest::Own> Ingest::own_upload(const Request& request, const VideoId& id) const {
  SLUICE_TRY_ASSIGN(Video video, own_video(request, id));
  SLUICE_TRY_ASSIGN(Upload upload, parts_.videos.find_upload(id));
  return Own{std::move(video), std::move(upload)};
}

Timestamp Ingest::url_expiry(const Upload& upload) const {
  return std::min(parts_.clock.now() + options_.url_ttl, upload.expires_at);
}

Result<http::Response> Ingest::initiate(const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(request));
  SLUICE_TRY_ASSIGN(const json body, http::json_body(request));
  SLUICE_TRY_ASSIGN(const NewUpload wanted, read_new_upload(body, options_.limits));

  const Timestamp now = parts_.clock.now();
  Video video;
  video.id = VideoId(random_id());
  video.user_id = user.id;
  video.title = wanted.title;
  video.original_filename = wanted.filename;
  video.visibility = wanted.visibility;
  video.created_at = video.updated_at = now;
  video.size_bytes = wanted.size_bytes;
  Upload upload;
  upload.video_id = video.id;
  upload.size_bytes = wanted.size_bytes;
  upload.expires_at = now + options_.upload_ttl;
  const bool multipart =
      wanted.size_bytes > kLargestSinglePut || (wanted.multipart && wanted.size_bytes > 0);
  SLUICE_TRY(start(video, upload, multipart));

  SLUICE_TRY_ASSIGN(json description, describe(upload));
  json answer = status_json(video);
  answer["upload"] = std::move(description);
  return Response::json(201, answer);
}

Result<> Ingest::start(const Video& video, Upload& upload, bool multipart) const {
  const std::string key = source_key(video.id);
  if (multipart) {
    upload.part_size = choose_part_size(upload.size_bytes);
    SLUICE_TRY_ASSIGN(upload.upload_id, parts_.upload_urls.create_multipart(key));
  }
  auto created = parts_.videos.create_video(video, upload);
  if (!created && multipart) {
    // The first error is the one to report; an upload that nobody knows expires in the store.
    const auto aborted = parts_.upload_urls.abort_multipart(key, upload.upload_id);
    static_cast<void>(aborted);
  }
  return created;
}

Result<json> Ingest::describe(const Upload& upload) const {
  if (upload.part_size == 0) {
    SLUICE_TRY_ASSIGN(const SignedPut put,
                      parts_.upload_urls.sign_put(source_key(upload.video_id), upload.size_bytes,
                                                  url_expiry(upload)));
    return json{{"type", "single"},
                {"method", "PUT"},
                {"url", put.url},
                {"headers", put.headers},
                {"expires_at", to_rfc3339(put.expires_at)}};
  }
  const PartPlan plan = part_plan(upload);
  const int first = std::min(kFirstParts, plan.part_count());
  SLUICE_TRY_ASSIGN(json parts, signed_parts(upload, numbers_up_to(first)));
  return json{{"type", "multipart"},
              {"part_size", plan.part_size},
              {"part_count", plan.part_count()},
              {"parts", std::move(parts)},
              {"expires_at", to_rfc3339(url_expiry(upload))}};
}

Result<json> Ingest::signed_parts(const Upload& upload, const std::vector<int>& numbers) const {
  const PartPlan plan = part_plan(upload);
  const std::string key = source_key(upload.video_id);
  const Timestamp expires_at = url_expiry(upload);
  json parts = json::array();
  for (const int number : numbers) {
    SLUICE_TRY_ASSIGN(const SignedPut put,
                      parts_.upload_urls.sign_part(key, upload.upload_id, number,
                                                   plan.size_of(number), expires_at));
    json part = {{"part_number", number}, {"url", put.url}};
    if (!put.headers.empty()) part["headers"] = put.headers;
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<http::Response> Ingest::sign_parts(const Request& request) {
  SLUICE_TRY(require_user(request));
  SLUICE_TRY_ASSIGN(const json body, http::json_body(request));
  SLUICE_TRY_ASSIGN(const VideoId id, read_video_id(body));
  SLUICE_TRY_ASSIGN(const Own own, own_upload(request, id));
  SLUICE_TRY(check_pending(own.video));
  if (own.upload.part_size == 0) {
    return fail(ErrorKind::conflict, "not_multipart",
                "This upload is a single PUT; GET /api/uploads/:video_id has its address.");
  }
  SLUICE_TRY_ASSIGN(const auto numbers,
                    read_part_numbers(body, part_plan(own.upload).part_count()));
  SLUICE_TRY_ASSIGN(json parts, signed_parts(own.upload, numbers));
  return Response::json(
      200, {{"parts", std::move(parts)}, {"expires_at", to_rfc3339(url_expiry(own.upload))}});
}

// A single PUT counts as one part. Where the parts were joined already, all of them are here.
Result<std::vector<StoredPart>> Ingest::stored_parts(const Upload& upload) const {
  const std::string key = source_key(upload.video_id);
  if (upload.part_size > 0) {
    auto parts = parts_.upload_urls.list_parts(key, upload.upload_id);
    if (parts || parts.error().kind != ErrorKind::not_found) return parts;
  }
  const auto source = parts_.uploads.stat(key);
  if (!source) {
    if (source.error().kind != ErrorKind::not_found) return fail(source.error());
    return std::vector<StoredPart>{};
  }
  std::vector<StoredPart> parts;
  const PartPlan plan = part_plan(upload);
  for (int number = 1; number <= plan.part_count(); ++number) {
    parts.push_back({number, plan.size_of(number)});
  }
  return parts;
}

Result<http::Response> Ingest::show(const Request& request) {
  SLUICE_TRY_ASSIGN(const Own own,
                    own_upload(request, VideoId(std::string(request.param("video_id")))));
  SLUICE_TRY_ASSIGN(const auto stored, stored_parts(own.upload));
  const PartPlan plan = part_plan(own.upload);
  json answer = status_json(own.video);
  answer["size_bytes"] = own.upload.size_bytes;
  answer["part_size"] = plan.part_size;
  answer["part_count"] = plan.part_count();
  answer["expires_at"] = to_rfc3339(own.upload.expires_at);
  answer["parts"] = json::array();
  for (const StoredPart& part : stored) {
    answer["parts"].push_back({{"part_number", part.part_number}, {"size_bytes", part.size_bytes}});
  }
  if (own.video.status == VideoStatus::pending) {
    auto upload = describe(own.upload);
    // Joined, and stopped before it was noted: there is nothing left to send.
    const bool joined = !upload && upload.error().kind == ErrorKind::not_found;
    if (!upload && !joined) return fail(upload.error());
    if (upload) answer["upload"] = *std::move(upload);
  }
  return Response::json(200, answer).set("Cache-Control", "no-store");
}

// Brings the source into its place and checks its size.
Result<> Ingest::store_source(const Upload& upload) const {
  const std::string key = source_key(upload.video_id);
  if (upload.part_size > 0) {
    const auto parts = parts_.upload_urls.list_parts(key, upload.upload_id);
    if (parts) {
      SLUICE_TRY(check_parts(part_plan(upload), *parts));
      SLUICE_TRY(parts_.upload_urls.complete_multipart(key, upload.upload_id, *parts));
    } else if (parts.error().kind != ErrorKind::not_found) {
      return fail(parts.error());
    }
  }
  const auto source = parts_.uploads.stat(key);
  if (!source && source.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::conflict, "upload_incomplete", "The file's bytes are not here yet.");
  }
  if (!source) return fail(source.error());
  if (source->size_bytes != upload.size_bytes) {
    return fail(ErrorKind::conflict, "size_mismatch",
                fmt::format("{} bytes are here instead of the {} that were announced.",
                            source->size_bytes, upload.size_bytes));
  }
  return {};
}

Result<http::Response> Ingest::complete(const Request& request) {
  SLUICE_TRY(require_user(request));
  SLUICE_TRY_ASSIGN(const json body, http::json_body(request));
  SLUICE_TRY_ASSIGN(const VideoId id, read_video_id(body));
  SLUICE_TRY_ASSIGN(const Own own, own_upload(request, id));
  if (own.video.status != VideoStatus::pending && !has_expired(own.video)) {
    return Response::json(202, status_json(own.video));
  }
  SLUICE_TRY(check_pending(own.video));
  SLUICE_TRY(store_source(own.upload));
  SLUICE_TRY_ASSIGN(const Video queued,
                    parts_.tasks.complete_upload(id, own.upload.size_bytes, parts_.clock.now()));
  if (parts_.on_new_task) parts_.on_new_task();
  return Response::json(202, status_json(queued));
}

// The bytes go first: while the rows are there an abort that was cut short can be repeated.
Result<http::Response> Ingest::abort(const Request& request) {
  SLUICE_TRY_ASSIGN(const Own own,
                    own_upload(request, VideoId(std::string(request.param("video_id")))));
  if (!has_expired(own.video)) SLUICE_TRY(check_pending(own.video));
  const std::string key = source_key(own.video.id);
  if (!own.upload.upload_id.empty()) {
    SLUICE_TRY(parts_.upload_urls.abort_multipart(key, own.upload.upload_id));
  }
  SLUICE_TRY(parts_.uploads.remove(key));
  SLUICE_TRY(parts_.videos.remove_video(own.video.id, parts_.clock.now()));
  return Response::empty(204);
}

void Ingest::add_routes(http::Router& router) {
  using Action = Result<Response> (Ingest::*)(const Request&);
  const auto add = [&](std::string_view method, std::string_view pattern, Action action) {
    router.add(method, pattern, [this, action](const Request& request) {
      auto response = (this->*action)(request);
      return response ? *std::move(response) : Response::problem(response.error());
    });
  };
  add("POST", "/api/uploads/initiate", &Ingest::initiate);
  add("POST", "/api/uploads/parts", &Ingest::sign_parts);
  add("POST", "/api/uploads/complete", &Ingest::complete);
  add("GET", "/api/uploads/:video_id", &Ingest::show);
  add("DELETE", "/api/uploads/:video_id", &Ingest::abort);
}

}  // namespace sluice
