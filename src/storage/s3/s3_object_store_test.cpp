#include "storage/s3/s3_object_store.h"

#include <gtest/gtest.h>

#include "storage/object_store_contract.h"
#include "storage/s3/s3_fixture.h"

namespace sluice {
namespace {

struct Held {
  explicit Held(S3Options changes = {}, S3TestServer server = S3TestServer::from_environment())
      : bucket(std::move(changes), std::move(server)) {}
  S3TestBucket bucket;
  S3ObjectStore store{bucket.client(), bucket.options()};
};

ObjectStoreUnderTest under_test(std::shared_ptr<Held> held) {
  return {.store = {held, &held->store}, .keeps_what_was_opened = false};
}

// Names below "localhost" lead to this machine, and the server knows itself as localhost.
S3Options by_virtual_host() {
  auto endpoint = S3TestServer::from_environment().endpoint;
  endpoint.replace(endpoint.find("127.0.0.1"), 9, "localhost");
  return {.endpoint = endpoint, .addressing = S3Addressing::virtual_host};
}

ObjectStoreUnderTest path_store() { return under_test(std::make_shared<Held>()); }
ObjectStoreUnderTest virtual_host_store() {
  return under_test(std::make_shared<Held>(by_virtual_host()));
}

INSTANTIATE_TEST_SUITE_P(S3ByPath, ObjectStoreContract, testing::Values(path_store));
INSTANTIATE_TEST_SUITE_P(S3ByVirtualHost, ObjectStoreContract, testing::Values(virtual_host_store));

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "success" : result.error().code;
}

TEST(S3ObjectStore, ListsAndRemovesMoreThanOnePage) {
  Held held;
  auto& store = held.store;
  for (int i = 0; i < 1'005; ++i) {
    ASSERT_TRUE(store.put("videos/v/" + std::to_string(10'000 + i), "x"));
  }
  ASSERT_TRUE(store.put("videos/w", "x"));
  const auto listed = store.list("videos/v/");
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1'005u);
  EXPECT_EQ(listed->front().key, "videos/v/10000");
  EXPECT_EQ(listed->back().key, "videos/v/11004");
  EXPECT_TRUE(store.remove_prefix("videos/v/"));
  EXPECT_EQ(store.list("")->size(), 1u);
}

TEST(S3ObjectStore, HidesWhatOthersKeepInTheBucket) {
  Held held;
  EXPECT_EQ(held.bucket.ask("PUT", "folder/", {}, "").status, 200);
  EXPECT_EQ(held.bucket.ask("PUT", "a b & c", {}, "x").status, 200);
  ASSERT_TRUE(held.store.put("folder/a", "x"));
  const auto listed = held.store.list("");
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().key, "folder/a");
}

TEST(S3ObjectStore, KeepsAnObjectBesideItsFolder) {
  Held held;
  EXPECT_TRUE(held.store.put("a", "1"));
  EXPECT_TRUE(held.store.put("a/b", "2"));
  EXPECT_EQ(held.store.list("")->size(), 2u);
}

TEST(S3ObjectStore, SaysThatItsSecretIsWrongWithoutTellingIt) {
  auto server = S3TestServer::from_environment();
  S3TestBucket bucket;
  for (auto credentials : {AwsCredentials{server.credentials.access_key_id, Secret("wrong"), {}},
                           AwsCredentials{"UNKNOWNKEY", Secret("wrong"), {}}}) {
    SystemClock clock;
    FixedCredentials provider(credentials);
    AwsClient client(bucket.http(), provider, clock, quick_s3_client(server.region));
    S3ObjectStore store(client, bucket.options());
    const auto put = store.put("a", "x");
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().kind, ErrorKind::denied);
    EXPECT_NE(put.error().message.find(bucket.options().bucket), std::string::npos);
    EXPECT_NE(put.error().message.find("403 "), std::string::npos) << put.error().message;
    EXPECT_EQ(put.error().message.find("wrong"), std::string::npos);
    EXPECT_EQ(put.error().message.find("ignature="), std::string::npos);
    EXPECT_FALSE(store.check());
  }
}

TEST(S3ObjectStore, SaysThatThereIsNoBucket) {
  S3TestBucket bucket;
  auto options = bucket.options();
  options.bucket = "there-is-none";
  S3ObjectStore store(bucket.client(), options);
  for (const auto& code : {code_of(store.put("a", "x")), code_of(store.open("a")),
                           code_of(store.list("")), code_of(store.check())}) {
    EXPECT_EQ(code, "no_bucket");
  }
}

TEST(S3ObjectStore, IsUnavailableWhenNobodyAnswers) {
  S3TestBucket bucket;
  auto options = bucket.options();
  options.endpoint = "http://127.0.0.1:1";
  S3ObjectStore store(bucket.client(), options);
  const auto put = store.put("a", "x");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().kind, ErrorKind::unavailable);
}

TEST(S3ObjectStore, WorksWithAWrongClock) {
  auto server = S3TestServer::from_environment();
  S3TestBucket bucket;
  FakeClock clock(SystemClock().now() - std::chrono::hours{5});
  FixedCredentials provider(server.credentials);
  AwsClient client(bucket.http(), provider, clock, quick_s3_client(server.region));
  S3ObjectStore store(client, bucket.options());
  EXPECT_FALSE(store.stat("nothing")) << "a HEAD: its answer has no code";
  EXPECT_EQ(code_of(store.stat("nothing")), "object_not_found");
  EXPECT_TRUE(store.put("a", "x"));
  EXPECT_NEAR(static_cast<double>(client.clock_skew().count()), 5 * 3'600.0, 10.0);
}

TEST(S3ObjectStore, StoresTypesThatPlayersExpect) {
  Held held;
  ASSERT_TRUE(held.store.put("a/00000.m4s", "x"));
  ASSERT_TRUE(held.store.put("a/poster.jpg", "x"));
  const auto type = [&](const char* key) {
    return std::string(held.bucket.ask("HEAD", key, {}, "").header("content-type"));
  };
  EXPECT_EQ(type("a/00000.m4s"), "video/mp4");
  EXPECT_EQ(type("a/poster.jpg"), "image/jpeg");
}

TEST(S3ObjectStore, AsksForEncryption) {
  // The server refuses it over plain HTTP, so it has seen the header.
  Held held({.encryption = S3Encryption::aes256});
  const auto put = held.store.put("a", "x");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, "aws_refused") << put.error().message;
}

}  // namespace
}  // namespace sluice
