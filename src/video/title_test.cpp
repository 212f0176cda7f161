#include "video/title.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string repeated(std::string_view character, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += character;
  return text;
}

TEST(Title, IsAnyOrdinaryText) {
  const std::pair<std::string, std::string> cases[] = {
      {"Holiday", "Holiday"},
      {"  around  it ", "around  it"},
      {"<b>\"bold\"</b> & 'co'", "<b>\"bold\"</b> & 'co'"},
      {"日本語 🎬", "日本語 🎬"},
      {repeated("é", 200), repeated("é", 200)},
  };
  for (const auto& [text, title] : cases) EXPECT_EQ(check_title(text).value(), title);
}

TEST(Title, RefusesWhatCannotBeShown) {
  const std::string cases[] = {"",
                               "   ",
                               "a\nb",
                               "tab\t",
                               "\x7F",
                               "c1 \xC2\x85",
                               "\xFF",
                               std::string("nul\0", 4),
                               repeated("é", 201)};
  for (const auto& text : cases) {
    const auto title = check_title(text);
    ASSERT_FALSE(title) << text;
    EXPECT_EQ(title.error().code, "invalid_title");
  }
}

TEST(TitleFromFilename, IsTheNameAlone) {
  const std::pair<std::string, std::string> cases[] = {
      {"Holiday 2024.final.mp4", "Holiday 2024.final"},
      {"no extension", "no extension"},
      {".hidden", ".hidden"},
      {"../../etc/passwd", "passwd"},
      {"C:\\clips\\cat.mov", "cat"},
      {"line\nbreak\xC2\x85.mp4", "linebreak"},
      {"\n.mp4", "Untitled"},
      {" .mp4", "Untitled"},
      {"", "Untitled"},
      {"\xFF.mp4", "Untitled"},
      {repeated("é", 300) + ".mp4", repeated("é", 200)},
  };
  for (const auto& [filename, title] : cases) {
    EXPECT_EQ(title_from_filename(filename), title) << filename;
    EXPECT_TRUE(check_title(title_from_filename(filename))) << filename;
  }
}

}  // namespace
}  // namespace sluice
