// Objects as files of the local disk.
#pragma once

#include <memory>

#include "storage/local/local_disk.h"
#include "storage/object_store.h"

namespace sluice {

class LocalObjectStore final : public ObjectStore {
 public:
  explicit LocalObjectStore(std::shared_ptr<LocalDisk> disk) : disk_(std::move(disk)) {}

  Result<> put(std::string_view key, std::string_view bytes) override;
  Result<std::shared_ptr<const ByteSource>> open(std::string_view key) override;
  Result<ObjectInfo> stat(std::string_view key) override;
  Result<> remove(std::string_view key) override;
  Result<> remove_prefix(std::string_view prefix) override;
  Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
  Result<> check() override;

 private:
  std::shared_ptr<LocalDisk> disk_;
};

}  // namespace sluice
