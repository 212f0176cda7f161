#include "video/note.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

const Note kCut{"cut_off", "The file is cut off after 0:12."};
const Note kDamaged{"picture_damaged", "The picture is damaged from 0:04 to 0:05."};

TEST(Notes, AreAddedOnce) {
  const auto once = with_notes({}, {kCut, kDamaged, kCut});
  EXPECT_EQ(once, (std::vector{kCut, kDamaged}));
  EXPECT_EQ(with_notes(once, {kDamaged, kCut}), once);
}

TEST(Notes, AreNoMoreThanAnybodyReads) {
  std::vector<Note> many;
  for (int i = 0; i < 1000; ++i) many.push_back({"picture_damaged", std::to_string(i)});
  EXPECT_EQ(with_notes({kCut}, many).size(), kMaxNotes);
}

TEST(Notes, AreStoredAsJson) {
  EXPECT_EQ(notes_from_json(to_json({kCut, kDamaged})), (std::vector{kCut, kDamaged}));
  EXPECT_EQ(to_json(std::vector<Note>{}), "[]");
  EXPECT_TRUE(notes_from_json("").empty());
  EXPECT_TRUE(notes_from_json("{}").empty());
}

}  // namespace
}  // namespace sluice
