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

struct ObjectStoreUnderTest {
  std::shared_ptr<ObjectStore> store;  // empty, with whatever has to live as long as it
  // Else reading on in what was replaced or removed meanwhile is `unavailable`, code
  // object_changed.
  bool keeps_what_was_opened = true;
};

using ObjectStoreFactory = std::function<ObjectStoreUnderTest()>;

class ObjectStoreContract : public testing::TestWithParam<ObjectStoreFactory> {
 protected:
  ObjectStoreContract() : under_test_(GetParam()()), store_(under_test_.store) {}
  void expect_old_contents(const ByteSource& source, const std::string& contents);
  std::string read(std::string_view key);  // whole; "" and a failure when it can't be
  std::vector<std::string> keys(std::string_view prefix);

  ObjectStoreUnderTest under_test_;
  std::shared_ptr<ObjectStore> store_;
};

}  // namespace sluice
