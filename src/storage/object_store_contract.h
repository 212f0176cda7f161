// What every ObjectStore must do. A back end's test names its factory:
//
//   INSTANTIATE_TEST_SUITE_P(Local, ObjectStoreContract, testing::Values(ObjectStoreFactory{…}));
//
// and is built together with object_store_contract.cpp.
#pragma once

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "storage/object_store.h"

namespace sluice {

// An empty store, with whatever has to live as long as it.
using ObjectStoreFactory = std::function<std::shared_ptr<ObjectStore>()>;

class ObjectStoreContract : public testing::TestWithParam<ObjectStoreFactory> {
 protected:
  ObjectStoreContract() : store_(GetParam()()) {}
  std::string read(std::string_view key);  // whole; "" and a failure when it can't be
  std::vector<std::string> keys(std::string_view prefix);

  std::shared_ptr<ObjectStore> store_;
};

}  // namespace sluice
