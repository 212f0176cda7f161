#include "video/loudness.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Loudness, OfEvenSoundIsThatOfItsBlocks) {
  const auto loudness = integrate({{"audio-0", 0, {{-230, 100}}, 0.5}});
  ASSERT_TRUE(loudness);
  EXPECT_NEAR(loudness->integrated_lufs, -23.0, 0.001);
  EXPECT_NEAR(loudness->true_peak_dbtp, -6.02, 0.01);
}

TEST(Loudness, LeavesPausesOutOfAccount) {
  // Half speech, half room: more than 10 LU under the mean of both.
  EXPECT_NEAR(integrate({{"audio-0", 0, {{-230, 100}, {-500, 100}}, 0.5}})->integrated_lufs, -23.0,
              0.001);
  EXPECT_NEAR(integrate({{"audio-0", 0, {{-230, 100}, {-290, 100}}, 0.5}})->integrated_lufs, -25.04,
              0.01);
}

TEST(Loudness, OfSilenceIsNone) {
  EXPECT_FALSE(integrate({}));
  EXPECT_FALSE(integrate({{"audio-0", 0, {}, 0}}));
}

TEST(Loudness, OfPartsIsThatOfTheWhole) {
  const LoudnessPart quiet{"audio-0", 0, {{-400, 900}, {-380, 300}}, 0.1};
  const LoudnessPart loud{"audio-0", 8, {{-180, 50}, {-400, 7}}, 0.9};
  const LoudnessPart whole{"audio-0", 0, {{-400, 907}, {-380, 300}, {-180, 50}}, 0.9};
  EXPECT_EQ(integrate({quiet, loud})->integrated_lufs, integrate({whole})->integrated_lufs);
  EXPECT_EQ(integrate({loud, quiet})->true_peak_dbtp, integrate({whole})->true_peak_dbtp);
}

TEST(LoudnessPart, ReadsBackWhatItWrites) {
  const LoudnessPart part{"audio-3", 17, {{-699, 1}, {-12, 40'000'000'000}}, 0.25};
  EXPECT_EQ(loudness_part_from_json(to_json(part)).value(), part);
  EXPECT_EQ(loudness_part_from_json("{}").error().code, "bad_loudness");
}

TEST(Loudness, IsShownWithItsTrack) {
  const std::string source = R"({"audio":[{"codec":"aac"},{"codec":"ac3","title":null}]})";
  EXPECT_EQ(with_loudness(source, "audio-1", Loudness{-23.04, -1.26}),
            R"({"audio":[{"codec":"aac"},)"
            R"({"codec":"ac3","title":null,"loudness_lufs":-23.0,"true_peak_dbtp":-1.3}]})");
  EXPECT_EQ(
      with_loudness(with_loudness(source, "audio-0", Loudness{-9, 0}), "audio-0", std::nullopt),
      R"({"audio":[{"codec":"aac","loudness_lufs":null,"true_peak_dbtp":null},)"
      R"({"codec":"ac3","title":null}]})");
  for (const char* track : {"audio-2", "audio-", "audio-0-surround", "720p", ""}) {
    EXPECT_EQ(with_loudness(source, track, Loudness{}), source) << track;
  }
  EXPECT_EQ(with_loudness("", "audio-0", Loudness{}), "");
}

}  // namespace
}  // namespace sluice
