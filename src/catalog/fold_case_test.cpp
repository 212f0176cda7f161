#include "catalog/fold_case.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(FoldCase, MakesSmallLettersOfCapitals) {
  EXPECT_EQ(fold_case("Big Buck BUNNY 7"), "big buck bunny 7");
  EXPECT_EQ(fold_case("ÄÖÜ ÉÈ ÇÑ Ø Þ"), "äöü éè çñ ø þ");
  EXPECT_EQ(fold_case("ŁÓDŹ ŠŽ Ÿ ĞŐŒ"), "łódź šž ÿ ğőœ");
  EXPECT_EQ(fold_case("ΑΒΓ ΆΈΏ ΟΔΟΣ"), "αβγ άέώ οδοσ");
  EXPECT_EQ(fold_case("οδος"), "οδοσ") << "a final sigma is a sigma";
  EXPECT_EQ(fold_case("ВИДЕО ЁЂ Ї"), "видео ёђ ї");
  EXPECT_EQ(fold_case("TIẾNG VIỆT Ữ"), "tiếng việt ữ");
}

TEST(FoldCase, LeavesEverythingElseAlone) {
  for (const std::string text : {"", "already small", "×÷ß", "ıİĸ", "日本語 한국어 🎬",
                                 "100% _under_", "\xff\xc3", "\xe1\xba", "\xc3("}) {
    EXPECT_EQ(fold_case(text), text);
  }
}

}  // namespace
}  // namespace sluice
