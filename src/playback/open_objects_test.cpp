#include "playback/open_objects.h"

#include <gtest/gtest.h>

#include "storage/local/local_object_store.h"
#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

class OpenObjectsTest : public testing::Test {
 protected:
  std::string etag(std::string_view key) { return objects_.open(key, clock_.now()).value()->etag; }
  std::string etag_of(std::string_view bytes) {
    EXPECT_TRUE(store_.put("object", bytes));
    return OpenObjects(store_).open("object", clock_.now()).value()->etag;
  }

  TemporaryRoot folder_;
  LocalObjectStore store_{LocalDisk::open(folder_.path()).value()};
  OpenObjects objects_{store_};
  FakeClock clock_;
};

TEST_F(OpenObjectsTest, AnEtagTellsContentsApart) {
  const std::string long_bytes(5000, 'x');
  EXPECT_EQ(etag_of("abc"), etag_of("abc"));
  EXPECT_NE(etag_of("abc"), etag_of("abd"));
  EXPECT_NE(etag_of(long_bytes), etag_of(long_bytes + "x"));
  EXPECT_NE(etag_of(""), etag_of(std::string(1, '\0')));
  EXPECT_TRUE(etag_of("abc").starts_with('"')) << "strong";
}

TEST_F(OpenObjectsTest, OpensAnObjectOnceForAWhile) {
  ASSERT_TRUE(store_.put("object", "abc"));
  const auto first = objects_.open("object", clock_.now()).value();
  EXPECT_EQ(objects_.open("object", clock_.now()).value(), first);
}

TEST_F(OpenObjectsTest, LetsGoOfARemovedObjectAfterHalfAMinute) {
  ASSERT_TRUE(store_.put("object", "abc"));
  ASSERT_TRUE(objects_.open("object", clock_.now()));
  ASSERT_TRUE(store_.remove("object"));
  clock_.advance(std::chrono::seconds{30});
  const auto gone = objects_.open("object", clock_.now());
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::not_found);
}

TEST_F(OpenObjectsTest, DoesNotRememberWhatWasNotThere) {
  EXPECT_FALSE(objects_.open("object", clock_.now()));
  ASSERT_TRUE(store_.put("object", "abc"));
  EXPECT_TRUE(objects_.open("object", clock_.now()));
}

}  // namespace
}  // namespace sluice
