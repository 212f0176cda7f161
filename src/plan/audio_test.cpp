#include "plan/audio.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

AudioStreamFacts track(int channels, const char* layout) {
  AudioStreamFacts facts;
  facts.stream_index = 1;
  facts.codec = "aac";
  facts.sample_rate = 48000;
  facts.channels = channels;
  facts.channel_layout = layout;
  facts.language = "en";
  return facts;
}

// Ten seconds with 1024 samples of priming in front.
AudioStreamFacts plain_aac(int channels, const char* layout) {
  auto facts = track(channels, layout);
  facts.aac = AacTrackFacts{-1024, 471, 130'000};
  return facts;
}

SourceFacts source_of(AudioStreamFacts facts) {
  SourceFacts source;
  source.duration_seconds = 10;
  source.audio.push_back(std::move(facts));
  return source;
}

TEST(PlanAudio, KeepsSurroundSoundAsASecondRendition) {
  for (const char* layout : {"5.1", "5.1(side)", "7.1", "5.0"}) {
    const auto made = plan_audio(source_of(track(6, layout)));
    ASSERT_EQ(made.size(), 2u) << layout;
    EXPECT_EQ(made[0].name, "audio-0");
    EXPECT_EQ(made[0].channels, 2);
    EXPECT_EQ(made[1].name, "audio-0-surround");
    EXPECT_EQ(made[1].channels, 6);
    EXPECT_EQ(made[1].language, "en");
    EXPECT_EQ(made[0].is_default, made[1].is_default);
  }
  for (const char* layout : {"stereo", "mono", "2.1", "quad", "3.0", ""}) {
    EXPECT_EQ(plan_audio(source_of(track(6, layout))).size(), 1u) << layout;
  }
}

TEST(PlanAudio, CopiesAacThatFits) {
  const auto made = plan_audio(source_of(plain_aac(1, "mono")));
  EXPECT_TRUE(made[0].copied);
  EXPECT_EQ(made[0].channels, 1);
  EXPECT_EQ(made[0].copy_shift, 0);
  const auto surround = plan_audio(source_of(plain_aac(6, "5.1")));
  EXPECT_FALSE(surround[0].copied) << "in two channels it is new";
  EXPECT_TRUE(surround[1].copied);
}

TEST(PlanAudio, EncodesAacWhenInDoubt) {
  auto loud = plain_aac(2, "stereo");
  loud.aac->peak_bps = 320'000;
  auto slow = plain_aac(2, "stereo");
  slow.sample_rate = 24000;
  for (const auto& facts : {loud, slow, track(2, "stereo")}) {
    const auto made = plan_audio(source_of(facts));
    EXPECT_FALSE(made[0].copied);
    EXPECT_EQ(made[0].sample_rate, 48000);
    EXPECT_EQ(made[0].channels, 2);
  }
}

TEST(PlanAudio, MovesCopiedFramesToTheNextMultipleOfTheirLength) {
  auto facts = plain_aac(2, "stereo");
  facts.aac->first_sample = -2112;  // two frames and 64 samples
  facts.aac->frame_count = 480;
  auto source = source_of(facts);
  EXPECT_EQ(plan_audio(source)[0].copy_shift, 64);
  source.origin_seconds = 0.5;  // 24000 samples: 23 frames and 448 samples
  source.audio[0].aac->first_sample = 0;
  EXPECT_EQ(plan_audio(source)[0].copy_shift, -23 * 1024);
}

TEST(PlanAudio, HasOneDefault) {
  auto source = source_of(track(2, "stereo"));
  source.audio.resize(20, source.audio[0]);
  const auto default_of = [&] {
    const auto made = plan_audio(source);
    EXPECT_EQ(made.size(), 16u);
    std::string found;
    for (const auto& one : made) found += one.is_default ? one.name : "";
    return found;
  };
  EXPECT_EQ(default_of(), "audio-0");
  source.audio[18].is_default = true;
  EXPECT_EQ(default_of(), "audio-0") << "one that is left out";
  source.audio[3].is_default = source.audio[5].is_default = true;
  EXPECT_EQ(default_of(), "audio-3");
}

}  // namespace
}  // namespace sluice
