// The gate's own test: for each check an output that is broken in that one way.
#include "transcode/check_segment.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>

#include "media/cmaf.h"
#include "media/pack_segment.h"
#include "media/testing/avc_config.h"

namespace sluice {
namespace {

using media::Sample;
using testing::HasSubstr;

constexpr std::int64_t kSecond = 90'000;

std::string nal(int type, std::size_t size) {
  std::string unit("\0\0\0", 3);
  unit.push_back(static_cast<char>(size));
  unit.push_back(static_cast<char>(0x60 | type));
  unit.append(size - 1, 'x');
  return unit;
}

Plan ten_seconds() {
  SourceFacts source;
  source.duration_seconds = 10;
  source.video.emplace();
  source.video->coded_width = 640;
  source.video->coded_height = 360;
  source.video->frame_rate = {5, 1};
  source.video->keyframe_interval_seconds = 1;
  source.audio.emplace_back();
  auto plan = make_plan(source, {}).value();
  for (auto& rendition : plan.renditions) rendition.codecs = "avc1.64001e";
  for (auto& audio : plan.audio) audio.codecs = "mp4a.40.2";
  return plan;
}

// Twenty pictures from `start` on.
std::vector<Sample> pictures(std::int64_t start) {
  std::vector<Sample> samples;
  for (int i = 0; i < 20; ++i) {
    samples.push_back({nal(i == 0 ? 5 : 1, 40), start + i * kSecond / 5, i == 0});
  }
  return samples;
}

std::vector<Sample> sound(std::int64_t start, std::size_t frames) {
  std::vector<Sample> samples(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    samples[i] = {"sound", start + static_cast<std::int64_t>(i) * 1024, true};
  }
  return samples;
}

class CheckSegment : public testing::Test {
 protected:
  // What the gate says of this segment after `damage`; "" when it lets it pass.
  std::string fault(std::vector<Sample> samples, std::int64_t end,
                    const std::function<void(media::Output&)>& damage = {},
                    const std::string& track = "360p", int index = 1) {
    auto output = media::pack_segment(plan_, track, samples, end, index);
    if (damage) damage(output);
    const auto checked = check_segment(plan_, *output.segment, output.bytes,
                                       static_cast<std::int64_t>(output.bytes.size()));
    if (checked) {
      EXPECT_EQ(*checked, static_cast<int>(samples.size()));
      return "";
    }
    EXPECT_EQ(checked.error().kind, ErrorKind::internal);
    EXPECT_EQ(checked.error().code, "output_invalid");
    EXPECT_THAT(checked.error().message, HasSubstr("Segment 1 of "));
    return checked.error().message;
  }
  std::string fault(const std::function<void(media::Output&)>& damage) {
    return fault(pictures(4 * kSecond), 8 * kSecond, damage);
  }

  // A number inside a box, counted from the box's type.
  static void add_u32(std::string& bytes, const char* box, std::size_t at, int difference) {
    const auto place = bytes.find(box) + at;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value << 8 | static_cast<unsigned char>(bytes[place + i]);
    value += static_cast<std::uint32_t>(difference);
    for (std::size_t i = 0; i < 4; ++i) bytes[place + i] = static_cast<char>(value >> (24 - 8 * i));
  }

  Plan plan_ = ten_seconds();
};

TEST_F(CheckSegment, LetsPassWhatIsRight) {
  EXPECT_EQ(fault(pictures(4 * kSecond), 8 * kSecond), "");
  EXPECT_EQ(fault(sound(188 * 1024, 187), 375 * 1024, {}, "audio-0"), "");
}

TEST_F(CheckSegment, SeesADecodeTimeThatIsNotTheSumOfTheDurations) {
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "tfdt", 12, 1); }),
              HasSubstr("decoding starts at 360001"));
  EXPECT_THAT(fault([](auto& output) { output.segment->start_ticks += 1; }),
              HasSubstr("recorded is 360001"));
}

TEST_F(CheckSegment, SeesADurationThatIsNotTheSamples) {
  EXPECT_THAT(fault([](auto& output) { output.segment->duration_ticks -= 1; }),
              HasSubstr("last 360000 ticks, recorded are 359999"));
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "trun", 16, 90); }),
              HasSubstr("last 360090 ticks"));
}

TEST_F(CheckSegment, SeesAFirstSampleThatEndsElsewhere) {
  EXPECT_THAT(fault([](auto& output) { output.segment->first_sample_end_bytes += 1; }),
              HasSubstr("its first sample ends at byte "));
  EXPECT_EQ(fault([](auto& output) { output.segment->first_sample_end_bytes = 0; }), "")
      << "nobody looked";
}

TEST_F(CheckSegment, SeesASegmentLongerThanTheTargetDuration) {
  EXPECT_THAT(fault(pictures(4 * kSecond), 9 * kSecond), HasSubstr("lasts 5.000 s of a target"));
}

