#include "text/unicode.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace sluice {
namespace {

std::string utf16(std::u16string_view text, bool big_endian) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

TEST(ToUtf8, ReadsEveryEncodingThatCanBeTold) {
  const std::string wanted = "Grüße, 世界 😀\n";
  EXPECT_EQ(to_utf8(wanted).value(), wanted);
  EXPECT_EQ(to_utf8("\xEF\xBB\xBF" + wanted).value(), wanted);
  const std::u16string wide = u"Grüße, 世界 😀\n";
  for (const bool big_endian : {false, true}) {
    EXPECT_EQ(to_utf8(utf16(u"\xFEFF" + wide, big_endian)).value(), wanted);
    EXPECT_EQ(to_utf8(utf16(wide, big_endian)).value(), wanted) << "without a mark";
  }
  EXPECT_EQ(to_utf8("Gr\xFC\xDF" "e aus K\xF6ln \x96 d\xE9j\xE0 vu").value(), "Grüße aus Köln – déjà vu");
}

TEST(ToUtf8, RefusesToGuess) {
  // "Привет, мир" in Windows-1251.
  EXPECT_EQ(to_utf8("\xCF\xF0\xE8\xE2\xE5\xF2, \xEC\xE8\xF0").error().code, "unknown_encoding");
  EXPECT_EQ(to_utf8("a\x81 b").error().code, "unknown_encoding");
  EXPECT_EQ(to_utf8(std::string_view("\0\1\2\3\xFF", 5)).error().code, "unknown_encoding");
}

TEST(RepairedUtf8, ReplacesWhatIsNotValid) {
  EXPECT_EQ(repaired_utf8("a\xFF" "b\xE2\x82" "c€"), "a\xEF\xBF\xBD" "b\xEF\xBF\xBD\xEF\xBF\xBD" "c€");
  EXPECT_TRUE(is_text(repaired_utf8(std::string_view("\0\xC3\x28\xED\xA0\x80", 6))));
}

}  // namespace
}  // namespace sluice
