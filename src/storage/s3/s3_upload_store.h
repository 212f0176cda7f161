// Uploads straight into a bucket of S3, or of a service that is compatible.
#pragma once

#include "fetch/http_client.h"
#include "storage/s3/s3_bucket.h"
#include "storage/s3/s3_xml.h"
#include "storage/upload_store.h"

namespace sluice {

// Signed URLs need the body's length as it was signed, and lead to the public endpoint. They stop
// working when the credentials they were signed with expire, which can be before `expires_at`.
// Needs parts of at least 5 MiB, but for the last.
class S3UploadStore final : public UploadStore {
 public:
  // `client` and `http` outlive the store; `options` have passed check_s3_options.
  S3UploadStore(AwsClient& client, HttpClient& http, const S3Options& options);

  Result<SignedPut> sign_put(std::string_view key, std::int64_t size_bytes,
                             Timestamp expires_at) override;
  Result<std::string> create_multipart(std::string_view key) override;
  Result<SignedPut> sign_part(std::string_view key, std::string_view upload_id, int part_number,
                              std::int64_t size_bytes, Timestamp expires_at) override;
  Result<std::vector<StoredPart>> list_parts(std::string_view key,
                                             std::string_view upload_id) override;
  Result<> complete_multipart(std::string_view key, std::string_view upload_id,
                              const std::vector<StoredPart>& parts) override;
  Result<> abort_multipart(std::string_view key, std::string_view upload_id) override;

  // Aborts uploads of keys that start with `prefix` and were created before `older_than`: what an
  // API process left behind that died between creating one and recording it. How many there were.
  Result<int> abort_stale_multiparts(std::string_view prefix, Timestamp older_than);

  // For `sluice doctor`. Would a page at `origin` ("https://videos.example.com") be allowed to
  // upload? Asks as its browser will. `denied`, code cors_missing.
  Result<> check_cors(std::string_view origin);
  // Signs a URL, uploads to it without credentials as a client does, reads a range of it back and
  // removes it.
  Result<> check_signed_put();

 private:
  Result<SignedPut> sign(AwsCall call, std::int64_t size_bytes, Timestamp expires_at);
  AwsCall upload_call(std::string method, std::string_view key, std::string_view upload_id) const;
  Result<FetchResponse> send_to_upload(const AwsCall& call) const;
  Result<std::vector<S3Part>> stored_parts(std::string_view key, std::string_view upload_id);
  Result<> finish(std::string_view key, std::string_view upload_id,
                  const std::vector<S3Part>& parts);
  bool is_stored(std::string_view key, std::int64_t size_bytes);

  const S3Bucket bucket_;
  HttpClient& http_;
};

// The rule that the uploads bucket needs for pages at `origin`, as `aws s3api put-bucket-cors
// --cors-configuration` takes it.
std::string cors_configuration(std::string_view origin);

}  // namespace sluice
