#include "plan/language.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Language, IsNamedByTheTwoLetterCodeWhereThereIsOne) {
  const std::pair<const char*, const char*> cases[] = {
      {"eng", "en"},       {"ger", "de"},
      {"deu", "de"},       {"de", "de"},
      {"GER", "de"},       {"fre", "fr"},
      {"fra", "fr"},       {"chi", "zh"},
      {"zho", "zh"},       {"fil", "fil"},
      {"pt-BR", "pt-BR"},  {"pt_BR", "pt-BR"},
      {"eng-US", "en-US"}, {"zh-Hant", "zh-Hant"},
      {"und", ""},         {"mul", ""},
      {"zxx", ""},         {"", ""},
      {"English", ""},     {"e", ""},
      {"3", ""},           {"en\"\n#EXT", ""},
      {"en-", "en"},       {"en-\"x", "en"},
  };
  for (const auto& [code, tag] : cases) EXPECT_EQ(language_tag(code), tag) << code;
}

TEST(Language, OfAMediaHeaderHasThreeLetters) {
  const std::pair<const char*, const char*> cases[] = {
      {"en", "eng"},  {"de", "deu"}, {"ger", "deu"}, {"zh-Hant", "zho"},
      {"fil", "fil"}, {"", "und"},   {"xx", "und"},  {"pt-BR", "por"}};
  for (const auto& [tag, code] : cases) EXPECT_EQ(iso_639_2(tag), code) << tag;
}

}  // namespace
}  // namespace sluice
