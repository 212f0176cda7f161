// Uploads straight to the local disk: pre-signed URLs that lead back to Sluice's own /storage/….
#pragma once

#include <memory>
#include <string>

#include "base/secret.h"
#include "signing/storage_url.h"
#include "storage/local/local_disk.h"
#include "storage/upload_receiver.h"
#include "storage/upload_store.h"

namespace sluice {

struct LocalUploadOptions {
  Secret key;              // anything long and random; old URLs die with it
  std::string public_url;  // without a trailing slash: what browsers see
  // Room that completing a multipart upload needs beyond the upload itself.
  std::int64_t join_batch_bytes = std::int64_t{256} << 20;
};

// Shares its disk with a LocalObjectStore, in which the uploads appear.
class LocalUploadStore final : public UploadStore, public UploadReceiver {
 public:
  LocalUploadStore(std::shared_ptr<LocalDisk> disk, LocalUploadOptions options)
      : disk_(std::move(disk)),
        options_(std::move(options)),
        signing_key_(options_.key, kStorageKeyPurpose) {}

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

  Result<std::unique_ptr<UploadWriter>> begin_put(std::string_view key, const Query& query,
                                                  std::int64_t content_length,
                                                  Timestamp now) override;
  Result<SignedObject> open_signed(std::string_view key, const Query& query,
                                   Timestamp now) override;

  // A URL that reads the object by GET or HEAD.
  Result<std::string> sign_get(std::string_view key, Timestamp expires_at) const;

 private:
  Result<SignedPut> sign(StorageGrant grant) const;

  std::shared_ptr<LocalDisk> disk_;
  LocalUploadOptions options_;
  HmacKey signing_key_;
};

}  // namespace sluice
