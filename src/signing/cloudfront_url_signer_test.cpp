#include "signing/cloudfront_url_signer.h"

#include <gmock/gmock.h>

#include <set>

#include "base/encoding.h"
#include "signing/testing/pem.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::MatchesRegex;

const Timestamp kNoon = from_unix_ms(1'700'000'100'000);  // a multiple of five minutes
const VideoId kVideo("abcdefghijklmnopqrstuvwx");

const testing::MadeKey& rsa() {
  static const auto key = testing::made_key("RSA-2048");
  return key;
}

CloudFrontUrlSigner signer(CloudFrontHash hash = CloudFrontHash::sha1) {
  CloudFrontOptions options;
  options.domain = "cdn.example.com";
  options.key_pair_id = "K2JCJMDEHXQW5F";
  options.hash = hash;
  const Secret pem(testing::pem_of(rsa(), testing::PemForm::pkcs8));
  return {options, CloudFrontKey::from_pem(pem).value()};
}

std::string parameter(const std::string& query, const std::string& name) {
  const auto at = query.find(name + "=") + name.size() + 1;
  return query.substr(at, query.find('&', at) - at);
}

std::string decoded(std::string text) {
  for (auto& c : text) c = c == '-' ? '+' : c == '_' ? '=' : c == '~' ? '/' : c;
  return from_base64(text).value();
}

TEST(CloudFrontPolicy, HasNoWhiteSpaceAndWholeSeconds) {
  EXPECT_EQ(cloudfront_policy("https://cdn.example.com/videos/v/*", from_unix_ms(1767290400999)),
            R"({"Statement":[{"Resource":"https://cdn.example.com/videos/v/*",)"
            R"("Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]})");
}

TEST(CloudFrontBase64, UsesNothingThatAUrlWouldMisread) {
  EXPECT_EQ(to_cloudfront_base64(std::string_view("\xfb\xef\xff\x00", 4)), "--~~AA__");
  EXPECT_EQ(to_cloudfront_base64(""), "");
}

TEST(CloudFrontUrlSigner, AllowsEveryObjectOfTheVideo) {
  const auto prefix = signer().sign(kVideo, kNoon).value();
  EXPECT_EQ(prefix.base_url, "https://cdn.example.com/" + video_prefix(kVideo));
  EXPECT_EQ(prefix.expires_at, kNoon);
  EXPECT_THAT(prefix.query, MatchesRegex("\\?Policy=[A-Za-z0-9~_-]+&Signature=[A-Za-z0-9~_-]+"
                                         "&Key-Pair-Id=K2JCJMDEHXQW5F"));
  const auto policy = decoded(parameter(prefix.query, "Policy"));
  EXPECT_EQ(policy, cloudfront_policy(prefix.base_url + "*", kNoon));
  EXPECT_TRUE(testing::verifies(rsa(), policy, decoded(parameter(prefix.query, "Signature")),
                                CloudFrontHash::sha1));
}

TEST(CloudFrontUrlSigner, SaysWhenTheHashIsNotTheUsualOne) {
  const auto prefix = signer(CloudFrontHash::sha256).sign(kVideo, kNoon).value();
  EXPECT_TRUE(prefix.query.ends_with("&Key-Pair-Id=K2JCJMDEHXQW5F&Hash-Algorithm=SHA256"));
  EXPECT_TRUE(testing::verifies(rsa(), decoded(parameter(prefix.query, "Policy")),
                                decoded(parameter(prefix.query, "Signature")),
                                CloudFrontHash::sha256));
}

TEST(CloudFrontUrlSigner, GivesAllWhoWatchInTheSameMinutesTheSameUrls) {
  const auto one = signer();
  std::set<std::string> queries;
  for (seconds after{0}; after < minutes{30}; after += seconds{10}) {
    const auto prefix = one.sign(kVideo, kNoon + after).value();
    EXPECT_GE(prefix.expires_at, kNoon + after) << "no right is cut short";
    EXPECT_LT(prefix.expires_at, kNoon + after + CloudFrontUrlSigner::kRound);
    queries.insert(prefix.query);
  }
  EXPECT_EQ(queries.size(), 7u);
}

TEST(CloudFrontUrlSigner, NeverMixesUpVideosOrTimes) {
  const auto one = signer();
  for (int again = 0; again < 2; ++again) {
    for (const char* id : {"a", "b"}) {
      for (const auto until : {kNoon, kNoon + CloudFrontUrlSigner::kRound}) {
        const auto prefix = one.sign(VideoId(id), until).value();
        const auto resource = std::string("https://cdn.example.com/videos/") + id + "/*";
        EXPECT_EQ(decoded(parameter(prefix.query, "Policy")), cloudfront_policy(resource, until));
        EXPECT_EQ(prefix.expires_at, until);
      }
    }
  }
}

TEST(CloudFrontUrlSigner, RefusesIdsThatWouldWidenThePolicy) {
  for (const char* id : {"", "*", "a*", "a?", "a/b", "..", "a\"b", "a b", "a%2f"}) {
    EXPECT_EQ(signer().sign(VideoId(id), kNoon).error().code, "bad_video_id") << id;
  }
}

}  // namespace
}  // namespace sluice
