#include "storage/upload_store_contract.h"

namespace sluice {
namespace {

const std::string kKey = "videos/v1/source/original";

Timestamp in_an_hour() { return SystemClock().now() + std::chrono::hours{1}; }

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "success" : result.error().code;
}

}  // namespace

std::string UploadStoreContract::create() {
  const auto id = uploads().create_multipart(kKey);
  EXPECT_TRUE(id);
  return id.value_or("");
}

bool UploadStoreContract::send_part(std::string_view upload_id, int part_number,
                                    std::string_view bytes) {
  const auto put = uploads().sign_part(kKey, upload_id, part_number,
                                       static_cast<std::int64_t>(bytes.size()), in_an_hour());
  EXPECT_TRUE(put) << code_of(put);
  return put && under_test_.send(*put, bytes);
}

std::vector<StoredPart> UploadStoreContract::parts(std::string_view upload_id) {
  auto parts = uploads().list_parts(kKey, upload_id);
  EXPECT_TRUE(parts) << code_of(parts);
  return parts.value_or(std::vector<StoredPart>{});
}

std::string UploadStoreContract::object() {
  const auto source = under_test_.objects->open(kKey);
  if (!source) return "absent";
  std::string bytes(static_cast<std::size_t>((*source)->size_bytes()), '\0');
  EXPECT_EQ((*source)->read_at(0, bytes).value_or(0), bytes.size());
  return bytes;
}

TEST_P(UploadStoreContract, TakesASinglePutAndItsRepetition) {
  const auto put = uploads().sign_put(kKey, 5, in_an_hour());
  ASSERT_TRUE(put);
  EXPECT_EQ(object(), "absent");
  EXPECT_TRUE(under_test_.send(*put, "hello"));
  EXPECT_EQ(object(), "hello");
  EXPECT_TRUE(under_test_.send(*put, "again"));
  EXPECT_EQ(object(), "again");
}

TEST_P(UploadStoreContract, TakesNoOtherSizeThanWasSigned) {
  const auto put = uploads().sign_put(kKey, 5, in_an_hour());
  ASSERT_TRUE(put);
  for (const auto* bytes : {"", "hell", "hello!"}) EXPECT_FALSE(under_test_.send(*put, bytes));
  EXPECT_EQ(object(), "absent");
}

TEST_P(UploadStoreContract, RefusesATamperedOrExpiredUrl) {
  auto put = *uploads().sign_put(kKey, 5, in_an_hour());
  const auto at = put.url.find("original");
  ASSERT_NE(at, std::string::npos);
  put.url.replace(at, 8, "original2");
  EXPECT_FALSE(under_test_.send(put, "hello"));
  EXPECT_FALSE(under_test_.objects->stat("videos/v1/source/original2"));

  const auto expired = uploads().sign_put(kKey, 5, SystemClock().now() - std::chrono::seconds{2});
  EXPECT_FALSE(expired && under_test_.send(*expired, "hello"));
  EXPECT_EQ(object(), "absent");
}

TEST_P(UploadStoreContract, JoinsPartsInOrderHoweverTheyCame) {
  const auto id = create();
  EXPECT_TRUE(send_part(id, 3, "end"));
  EXPECT_TRUE(send_part(id, 1, part_of('a')));
  EXPECT_TRUE(send_part(id, 2, part_of('b')));
  EXPECT_EQ(object(), "absent");
  EXPECT_TRUE(uploads().complete_multipart(kKey, id, parts(id)));
  EXPECT_EQ(object(), part_of('a') + part_of('b') + "end");
}

TEST_P(UploadStoreContract, ListsPartsByNumberWithTheirSizes) {
  const auto id = create();
  EXPECT_TRUE(parts(id).empty());
  EXPECT_TRUE(send_part(id, 10, "tenth"));
  EXPECT_TRUE(send_part(id, 2, part_of('b')));
  const auto stored = parts(id);
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[0].part_number, 2);
  EXPECT_EQ(stored[0].size_bytes, static_cast<std::int64_t>(part_bytes()));
  EXPECT_EQ(stored[1].part_number, 10);
  EXPECT_EQ(stored[1].size_bytes, 5);
}

