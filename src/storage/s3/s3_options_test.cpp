#include "storage/s3/s3_options.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string url(const S3Place& place) { return place.origin + place.path_prefix; }

TEST(S3Options, FindTheBucket) {
  const S3Options aws{.bucket = "media", .region = "eu-central-1"};
  EXPECT_EQ(url(s3_place(aws)), "https://media.s3.eu-central-1.amazonaws.com");
  auto dotted = aws;
  dotted.bucket = "a.b";
  EXPECT_EQ(url(s3_place(dotted)), "https://s3.eu-central-1.amazonaws.com/a.b");
  auto china = aws;
  china.region = "cn-north-1";
  EXPECT_EQ(url(s3_place(china)), "https://media.s3.cn-north-1.amazonaws.com.cn");
  auto own = aws;
  own.endpoint = "http://localhost:7480";
  EXPECT_EQ(url(s3_place(own)), "http://localhost:7480/media");
  own.addressing = S3Addressing::virtual_host;
  EXPECT_EQ(url(s3_place(own)), "http://media.localhost:7480");
  auto path = aws;
  path.addressing = S3Addressing::by_path;
  EXPECT_EQ(url(s3_place(path)), "https://s3.eu-central-1.amazonaws.com/media");
}

TEST(S3Options, TellClientsThePublicEndpoint) {
  S3Options options{.bucket = "media", .endpoint = "http://10.0.0.1:7480"};
  EXPECT_EQ(url(s3_public_place(options)), "http://10.0.0.1:7480/media");
  options.public_endpoint = "https://s3.example.com";
  EXPECT_EQ(url(s3_public_place(options)), "https://s3.example.com/media");
  EXPECT_EQ(url(s3_place(options)), "http://10.0.0.1:7480/media");
}

TEST(S3Options, AreChecked) {
  const auto code = [](S3Options options) {
    const auto checked = check_s3_options(options);
    return checked ? std::string("success") : checked.error().code;
  };
  EXPECT_EQ(code({.bucket = "media"}), "success");
  EXPECT_EQ(code({.bucket = "media", .endpoint = "https://[::1]:9000"}), "success");
  for (const auto* bucket : {"", "ab", "-abc", "Media", "a/b", "a b", "abc."}) {
    EXPECT_EQ(code({.bucket = bucket}), "bad_bucket") << bucket;
  }
  for (const auto* endpoint :
       {"localhost:7480", "ftp://a", "https://", "https://a/b", "https://u@h"}) {
    EXPECT_EQ(code({.bucket = "media", .endpoint = endpoint}), "bad_endpoint") << endpoint;
    EXPECT_EQ(code({.bucket = "media", .public_endpoint = endpoint}), "bad_endpoint") << endpoint;
  }
  EXPECT_EQ(code({.bucket = "media", .region = ""}), "bad_region");
  EXPECT_EQ(code({.bucket = "media", .region = "eu/1"}), "bad_region");
}

}  // namespace
}  // namespace sluice
