#include "storage/s3/s3_upload_store.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/s3/s3_fixture.h"
#include "storage/s3/s3_object_store.h"
#include "storage/upload_store_contract.h"

namespace sluice {
namespace {

const std::string kKey = "videos/v1/source/original";

struct Held {
  explicit Held(S3Options changes = {}) : bucket(std::move(changes)) {}
  S3TestBucket bucket;
  S3UploadStore uploads{bucket.client(), bucket.http(), bucket.options()};
  S3ObjectStore objects{bucket.client(), bucket.options()};

  int send(const SignedPut& put, std::string_view bytes) {
    return send_signed(bucket.http(), put, bytes);
  }
};

UploadStoreUnderTest under_test(const std::shared_ptr<Held>& held) {
  UploadStoreUnderTest result;
  result.uploads = {held, &held->uploads};
  result.objects = {held, &held->objects};
  result.send = [held](const SignedPut& put, std::string_view bytes) {
    return held->send(put, bytes) == 200;
  };
  result.min_part_bytes = 5 << 20;
  return result;
}

std::string localhost() {
  auto endpoint = S3TestServer::from_environment().endpoint;
  return endpoint.replace(endpoint.find("127.0.0.1"), 9, "localhost");
}

UploadStoreUnderTest path_store() { return under_test(std::make_shared<Held>()); }
UploadStoreUnderTest virtual_host_store() {
  return under_test(std::make_shared<Held>(
      S3Options{.endpoint = localhost(), .addressing = S3Addressing::virtual_host}));
}

INSTANTIATE_TEST_SUITE_P(S3ByPath, UploadStoreContract, testing::Values(path_store));
INSTANTIATE_TEST_SUITE_P(S3ByVirtualHost, UploadStoreContract, testing::Values(virtual_host_store));

Timestamp in_an_hour() { return SystemClock().now() + std::chrono::hours{1}; }

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

TEST(S3UploadStore, SignsUrlsThatAllowNothingElse) {
  Held held;
  const auto put = *held.uploads.sign_put(kKey, 5, in_an_hour());
  const auto tampered = [&](std::string_view from, std::string_view to) {
    auto other = put;
    replace(other.url, from, to);
    return held.send(other, "hello");
  };
  EXPECT_EQ(tampered("X-Amz-Expires=3", "X-Amz-Expires=4"), 403);
  EXPECT_EQ(tampered("X-Amz-Signature=", "X-Amz-Signature=0"), 403);
  EXPECT_EQ(tampered("source/original", "source/other"), 403);
  EXPECT_EQ(tampered("content-length%3Bhost", "host"), 403);
  EXPECT_EQ(tampered("?", "?x-id=1&"), 403);
  FetchRequest get;
  get.url = put.url;
  EXPECT_EQ(held.bucket.http().send(get)->status, 403);
  EXPECT_EQ(held.send(put, "hello!"), 403) << "the length is signed";
  EXPECT_EQ(held.send(put, "hello"), 200);
}

TEST(S3UploadStore, LeadsClientsToThePublicEndpoint) {
  Held held({.public_endpoint = localhost()});
  const auto put = *held.uploads.sign_put(kKey, 5, in_an_hour());
  EXPECT_TRUE(put.url.starts_with(localhost() + "/" + held.bucket.options().bucket + "/videos/"))
      << put.url;
  EXPECT_EQ(held.send(put, "hello"), 200);
}

TEST(S3UploadStore, TellsClientsToAskForEncryption) {
  Held held({.encryption = S3Encryption::kms, .kms_key_id = "key"});
  const auto put = *held.uploads.sign_put(kKey, 5, in_an_hour());
  EXPECT_EQ(put.headers, (std::map<std::string, std::string>{
                             {"x-amz-server-side-encryption", "aws:kms"},
                             {"x-amz-server-side-encryption-aws-kms-key-id", "key"}}));
  EXPECT_NE(put.url.find("content-length%3Bhost%3Bx-amz-server-side-encryption%3B"),
            std::string::npos)
      << put.url;
  EXPECT_EQ(held.send({.url = put.url, .headers = {}}, "hello"), 403) << "they are signed";
}

TEST(S3UploadStore, ListsMoreThanOnePageOfParts) {
  Held held;
  const auto id = *held.uploads.create_multipart(kKey);
  for (int number = 1; number <= 1'003; ++number) {
    const auto put = *held.uploads.sign_part(kKey, id, number, 1, in_an_hour());
    ASSERT_EQ(held.send(put, "x"), 200);
  }
  const auto parts = held.uploads.list_parts(kKey, id);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1'003u);
  EXPECT_EQ(parts->back().part_number, 1'003);
  const auto completed = held.uploads.complete_multipart(kKey, id, *parts);
  ASSERT_FALSE(completed);
  EXPECT_EQ(completed.error().code, "part_too_small");
}

TEST(S3UploadStore, AbortsWhatWasLeftBehind) {
  Held held;
  const auto old_one = *held.uploads.create_multipart(kKey);
  const auto other = *held.uploads.create_multipart("elsewhere/a");
  const auto now = SystemClock().now();
  EXPECT_EQ(*held.uploads.abort_stale_multiparts("videos/", now - std::chrono::hours{1}), 0);
  EXPECT_TRUE(held.uploads.list_parts(kKey, old_one));
  EXPECT_EQ(*held.uploads.abort_stale_multiparts("videos/", now + std::chrono::hours{1}), 1);
  EXPECT_FALSE(held.uploads.list_parts(kKey, old_one));
  EXPECT_TRUE(held.uploads.list_parts("elsewhere/a", other));
}

TEST(S3UploadStore, AsksForCorsAsABrowserDoes) {
  Held held;
  const auto missing = held.uploads.check_cors("https://videos.example.com");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "cors_missing");
  held.bucket.allow_origin("https://videos.example.com");
  EXPECT_TRUE(held.uploads.check_cors("https://videos.example.com"));
  EXPECT_FALSE(held.uploads.check_cors("https://elsewhere.example.com"));
}

TEST(S3UploadStore, NamesTheRuleThatABucketNeeds) {
  const auto rules = nlohmann::json::parse(cors_configuration("https://videos.example.com"));
  EXPECT_EQ(rules["CORSRules"][0]["AllowedOrigins"][0], "https://videos.example.com");
  EXPECT_EQ(rules["CORSRules"][0]["AllowedMethods"], nlohmann::json({"PUT"}));
}

TEST(S3UploadStore, ChecksASignedPutAndLeavesNothing) {
  Held held;
  const auto checked = held.uploads.check_signed_put();
  EXPECT_TRUE(checked) << checked.error().message;
  EXPECT_TRUE(held.objects.list("")->empty());
}

}  // namespace
}  // namespace sluice