TEST_P(UploadStoreContract, ReplacesAPartThatIsSentAgain) {
  const auto id = create();
  EXPECT_TRUE(send_part(id, 1, part_of('x') + "longer"));
  EXPECT_TRUE(send_part(id, 1, part_of('a')));
  EXPECT_TRUE(send_part(id, 2, "b"));
  EXPECT_EQ(parts(id).size(), 2u);
  EXPECT_TRUE(uploads().complete_multipart(kKey, id, parts(id)));
  EXPECT_EQ(object(), part_of('a') + "b");
}

TEST_P(UploadStoreContract, CompletesAgainAfterASuccess) {
  const auto id = create();
  EXPECT_TRUE(send_part(id, 1, "whole"));
  const auto stored = parts(id);
  EXPECT_TRUE(uploads().complete_multipart(kKey, id, stored));
  EXPECT_TRUE(uploads().complete_multipart(kKey, id, stored));
  EXPECT_EQ(object(), "whole");
  EXPECT_EQ(code_of(uploads().list_parts(kKey, id)), "upload_not_found");
}

TEST_P(UploadStoreContract, CompletesNothingButWhatIsStored) {
  const auto id = create();
  EXPECT_FALSE(uploads().complete_multipart(kKey, id, {}));
  EXPECT_TRUE(send_part(id, 1, "whole"));
  EXPECT_EQ(code_of(uploads().complete_multipart(kKey, id, {{1, 6}})), "parts_changed");
  EXPECT_EQ(code_of(uploads().complete_multipart(kKey, id, {{1, 5}, {2, 5}})), "parts_changed");
  EXPECT_EQ(object(), "absent");
  EXPECT_TRUE(uploads().complete_multipart(kKey, id, parts(id))) << "still possible";
}

TEST_P(UploadStoreContract, AbortsOnceAndAgain) {
  const auto id = create();
  const auto put = *uploads().sign_part(kKey, id, 2, 5, in_an_hour());
  EXPECT_TRUE(send_part(id, 1, "whole"));
  EXPECT_TRUE(uploads().abort_multipart(kKey, id));
  EXPECT_TRUE(uploads().abort_multipart(kKey, id));
  EXPECT_EQ(code_of(uploads().list_parts(kKey, id)), "upload_not_found");
  EXPECT_EQ(code_of(uploads().complete_multipart(kKey, id, {{1, 5}})), "upload_not_found");
  EXPECT_FALSE(under_test_.send(put, "later"));
  EXPECT_EQ(object(), "absent");
}

TEST_P(UploadStoreContract, KeepsUploadsApart) {
  const auto one = create(), two = create();
  EXPECT_NE(one, two);
  EXPECT_TRUE(send_part(one, 1, "one"));
  EXPECT_TRUE(parts(two).empty());
  EXPECT_EQ(code_of(uploads().list_parts("videos/v2/source/original", one)), "upload_not_found");
  EXPECT_TRUE(under_test_.objects->list("")->empty()) << "parts are no objects";
}

TEST_P(UploadStoreContract, KnowsNoUploadThatItDidNotCreate) {
  for (const auto* id : {"", ".", "..", "../..", "abcdefghijklmnopqrstuvwx", "a/b"}) {
    EXPECT_EQ(code_of(uploads().list_parts(kKey, id)), "upload_not_found") << id;
    EXPECT_EQ(code_of(uploads().complete_multipart(kKey, id, {{1, 5}})), "upload_not_found") << id;
    EXPECT_TRUE(uploads().abort_multipart(kKey, id)) << id;
  }
}

TEST_P(UploadStoreContract, RefusesPartNumbersAndKeysOutOfBounds) {
  const auto id = create();
  for (const int number : {-1, 0, 10'001}) {
    EXPECT_EQ(code_of(uploads().sign_part(kKey, id, number, 5, in_an_hour())), "invalid_part");
  }
  EXPECT_TRUE(uploads().sign_part(kKey, id, 10'000, 5, in_an_hour()));
  EXPECT_EQ(code_of(uploads().sign_put("../a", 5, in_an_hour())), "invalid_key");
  EXPECT_EQ(code_of(uploads().create_multipart("a//b")), "invalid_key");
}

}  // namespace sluice
