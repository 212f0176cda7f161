#include "storage/local/local_upload_store.h"

#include "storage/key_rules.h"
#include "storage/local/file_source.h"
#include "storage/local/multipart_upload.h"

namespace sluice {
namespace {

constexpr int kMaxPartNumber = 10'000;

auto size_mismatch(ErrorKind kind) {
  return fail(kind, "size_mismatch", "The body is not as long as this URL was signed for.");
}

class LocalUploadWriter final : public UploadWriter {
 public:
  LocalUploadWriter(std::shared_ptr<LocalDisk> disk, PendingFile file, StorageGrant grant)
      : disk_(std::move(disk)), file_(std::move(file)), grant_(std::move(grant)) {}

  Result<> write(std::string_view bytes) override {
    if (file_.size_bytes() + static_cast<std::int64_t>(bytes.size()) > grant_.size_bytes) {
      return size_mismatch(ErrorKind::too_large);
    }
    return file_.write(bytes);
  }

  Result<std::string> commit() override {
    if (file_.size_bytes() != grant_.size_bytes) return size_mismatch(ErrorKind::invalid);
    SLUICE_TRY_ASSIGN(auto written, file_.open());
    if (grant_.upload_id.empty()) {
      SLUICE_TRY(file_.place(grant_.key));
    } else {
      SLUICE_TRY_ASSIGN(auto upload, MultipartUpload::open(*disk_, grant_.key, grant_.upload_id));
      SLUICE_TRY(upload.store_part(file_, grant_.part_number));
    }
    return written->etag();
  }

 private:
  std::shared_ptr<LocalDisk> disk_;
  PendingFile file_;
  StorageGrant grant_;
};

}  // namespace

Result<SignedPut> LocalUploadStore::sign(StorageGrant grant) const {
  SLUICE_TRY(check_key(grant.key));
  if (grant.size_bytes < 0) {
    return fail(ErrorKind::invalid, "invalid_size", "A size is not negative.");
  }
  return SignedPut{.url = make_storage_url(signing_key_, options_.public_url, grant),
                   .headers = {},
                   .expires_at = std::chrono::floor<std::chrono::seconds>(grant.expires_at)};
}

Result<SignedPut> LocalUploadStore::sign_put(std::string_view key, std::int64_t size_bytes,
                                             Timestamp expires_at) {
  return sign({.key = std::string(key), .size_bytes = size_bytes, .expires_at = expires_at});
}

Result<std::string> LocalUploadStore::create_multipart(std::string_view key) {
  SLUICE_TRY(check_key(key));
  return MultipartUpload::create(*disk_, key);
}

Result<SignedPut> LocalUploadStore::sign_part(std::string_view key, std::string_view upload_id,
                                              int part_number, std::int64_t size_bytes,
                                              Timestamp expires_at) {
  SLUICE_TRY(check_key(key));
  if (part_number < 1 || part_number > kMaxPartNumber) {
    return fail(ErrorKind::invalid, "invalid_part", "Part numbers go from 1 to 10000.");
  }
  SLUICE_TRY(MultipartUpload::open(*disk_, key, upload_id));
  return sign({.key = std::string(key),
               .size_bytes = size_bytes,
               .upload_id = std::string(upload_id),
               .part_number = part_number,
               .expires_at = expires_at});
}

Result<std::vector<StoredPart>> LocalUploadStore::list_parts(std::string_view key,
                                                             std::string_view upload_id) {
  SLUICE_TRY(check_key(key));
  SLUICE_TRY_ASSIGN(const auto upload, MultipartUpload::open(*disk_, key, upload_id));
  return upload.parts();
}

Result<> LocalUploadStore::complete_multipart(std::string_view key, std::string_view upload_id,
                                              const std::vector<StoredPart>& parts) {
  SLUICE_TRY(check_key(key));
  auto upload = MultipartUpload::open(*disk_, key, upload_id);
  auto completed =
      upload ? upload->complete(parts, options_.join_batch_bytes) : Result<>(fail(upload.error()));
  // Completed before, perhaps by a call that we were just waiting for.
  if (!completed && completed.error().kind == ErrorKind::not_found &&
      FileSource::open(disk_->path_of(key))) {
    return {};
  }
  return completed;
}

Result<> LocalUploadStore::abort_multipart(std::string_view key, std::string_view upload_id) {
  SLUICE_TRY(check_key(key));
  auto upload = MultipartUpload::open(*disk_, key, upload_id);
  if (upload) return upload->abort();
  if (upload.error().kind == ErrorKind::not_found) return {};
  return fail(upload.error());
}

Result<std::unique_ptr<UploadWriter>> LocalUploadStore::begin_put(std::string_view key,
                                                                  const Query& query,
                                                                  std::int64_t content_length,
                                                                  Timestamp now) {
  SLUICE_TRY(check_key(key));
  SLUICE_TRY_ASSIGN(auto grant, verify_storage_url(signing_key_, "PUT", key, query, now));
  if (content_length != grant.size_bytes) return size_mismatch(ErrorKind::invalid);
  if (!grant.upload_id.empty()) {
    SLUICE_TRY(MultipartUpload::open(*disk_, grant.key, grant.upload_id));
  }
  if (disk_->free_bytes() < content_length) {
    return fail(disk_error("begin_put", disk_->root(), ENOSPC));
  }
  SLUICE_TRY_ASSIGN(auto file, disk_->begin_file());
  return std::make_unique<LocalUploadWriter>(disk_, std::move(file), std::move(grant));
}

Result<SignedObject> LocalUploadStore::open_signed(std::string_view key, const Query& query,
                                                   Timestamp now) {
  SLUICE_TRY(check_key(key));
  SLUICE_TRY(verify_storage_url(signing_key_, "GET", key, query, now));
  SLUICE_TRY_ASSIGN(auto source, FileSource::open(disk_->path_of(key)));
  auto etag = source->etag();
  return SignedObject{std::move(source), std::move(etag)};
}

Result<std::string> LocalUploadStore::sign_get(std::string_view key, Timestamp expires_at) const {
  SLUICE_TRY(check_key(key));
  return make_storage_url(signing_key_, options_.public_url,
                          {.method = "GET", .key = std::string(key), .expires_at = expires_at});
}

}  // namespace sluice