TEST_F(CheckSegment, SeesAPictureThatIsLost) {
  auto samples = pictures(4 * kSecond);
  samples.pop_back();
  auto output = media::pack_segment(plan_, "360p", samples, 8 * kSecond, 1);
  // Its time is filled by the one before, so only the number of samples tells: see CheckOutput.
  EXPECT_EQ(check_segment(plan_, *output.segment, output.bytes,
                          static_cast<std::int64_t>(output.bytes.size()))
                .value(),
            19);
}

TEST_F(CheckSegment, SeesTwoPicturesAtOnce) {
  EXPECT_THAT(fault([](auto& output) {
                // One lasts for no time, the one before for twice as long, and is shown with it.
                add_u32(output.bytes, "trun", 16 + 3 * 16, 18'000);
                add_u32(output.bytes, "trun", 16 + 4 * 16, -18'000);
              }),
              HasSubstr("lasts 0 ticks"));
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "trun", 28 + 3 * 16, 18'000); }),
              HasSubstr("two samples are shown at the same time"));
}

TEST_F(CheckSegment, SeesAPictureThatIsShownBeforeItIsDecoded) {
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "trun", 28 + 3 * 16, -1); }),
              HasSubstr("sample 3 is shown at 413999 and decoded at 414000"));
}

TEST_F(CheckSegment, SeesAPictureThatIsShownBehindTheEnd) {
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "trun", 28 + 19 * 16, 18'000); }),
              HasSubstr("a sample is shown at 720000, behind its end"));
}

TEST_F(CheckSegment, SeesACutThatIsNotThePlans) {
  EXPECT_THAT(fault(pictures(4 * kSecond - 1), 8 * kSecond - 1),
              HasSubstr("it starts at 359999, the plan cuts at 360000"));
  EXPECT_THAT(fault(pictures(4 * kSecond + kSecond / 2), 8 * kSecond + kSecond / 2),
              HasSubstr("it starts at 405000, the plan cuts at 360000"));
  EXPECT_THAT(fault(sound(200 * 1024, 187), 387 * 1024, {}, "audio-0"),
              HasSubstr("it starts at 204800, the plan cuts at 192000"));
}

TEST_F(CheckSegment, SeesASegmentThatDoesNotStartWithAnIdrFrame) {
  auto samples = pictures(4 * kSecond);
  samples.front().data = nal(1, 40);
  EXPECT_THAT(fault(samples, 8 * kSecond), HasSubstr("NAL type 1, not an IDR frame"));
  samples = pictures(4 * kSecond);
  samples.front().sync = false;
  EXPECT_THAT(fault(samples, 8 * kSecond), HasSubstr("no sync sample"));
}

TEST_F(CheckSegment, SeesNalUnitsThatDoNotFillTheirSample) {
  auto samples = pictures(4 * kSecond);
  samples[7].data.pop_back();
  EXPECT_THAT(fault(samples, 8 * kSecond), HasSubstr("the NAL units of sample 7"));
}

TEST_F(CheckSegment, SeesAnotherSegmentsSequenceNumber) {
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "mfhd", 8, 1); }),
              HasSubstr("sequence number is 3"));
}

TEST_F(CheckSegment, SeesAnObjectThatIsCutOffOrTooLong) {
  EXPECT_NE(fault([](auto& output) { output.bytes.pop_back(); }), "");
  EXPECT_NE(fault([](auto& output) { output.bytes.push_back('x'); }), "");
  EXPECT_THAT(fault([](auto& output) { add_u32(output.bytes, "trun", 20 + 2 * 16, 1); }),
              HasSubstr("don't fill the mdat"));
}

TEST_F(CheckSegment, SeesATrackThatNobodyPlanned) {
  EXPECT_THAT(fault([](auto& output) { output.segment->track = "1080p"; }),
              HasSubstr("the plan has no such track"));
}

// BT.709 at 640x360, High@3.0.
media::SequenceParameters coded() {
  media::SequenceParameters sps;
  sps.profile = 100;
  sps.level = 30;
  sps.width = 640;
  sps.height = 360;
  sps.primaries = sps.transfer = sps.matrix = 1;
  return sps;
}

class CheckInit : public testing::Test {
 protected:
  std::string fault(const media::VideoInit& init) {
    return fault("360p", write_init_segment(init));
  }
  std::string fault(const media::AudioInit& init) {
    return fault("audio-0", write_init_segment(init));
  }
  std::string fault(const std::string& track, const std::string& bytes) {
    const auto checked = check_init_segment(plan_, track, bytes);
    if (checked) return "";
    EXPECT_EQ(checked.error().code, "output_invalid");
    return checked.error().message;
  }
  std::string fault(const media::SequenceParameters& sps) {
    auto video = video_;
    video.avc_config = avc_config_of(sps);
    return fault(video);
  }

