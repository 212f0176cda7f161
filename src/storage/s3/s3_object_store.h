// Objects in a bucket of S3, or of a service that is compatible.
#pragma once

#include "storage/object_store.h"
#include "storage/s3/block_source.h"
#include "storage/s3/s3_bucket.h"

namespace sluice {

// Differs from the contract in one thing: a source that was opened can't be read any further once
// its object is replaced or removed (`unavailable`, code object_changed), but for what was fetched
// of it before; it never mixes old and new bytes. A key may be the folder of another.
//
// Errors name the bucket and AWS's code, never a URL. ACLs are not touched; the bucket stays as
// private as it is.
class S3ObjectStore final : public ObjectStore {
 public:
  // `client` outlives the store; `options` have passed check_s3_options.
  S3ObjectStore(AwsClient& client, const S3Options& options);

  Result<> put(std::string_view key, std::string_view bytes) override;
  // One request, which brings the first MiB; see block_source.h for the rest.
  Result<std::shared_ptr<const ByteSource>> open(std::string_view key) override;
  Result<ObjectInfo> stat(std::string_view key) override;
  Result<> remove(std::string_view key) override;
  Result<> remove_prefix(std::string_view prefix) override;
  Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
  // Writes, reads and removes a small object: what IAM policies get wrong shows at once.
  Result<> check() override;

 private:
  Result<> remove_all(const std::vector<ObjectInfo>& objects);
  BlockSource::Fetch range_reader(std::string_view key, std::string etag) const;

  const std::shared_ptr<const S3Bucket> bucket_;
  const std::shared_ptr<BlockCache> cache_;
};

}  // namespace sluice
