// What every UploadStore must do; used like object_store_contract.h, with
// upload_store_contract.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "storage/object_store.h"
#include "storage/upload_store.h"

namespace sluice {

struct UploadStoreUnderTest {
  std::shared_ptr<UploadStore> uploads;
  std::shared_ptr<ObjectStore> objects;  // the same bucket
  // What a client does with a signed PUT: sends these bytes. Did the store take them?
  std::function<bool(const SignedPut&, std::string_view bytes)> send;
  // The smallest size that all parts but the last must have.
  std::size_t min_part_bytes = 1;
};

using UploadStoreFactory = std::function<UploadStoreUnderTest()>;

class UploadStoreContract : public testing::TestWithParam<UploadStoreFactory> {
 protected:
  UploadStoreContract() : under_test_(GetParam()()) {}

  std::string create();
  bool send_part(std::string_view upload_id, int part_number, std::string_view bytes);
  std::vector<StoredPart> parts(std::string_view upload_id);
  std::string object();  // "absent" when it isn't there
  std::string part_of(char letter) const { return std::string(part_bytes(), letter); }
  std::size_t part_bytes() const { return std::max<std::size_t>(under_test_.min_part_bytes, 10); }
  UploadStore& uploads() { return *under_test_.uploads; }

  UploadStoreUnderTest under_test_;
};

}  // namespace sluice
