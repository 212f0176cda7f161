#include "manifest/printable_text.h"

#include <gtest/gtest.h>

#include "manifest/hls.h"

namespace sluice {
namespace {

TEST(PrintableText, LetsNothingThroughThatAManifestCannotHold) {
  const std::pair<std::string, std::string> cases[] = {
      {"English", "English"},
      {"", ""},
      {"Kommentar \"Regie\"", "Kommentar \"Regie\""},
      {"a\r\n#EXT-X-ENDLIST\nb", "a#EXT-X-ENDLISTb"},
      {"tab\tdelete\x7F", "tabdelete"},
      {std::string("nul\0x", 5), "nulx"},
      {"next line \xC2\x85 no-break space \xC2\xA0.", "next line  no-break space \xC2\xA0."},
      {"\xEF\xBB\xBFmark", "mark"},
      {"no\xEF\xBF\xBE \xEF\xBF\xBF" "character", "no character"},
      {"日本語 🎬", "日本語 🎬"},
      {"broken \xC3( \xFF \xE2\x82", "broken (  "},
      {"overlong \xC0\xA2", "overlong "},
      {std::string(300, 'x'), std::string(100, 'x')},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(printable_text(text), expected);
}

TEST(HlsQuotable, LetsNothingThroughThatEndsAQuotedString) {
  EXPECT_EQ(hls_quotable("Kommentar \"Regie\"\n#EXT"), "Kommentar 'Regie'#EXT");
}

}  // namespace
}  // namespace sluice
