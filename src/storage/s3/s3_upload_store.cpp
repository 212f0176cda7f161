#include "storage/s3/s3_upload_store.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "storage/key_rules.h"

namespace sluice {
namespace {

// S3 puts the parts together while we wait.
constexpr std::chrono::minutes kCompletionTime{10};
constexpr std::chrono::minutes kCompletionStall{2};
constexpr int kMaxParts = 10'000;

tl::unexpected<Error> upload_not_found() {
  return fail(ErrorKind::not_found, "upload_not_found", "There is no such upload any more.");
}

tl::unexpected<Error> parts_changed() {
  return fail(ErrorKind::conflict, "parts_changed",
              "The stored parts are not those that were listed; list them again.");
}

bool same(const std::vector<S3Part>& stored, const std::vector<StoredPart>& given) {
  return std::ranges::equal(stored, given, [](const S3Part& a, const StoredPart& b) {
    return a.part_number == b.part_number && a.size_bytes == b.size_bytes;
  });
}

std::int64_t total_size(const std::vector<StoredPart>& parts) {
  return std::accumulate(
      parts.begin(), parts.end(), std::int64_t{0},
      [](std::int64_t sum, const StoredPart& part) { return sum + part.size_bytes; });
}

}  // namespace

S3UploadStore::S3UploadStore(AwsClient& client, HttpClient& http, const S3Options& options)
    : bucket_(client, options), http_(http) {}

Result<SignedPut> S3UploadStore::sign(AwsCall call, std::int64_t size_bytes, Timestamp expires_at) {
  if (size_bytes < 0) {
    return fail(ErrorKind::invalid, "invalid_size", "A size is not negative.");
  }
  SignedPut put;
  put.headers = {call.headers.begin(), call.headers.end()};
  // Every client announces the length by itself; browsers allow nobody to set it.
  call.headers.emplace_back("Content-Length", std::to_string(size_bytes));
  SLUICE_TRY_ASSIGN(put.url, bucket_.presign(std::move(call), expires_at));
  put.expires_at = expires_at;
  return put;
}

Result<SignedPut> S3UploadStore::sign_put(std::string_view key, std::int64_t size_bytes,
                                          Timestamp expires_at) {
  SLUICE_TRY(check_key(key));
  auto call = bucket_.call("PUT", key);
  call.headers = bucket_.encryption_headers();
  return sign(std::move(call), size_bytes, expires_at);
}

Result<std::string> S3UploadStore::create_multipart(std::string_view key) {
  SLUICE_TRY(check_key(key));
  auto call = bucket_.call("POST", key);
  call.query = {{"uploads", ""}};
  call.headers = bucket_.encryption_headers();
  SLUICE_TRY_ASSIGN(const auto response, bucket_.send(call));
  return parse_upload_id(response.body);
}

Result<SignedPut> S3UploadStore::sign_part(std::string_view key, std::string_view upload_id,
                                           int part_number, std::int64_t size_bytes,
                                           Timestamp expires_at) {
  SLUICE_TRY(check_key(key));
  if (part_number < 1 || part_number > kMaxParts) {
    return fail(ErrorKind::invalid, "invalid_part", "Part numbers go from 1 to 10000.");
  }
  auto call = upload_call("PUT", key, upload_id);
  call.query.emplace_back("partNumber", std::to_string(part_number));
  return sign(std::move(call), size_bytes, expires_at);
}

AwsCall S3UploadStore::upload_call(std::string method, std::string_view key,
                                   std::string_view upload_id) const {
  auto call = bucket_.call(std::move(method), key);
  call.query = {{"uploadId", std::string(upload_id)}};
  return call;
}

// Of an upload that is gone some servers say NoSuchUpload, others NoSuchKey.
Result<FetchResponse> S3UploadStore::send_to_upload(const AwsCall& call) const {
  auto response = bucket_.send(call);
  if (!response && response.error().kind == ErrorKind::not_found) return upload_not_found();
  return response;
}

Result<std::vector<S3Part>> S3UploadStore::stored_parts(std::string_view key,
                                                        std::string_view upload_id) {
  SLUICE_TRY(check_key(key));
  // An empty one would be another request altogether.
  if (upload_id.empty()) return upload_not_found();
  std::vector<S3Part> parts;
  auto call = upload_call("GET", key, upload_id);
  while (true) {
    SLUICE_TRY_ASSIGN(const auto response, send_to_upload(call));
    SLUICE_TRY_ASSIGN(const auto page, parse_part_page(response.body));
    parts.insert(parts.end(), page.parts.begin(), page.parts.end());
    if (page.next_marker == 0) return parts;
    call.query.resize(1);
    call.query.emplace_back("part-number-marker", std::to_string(page.next_marker));
  }
}

Result<std::vector<StoredPart>> S3UploadStore::list_parts(std::string_view key,
                                                          std::string_view upload_id) {
  SLUICE_TRY_ASSIGN(const auto stored, stored_parts(key, upload_id));
  std::vector<StoredPart> parts;
  for (const auto& part : stored) parts.push_back({part.part_number, part.size_bytes});
  return parts;
}

Result<> S3UploadStore::complete_multipart(std::string_view key, std::string_view upload_id,
                                           const std::vector<StoredPart>& parts) {
  // Listed again for the tags of the parts, which nobody else has to keep.
  const auto stored = stored_parts(key, upload_id);
  auto completed = stored ? Result<>() : Result<>(fail(stored.error()));
  if (stored && (stored->empty() || !same(*stored, parts))) return parts_changed();
  if (stored) completed = finish(key, upload_id, *stored);
  // Completed before, perhaps by this call: its answer may have been lost and the request repeated.
  if (!completed && completed.error().code == "upload_not_found" &&
      is_stored(key, total_size(parts))) {
    return {};
  }
  return completed;
}

Result<> S3UploadStore::finish(std::string_view key, std::string_view upload_id,
                               const std::vector<S3Part>& parts) {
  const auto body = completion_request(parts);
  auto call = upload_call("POST", key, upload_id);
  call.body = body;
  call.timeout = kCompletionTime;
  call.stall = kCompletionStall;
  SLUICE_TRY_ASSIGN(const auto response, bucket_.ask(call));
  auto fault = aws_fault(response);
  if (response.status == 200) {
    SLUICE_TRY_ASSIGN(fault.code, parse_completion_fault(response.body));
    if (fault.code.empty()) return {};
    fault.status = 500;
  }
  if (fault.code == "InvalidPart" || fault.code == "InvalidPartOrder") return parts_changed();
  if (fault.code == "EntityTooSmall") {
    return fail(ErrorKind::invalid, "part_too_small",
                "All parts but the last need at least 5 MiB.");
  }
  auto error = bucket_.error_of(fault);
  if (error.kind == ErrorKind::not_found) return upload_not_found();
  return fail(std::move(error));
}

bool S3UploadStore::is_stored(std::string_view key, std::int64_t size_bytes) {
  const auto response = bucket_.send(bucket_.call("HEAD", key));
  return response && response->header("content-length") == std::to_string(size_bytes);
}

Result<> S3UploadStore::abort_multipart(std::string_view key, std::string_view upload_id) {
  SLUICE_TRY(check_key(key));
  if (upload_id.empty()) return {};
  const auto aborted = send_to_upload(upload_call("DELETE", key, upload_id));
  if (!aborted && aborted.error().kind != ErrorKind::not_found) return fail(aborted.error());
  return {};
}

Result<int> S3UploadStore::abort_stale_multiparts(std::string_view prefix, Timestamp older_than) {
  int aborted = 0;
  auto call = bucket_.call("GET", "");
  call.query = {{"uploads", ""}, {"prefix", std::string(prefix)}};
  while (true) {
    SLUICE_TRY_ASSIGN(const auto response, bucket_.send(call));
    SLUICE_TRY_ASSIGN(const auto page, parse_upload_page(response.body));
    for (const auto& upload : page.uploads) {
      const bool ours = upload.key.starts_with(prefix) && check_key(upload.key);
      if (!ours || upload.initiated >= older_than) continue;
      SLUICE_TRY(abort_multipart(upload.key, upload.upload_id));
      ++aborted;
    }
    if (!page.truncated) return aborted;
    call.query.resize(2);
    call.query.emplace_back("key-marker", page.next_key);
    call.query.emplace_back("upload-id-marker", page.next_upload_id);
  }
}

}  // namespace sluice