  Plan plan_ = ten_seconds();
  media::VideoInit video_{90'000, 640, 360, avc_config_of(coded()), {1, 1, 1, false}};
  media::AudioInit audio_{48'000, 2, 128'000, "\x11\x90", "und"};
};

TEST_F(CheckInit, LetsPassWhatIsRight) {
  EXPECT_EQ(fault(video_), "");
  EXPECT_EQ(fault(audio_), "");
}

TEST_F(CheckInit, SeesCodecsThatAreNotTheParameterSets) {
  plan_.renditions.front().codecs = "avc1.64001f";
  EXPECT_THAT(fault(video_), HasSubstr("its CODECS is avc1.64001e, planned is avc1.64001f"));
  audio_.audio_specific_config = "\x29\x90";  // HE-AAC
  EXPECT_THAT(fault(audio_), HasSubstr("its CODECS is mp4a.40.5, planned is mp4a.40.2"));
}

TEST_F(CheckInit, SeesAnotherSize) {
  video_.height = 362;
  EXPECT_THAT(fault(video_), HasSubstr("its height is 362, planned is 360"));
  video_.height = 360;
  auto sps = coded();
  sps.height = 362;
  EXPECT_THAT(fault(sps), HasSubstr("its coded height is 362, planned is 360"));
  sps = coded();
  sps.width = 638;
  EXPECT_THAT(fault(sps), HasSubstr("its coded width is 638, planned is 640"));
}

TEST_F(CheckInit, SeesAProfileOrLevelThatOnlyTheParameterSetHas) {
  auto config = avc_config_of(coded());
  config[config.find(write_sps(coded())) + 3] = 31;  // the decoder's level; the box still says 3.0
  video_.avc_config = config;
  EXPECT_THAT(fault(video_),
              HasSubstr("its coded profile and level is avc1.64001f, planned is avc1.64001e"));
}

TEST_F(CheckInit, SeesColoursThatAreNotThoseOfTheParameterSet) {
  for (const auto code : {&media::ColorTags::primaries, &media::ColorTags::transfer,
                          &media::ColorTags::matrix}) {
    auto video = video_;
    video.color.*code = 6;
    EXPECT_THAT(fault(video), HasSubstr("in the container, 1/1/1 in the parameter set"));
  }
  auto sps = coded();
  sps.matrix = 5;
  EXPECT_THAT(fault(sps), HasSubstr("its colours are 1/1/1 in the container, 1/1/5"));
}

TEST_F(CheckInit, SeesAnotherRange) {
  auto sps = coded();
  sps.full_range = true;
  EXPECT_THAT(fault(sps), HasSubstr("its range is limited in the container, full in the parameter"));
}

TEST_F(CheckInit, OnlyACopiedSourceNeedNotSayItsColours) {
  auto sps = coded();
  sps.primaries = sps.transfer = sps.matrix = 2;
  EXPECT_THAT(fault(sps), HasSubstr("1/1/1 in the container, 2/2/2 in the parameter set"));
  plan_.renditions.front().copied = true;
  EXPECT_EQ(fault(sps), "");
  sps.transfer = 6;
  EXPECT_THAT(fault(sps), HasSubstr("1/1/1 in the container, 2/6/2 in the parameter set"))
      << "what it does say must be right";
}

TEST_F(CheckInit, SeesThatThereAreNoParameterSets) {
  video_.avc_config = std::string("\1\x64\0\x1e\xff", 5);
  EXPECT_THAT(fault(video_), HasSubstr("it holds no parameter sets"));
  video_.avc_config = avc_config_of(coded());
  auto& config = video_.avc_config;
  const auto set = config.find(write_sps(coded()));
  std::fill(config.begin() + static_cast<std::ptrdiff_t>(set) + 4,
            config.begin() + static_cast<std::ptrdiff_t>(set + write_sps(coded()).size()), '\0');
  EXPECT_THAT(fault(video_), HasSubstr("its sequence parameter set can't be read"));
}

TEST_F(CheckInit, SeesAnotherTimescale) {
  video_.timescale = 90'001;
  EXPECT_THAT(fault(video_), HasSubstr("its timescale is 90001, planned is 90000"));
  audio_.sample_rate = 44'100;
  EXPECT_THAT(fault(audio_), HasSubstr("its timescale is 44100, planned is 48000"));
}

TEST_F(CheckInit, SeesOtherChannels) {
  audio_.channels = 6;
  EXPECT_THAT(fault(audio_), HasSubstr("its number of channels is 6, planned is 2"));
}

TEST_F(CheckInit, SeesAnInitSegmentOfAnotherTrack) {
  EXPECT_THAT(fault("audio-0", write_init_segment(video_)), HasSubstr("CODECS"));
  EXPECT_NE(fault("360p", "not an init segment at all"), "");
}

TEST(CheckOutputName, AllowsWhatIsPlannedAlone) {
  const auto plan = ten_seconds();
  for (const auto* good : {"360p/init.mp4", "240p/00000.m4s", "audio-0/00001.m4s",
                           "images/00000.jpg", "images/poster-00000.jpg", "text-0/00000.vtt"}) {
    EXPECT_TRUE(check_output_name(plan, good)) << good;
  }
  for (const auto* bad : {"", "init.mp4", "1080p/init.mp4", "360p/", "360p", "360p/a/b", "images",
                          "source/original", "/360p/init.mp4"}) {
    EXPECT_FALSE(check_output_name(plan, bad)) << bad;
  }
}

}  // namespace
}  // namespace sluice
