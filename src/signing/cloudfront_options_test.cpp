#include "signing/cloudfront_options.h"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using ::testing::HasSubstr;

TEST(CloudFrontOptions, NamesADistributionAndItsKey) {
  const auto options = parse_cloudfront_url(
      "cloudfront://d111111abcdef8.cloudfront.net?key-pair-id=K2JCJMDEHXQW5F&private-key=/etc/"
      "sluice/cdn.pem");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->domain, "d111111abcdef8.cloudfront.net");
  EXPECT_EQ(options->key_pair_id, "K2JCJMDEHXQW5F");
  EXPECT_EQ(options->private_key_file, "/etc/sluice/cdn.pem");
  EXPECT_EQ(options->hash, CloudFrontHash::sha1);
  EXPECT_EQ(options->origin(), "https://d111111abcdef8.cloudfront.net");
}

TEST(CloudFrontOptions, MayNameAPlainPortAndAHashAndFilesWithOddNames) {
  const auto options = parse_cloudfront_url(
      "cloudfront://127.0.0.1:8081?scheme=http&hash-algorithm=SHA256&private-key=a%20%26b%3F.pem"
      "&key-pair-id=K1");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->origin(), "http://127.0.0.1:8081");
  EXPECT_EQ(options->private_key_file, "a &b?.pem");
  EXPECT_EQ(options->hash, CloudFrontHash::sha256);
}

TEST(CloudFrontOptions, SaysWhatIsWrong) {
  const struct {
    const char* url;
    const char* reason;
  } cases[] = {
      {"https://cdn.example.com?key-pair-id=K1&private-key=f", "expected cloudfront://"},
      {"cloudfront://?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://cdn.example.com/path?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://*.example.com?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://user@cdn.example.com?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://cdn.example.com:?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://cdn.example.com:x?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://cdn.example.com\"\n?key-pair-id=K1&private-key=f", "followed by a domain"},
      {"cloudfront://cdn.example.com", "needs key-pair-id="},
      {"cloudfront://cdn.example.com?key-pair-id=K1", "needs private-key=FILE"},
      {"cloudfront://cdn.example.com?private-key=f", "needs key-pair-id="},
      {"cloudfront://cdn.example.com?key-pair-id=K1%26&private-key=f", "letters and digits"},
      {"cloudfront://cdn.example.com?key-pair-id=&private-key=f", "\"key-pair-id\" has no value"},
      {"cloudfront://cdn.example.com?key-pair-id=K1&private-key=%zz",
       "\"private-key\" has no value"},
      {"cloudfront://cdn.example.com?key-pair-id=K1&private-key", "\"private-key\" has no value"},
      {"cloudfront://cdn.example.com?key-pair-id=K1&key-pair-id=K2&private-key=f",
       "\"key-pair-id\" is there twice"},
      {"cloudfront://cdn.example.com?key-pair-id=K1&private-key=f&scheme=ftp", "http or https"},
      {"cloudfront://cdn.example.com?key-pair-id=K1&private-key=f&hash-algorithm=MD5",
       "SHA1 or SHA256"},
      {"cloudfront://cdn.example.com?key-pair-id=K1&private-key=f&ttl=5",
       "\"ttl\" is no parameter"},
  };
  for (const auto& [url, reason] : cases) {
    const auto options = parse_cloudfront_url(url);
    ASSERT_FALSE(options) << url;
    EXPECT_EQ(options.error().kind, ErrorKind::invalid) << url;
    EXPECT_EQ(options.error().code, "bad_cdn_url") << url;
    EXPECT_THAT(options.error().message, HasSubstr(reason)) << url;
  }
}

TEST(CloudFrontOptions, SaysAllThatIsWrongAtOnce) {
  const auto message = parse_cloudfront_url("cloudfront://?x=1&scheme=ftp").error().message;
  for (const char* fault : {"a domain", "key-pair-id", "private-key", "scheme", "\"x\""}) {
    EXPECT_THAT(message, HasSubstr(fault));
  }
}

}  // namespace
}  // namespace sluice
