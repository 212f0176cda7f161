#include "signing/storage_url.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

const Timestamp kNow = from_unix_ms(1'700'000'000'000);
const HmacKey& signing_key() {
  static const HmacKey key(Secret("a key for tests"), kStorageKeyPurpose);
  return key;
}

StorageGrant part_grant() {
  return {.method = "PUT",
          .key = "videos/v1/source/original",
          .size_bytes = 5'000'000,
          .upload_id = "abcdefghijklmnopqrstuvwx",
          .part_number = 7,
          .expires_at = kNow + std::chrono::minutes{15}};
}

// The part of the URL behind '?', as a server sees it.
StorageQuery query_of(const std::string& url) {
  StorageQuery query;
  auto rest = url.substr(url.find('?') + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto equals = rest.find('=');
    query[rest.substr(0, equals)] = rest.substr(equals + 1, end - equals - 1);
    rest.erase(0, end + 1);
  }
  return query;
}

StorageQuery signed_query(const StorageGrant& grant) {
  return query_of(make_storage_url(signing_key(), "http://host", grant));
}

std::string code_of(const Result<StorageGrant>& result) {
  return result ? "allowed" : result.error().code;
}

TEST(StorageUrl, NamesTheObjectUnderThePublicUrl) {
  const auto url = make_storage_url(signing_key(), "https://videos.example.com", part_grant());
  EXPECT_TRUE(url.starts_with(
      "https://videos.example.com/storage/uploads/videos/v1/source/original?expires=1700000900"
      "&size=5000000&upload_id=abcdefghijklmnopqrstuvwx&part=7&signature="))
      << url;
}

TEST(StorageUrl, AllowsExactlyWhatWasSigned) {
  const auto grant = part_grant();
  const auto allowed =
      verify_storage_url(signing_key(), "PUT", grant.key, signed_query(grant), kNow);
  ASSERT_TRUE(allowed) << code_of(allowed);
  EXPECT_EQ(allowed->key, grant.key);
  EXPECT_EQ(allowed->size_bytes, grant.size_bytes);
  EXPECT_EQ(allowed->upload_id, grant.upload_id);
  EXPECT_EQ(allowed->part_number, grant.part_number);
  EXPECT_EQ(allowed->expires_at, grant.expires_at);
}

TEST(StorageUrl, RefusesEveryChangedField) {
  const auto grant = part_grant();
  const auto query = signed_query(grant);
  const std::pair<const char*, const char*> changes[] = {
      {"size", "5000001"},
      {"size", "-5000000"},
      {"size", "5000000 "},
      {"size", "05000001"},
      {"size", ""},
      {"upload_id", ""},
      {"upload_id", "b"},
      {"part", "8"},
      {"part", "99999999999"},
      {"part", ""},
      {"expires", "1700000901"},
      {"expires", ""},
      {"signature", ""},
      {"signature", "AAAA"},
      {"expires", "9223372036854775807"},
  };
  for (const auto& [name, value] : changes) {
    auto changed = query;
    changed[name] = value;
    EXPECT_EQ(code_of(verify_storage_url(signing_key(), "PUT", grant.key, changed, kNow)),
              "bad_signature")
        << name << "=" << value;
  }
  for (const auto& [name, value] : query) {
    auto without = query;
    without.erase(name);
    EXPECT_EQ(code_of(verify_storage_url(signing_key(), "PUT", grant.key, without, kNow)),
              "bad_signature")
        << "without " << name;
  }
}

TEST(StorageUrl, RefusesAnotherMethodKeyOrSigner) {
  const auto grant = part_grant();
  const auto query = signed_query(grant);
  const HmacKey foreign(Secret("another key"), kStorageKeyPurpose);
  EXPECT_FALSE(verify_storage_url(signing_key(), "GET", grant.key, query, kNow));
  EXPECT_FALSE(verify_storage_url(signing_key(), "POST", grant.key, query, kNow));
  EXPECT_FALSE(verify_storage_url(signing_key(), "PUT", "videos/v2/source/original", query, kNow));
  EXPECT_FALSE(verify_storage_url(foreign, "PUT", grant.key, query, kNow));
}

TEST(StorageUrl, CannotShiftTextFromOneFieldToTheNext) {
  auto grant = part_grant();
  auto query = signed_query(grant);
  query["upload_id"] = "5000000\n" + grant.upload_id;
  EXPECT_FALSE(verify_storage_url(signing_key(), "PUT", grant.key, query, kNow));
  EXPECT_FALSE(verify_storage_url(signing_key(), "PUT", grant.key + "\n5000000", query, kNow));
}

TEST(StorageUrl, ExpiresAtTheSecond) {
  const auto grant = part_grant();
  const auto query = signed_query(grant);
  const auto verify_at = [&](Timestamp now) {
    return code_of(verify_storage_url(signing_key(), "PUT", grant.key, query, now));
  };
  EXPECT_EQ(verify_at(grant.expires_at - std::chrono::milliseconds{1}), "allowed");
  EXPECT_EQ(verify_at(grant.expires_at), "url_expired");
}

TEST(StorageUrl, ForReadingAllowsHeadAndNoWriting) {
  const StorageGrant grant{.method = "GET", .key = "a/b", .expires_at = part_grant().expires_at};
  const auto query = signed_query(grant);
  EXPECT_TRUE(verify_storage_url(signing_key(), "GET", "a/b", query, kNow));
  EXPECT_TRUE(verify_storage_url(signing_key(), "HEAD", "a/b", query, kNow));
  EXPECT_FALSE(verify_storage_url(signing_key(), "PUT", "a/b", query, kNow));
}

}  // namespace
}  // namespace sluice
