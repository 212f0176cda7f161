#include "plan/source_notes.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(SourceNotes, SayTimesAsPlayersShowThem) {
  EXPECT_EQ(clock_text(7.9), "0:07");
  EXPECT_EQ(clock_text(754), "12:34");
  EXPECT_EQ(clock_text(3723), "1:02:03");
  EXPECT_EQ(clock_text(-1), "0:00");
}

TEST(SourceNotes, AreSentencesForTheOwner) {
  EXPECT_EQ(
      damage_note(4, 12, 60).message,
      "The file is damaged between 0:04 and 0:12: some pictures there are broken or missing.");
  EXPECT_EQ(damage_note(28, 60, 55).message,
            "The file is damaged after 0:28: some pictures there are broken or missing.");
  EXPECT_EQ(
      cut_off_note(52.2, 12).message,
      "The file says that it is 0:52 long, but ends after 0:12. It may have been cut off; what "
      "is there was kept.");
  EXPECT_EQ(time_jumps_note(1).message,
            "The file's clock jumps in one place. The pieces were joined.");
  EXPECT_EQ(picture_subtitles_note(1).message,
            "One subtitle track of the file is pictures, not text, and left out. Captions can be "
            "added as a file.");
  EXPECT_EQ(text_left_out_note(2).message,
            "2 subtitle tracks of the file could not be read and are left out.");
  EXPECT_EQ(added_text_lost_note("Deutsch").message,
            "Subtitles that were added (Deutsch) are damaged in storage and were removed. Please "
            "add them again.");
}

TEST(SourceNotes, TellWhyPicturesAreMissing) {
  EXPECT_TRUE(tell_of_missing_pictures({time_jumps_note(1), damage_note(4, 12, 60)}));
  EXPECT_TRUE(tell_of_missing_pictures({cut_off_note(52, 12)}));
  EXPECT_FALSE(tell_of_missing_pictures({time_jumps_note(1), picture_subtitles_note(2)}));
  EXPECT_FALSE(tell_of_missing_pictures({}));
}

}  // namespace
}  // namespace sluice
