#include "base/encoding.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Base64, FollowsTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64Url, ReadsBackWhatItWroteAndRefusesTheRest) {
  const std::string bytes("\x00\xff\xfe\x10", 4);
  EXPECT_EQ(to_base64url(bytes), "AP_-EA");
  EXPECT_EQ(from_base64url("AP_-EA"), bytes);
  EXPECT_FALSE(from_base64url("AP_-EA=="));
  EXPECT_FALSE(from_base64url("A"));
  EXPECT_FALSE(from_base64url("AP/-EA"));
  EXPECT_FALSE(from_base64url("AP_-EB")) << "two texts for the same bytes";
}

TEST(PercentEncoding, RoundTripsEveryByte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
  EXPECT_EQ(percent_encode("a b/c"), "a%20b%2Fc");
  EXPECT_FALSE(percent_decode("%2"));
  EXPECT_FALSE(percent_decode("%zz"));
}

TEST(IsText, AcceptsUtf8AndRefusesTheRest) {
  EXPECT_TRUE(is_text("Füße 🎬"));
  EXPECT_FALSE(is_text("\xff"));
  EXPECT_FALSE(is_text("\xc0\xaf")) << "overlong";
  EXPECT_FALSE(is_text("\xed\xa0\x80")) << "surrogate";
  EXPECT_FALSE(is_text(std::string("a\0b", 3)));
  EXPECT_FALSE(is_text("\xe2\x82"));
}

}  // namespace
}  // namespace sluice
