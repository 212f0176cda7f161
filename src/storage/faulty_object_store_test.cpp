#include "storage/faulty_object_store.h"

#include <gtest/gtest.h>

#include "storage/local/local_object_store.h"
#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

TEST(FaultyObjectStore, FailsTheCallItWasToldAndNoOther) {
  const TemporaryRoot root;
  LocalObjectStore inner(LocalDisk::open(root.path()).value());
  ASSERT_TRUE(inner.put("a", "x"));
  for (int failing = 0; failing < 4; ++failing) {
    FaultyObjectStore store(inner, failing);
    const bool worked[] = {store.put("a", "x").has_value(), store.stat("a").has_value(),
                           store.open("a").has_value(), store.list("").has_value()};
    for (int call = 0; call < 4; ++call) EXPECT_EQ(worked[call], call != failing);
    EXPECT_EQ(store.calls(), 4);
  }
}

TEST(FaultyObjectStore, MayFailAfterTheCallWasMade) {
  const TemporaryRoot root;
  LocalObjectStore inner(LocalDisk::open(root.path()).value());
  FaultyObjectStore before(inner, 0, FaultyObjectStore::Fault::before);
  EXPECT_EQ(before.put("a", "x").error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(inner.stat("a"));
  FaultyObjectStore after(inner, 0, FaultyObjectStore::Fault::after);
  EXPECT_EQ(after.put("a", "x").error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(inner.stat("a"));
}

}  // namespace
}  // namespace sluice
