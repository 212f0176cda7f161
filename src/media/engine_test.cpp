// The engine on real files: what comes out, not how.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "media/encode_audio.h"
#include "media/encode_video.h"
#include "media/engine_log.h"
#include "media/prepare.h"
#include "media/probe.h"
#include "plan/timeline.h"

namespace sluice::media {
namespace {

class TestFile final : public ByteSource {
 public:
  explicit TestFile(const std::string& name)
      : fd_(::open((std::string(SLUICE_TEST_MEDIA) + "/" + name).c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat info{};
    if (!fd_ || ::fstat(fd_.get(), &info) != 0) ADD_FAILURE() << "no test file " << name;
    size_bytes_ = info.st_size;
  }
  std::int64_t size_bytes() const override { return size_bytes_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    return static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(fd_.get(), into.data(), into.size(), offset)));
  }

 private:
  UniqueFd fd_;
  std::int64_t size_bytes_ = 0;
};

class EngineTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { silence_libraries(); }
};

struct Made {
  std::map<std::string, std::string> objects;
  std::map<std::string, std::vector<StoredSegment>> segments;

  OutputSink sink() {
    return [this](Output output) -> Result<> {
      if (output.segment) segments[output.segment->track].push_back(*output.segment);
      objects[output.name] = std::move(output.bytes);
      return {};
    };
  }
};

Plan prepare_file(const TestFile& file, Made& made) {
  auto plan = prepare(file, {}, made.sink());
  if (!plan) throw std::runtime_error(plan.error().code);
  return *plan;
}

VideoJob all_video(const Plan& plan, int threads) {
  VideoJob job;
  for (const auto& rendition : plan.renditions) job.tracks.push_back(rendition.name);
  job.end_chunk = static_cast<int>(plan.timeline.chunks.size());
  job.threads = threads;
  return job;
}

const ProgressSink kNoProgress = [](double) {};

std::uint32_t sample_count(const std::string& segment) {
  const auto at = segment.find("trun") + 8;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < 4; ++i) count = count << 8 | static_cast<unsigned char>(segment[at + i]);
  return count;
}

std::uint32_t frames_of(const Made& made, const std::string& track) {
  std::uint32_t frames = 0;
  for (const auto& segment : made.segments.at(track)) {
    frames += sample_count(made.objects.at(fmt::format("{}/{:05}.m4s", track, segment.index)));
  }
  return frames;
}

struct Expected {
  const char* file;
  int width, height;  // of the top rendition
  std::uint32_t frames;
  double seconds;
  std::size_t audio_tracks;
};

class RealFiles : public EngineTest, public testing::WithParamInterface<Expected> {};

TEST_P(RealFiles, KeepTheirFramesTheirShapeAndTheirLength) {
  const auto expected = GetParam();
  const TestFile file(expected.file);
  Made made;
  const auto plan = prepare_file(file, made);
  EXPECT_EQ(plan.renditions.front().width, expected.width);
  EXPECT_EQ(plan.renditions.front().height, expected.height);
  EXPECT_EQ(plan.audio.size(), expected.audio_tracks);
  ASSERT_TRUE(encode_video(file, plan, all_video(plan, 2), made.sink(), kNoProgress));
  const double frame = expected.seconds / expected.frames;
  std::vector<StoredSegment> top;
  for (const auto& rendition : plan.renditions) {
    EXPECT_EQ(frames_of(made, rendition.name), expected.frames) << rendition.name;
    std::int64_t next = 0;
    for (const auto& segment : made.segments[rendition.name]) {
      EXPECT_EQ(segment.start_ticks, next) << "decode times run on";
      next += segment.duration_ticks;
    }
    EXPECT_NEAR(static_cast<double>(next) / static_cast<double>(plan.timeline.timescale),
                expected.seconds, frame);
    EXPECT_EQ(static_cast<int>(made.segments[rendition.name].size()), plan.timeline.segment_count);
    for (std::size_t i = 0; i < made.segments[rendition.name].size(); ++i) {
      EXPECT_EQ(made.segments[rendition.name][i].start_ticks,
                made.segments[plan.renditions.front().name][i].start_ticks)
          << "renditions are cut at the same times";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Engine, RealFiles,
    testing::Values(Expected{"b_pyramid.mp4", 854, 480, 120, 4.0, 0},
                    Expected{"mpeg4_mp3.avi", 864, 360, 96, 4.087, 1},
                    Expected{"iphone_vertical_rot90.mov", 1080, 1920, 36, 0.6, 1},
                    Expected{"phone_rot180_vfr.mp4", 1280, 720, 25, 2.38, 1},
                    Expected{"odd_161x121.webm", 160, 120, 30, 1.001, 0},
                    Expected{"tiny_64x64_edit_list.mp4", 64, 64, 49, 1.96, 0},
                    Expected{"one_keyframe_12s.webm", 720, 480, 359, 11.967, 1},
                    Expected{"negative_start_pts_wrap.ts", 640, 360, 82, 2.736, 1},
                    Expected{"fragmented_51.mp4", 320, 180, 120, 5.0, 2}),
    [](const auto& param) {
      std::string name = param.param.file;
      for (auto& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      return name;
    });

TEST_F(EngineTest, MakesTheSameBytesHoweverTheWorkIsDivided) {
  const TestFile file("one_keyframe_12s.webm");
  Made whole;
  const auto plan = prepare_file(file, whole);
  ASSERT_GT(plan.timeline.chunks.size(), 1u);
  ASSERT_TRUE(encode_video(file, plan, all_video(plan, 1), whole.sink(), kNoProgress));
  Made parts;
  (void)prepare_file(file, parts);
  for (int chunk = static_cast<int>(plan.timeline.chunks.size()); chunk-- > 0;) {
    for (const auto& rendition : plan.renditions) {
      ASSERT_TRUE(encode_video(file, plan, {{rendition.name}, chunk, chunk + 1, 2}, parts.sink(),
                               kNoProgress));
    }
  }
  EXPECT_TRUE(whole.objects == parts.objects);
}

// A task all of whose segments are known is not run again.
TEST_F(EngineTest, HandsOutTheImagesOfAChunkBeforeItsLastSegments) {
  const TestFile file("mpeg4_mp3.avi");
  Made made;
  const auto plan = prepare_file(file, made);
  ASSERT_GT(plan.renditions.size(), 1u);
  std::vector<std::string> names;
  const auto note = [&](Output output) -> Result<> {
    EXPECT_EQ(output.poster_rank.has_value(), output.name.starts_with("images/poster-"));
    names.push_back(output.name);
    return {};
  };
  ASSERT_TRUE(encode_video(file, plan, all_video(plan, 2), note, kNoProgress));
  const std::vector<std::string> images{"images/poster-00000.jpg", "images/00000.jpg"};
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.begin() + 2), images);
  EXPECT_EQ(names.size(), 2 + plan.renditions.size());

  names.clear();
  const auto& largest = plan.renditions.front().name;
  ASSERT_TRUE(encode_video(file, plan, {{largest}, 0, 1, 1}, note, kNoProgress));
  EXPECT_EQ(names, std::vector<std::string>{largest + "/00000.m4s"}) << "another task makes them";
}

TEST_F(EngineTest, RefusesToJoinChunksOfDifferentEncoders) {
  const TestFile file("b_pyramid.mp4");
  Made made;
  auto plan = prepare_file(file, made);
  plan.renditions.back().init_hash = "another encoder's";
  const auto result = encode_video(file, plan, all_video(plan, 1), made.sink(), kNoProgress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "init_mismatch");
  EXPECT_TRUE(made.segments.empty()) << "nothing may be published";
}

TEST_F(EngineTest, AnErrorOfTheSinkEndsTheJob) {
  const TestFile file("b_pyramid.mp4");
  Made made;
  const auto plan = prepare_file(file, made);
  const auto full = [](Output) -> Result<> {
    return fail(ErrorKind::unavailable, "storage_full", "The disk is full.");
  };
  for (const int threads : {1, 2}) {
    const auto result = encode_video(file, plan, all_video(plan, threads), full, kNoProgress);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "storage_full");
  }
}

TEST_F(EngineTest, SoundCoversThePictureInWholeFrames) {
  const TestFile file("one_keyframe_12s.webm");
  Made made;
  const auto plan = prepare_file(file, made);
  const AudioJob job{"audio-0", 0, static_cast<int>(plan.timeline.chunks.size())};
  ASSERT_TRUE(encode_audio(file, plan, job, made.sink(), kNoProgress));
  std::int64_t next = 0;
  for (const auto& segment : made.segments["audio-0"]) {
    EXPECT_EQ(segment.start_ticks, next);
    EXPECT_EQ(segment.duration_ticks % 1024, 0);
    EXPECT_LT(segment.duration_ticks, 48000 * 9 / 2);
    next += segment.duration_ticks;
  }
  EXPECT_EQ(static_cast<int>(made.segments["audio-0"].size()), plan.timeline.segment_count);
  EXPECT_NEAR(static_cast<double>(next) / 48000, plan.timeline.duration_seconds, 0.03);
}

// What a track is made of: the bytes of its segments, and what was measured.
struct MadeSound {
  Made made;
  std::vector<LoudnessPart> loudness;

  void encode(const TestFile& file, const Plan& plan, const AudioJob& job) {
    const auto sink = made.sink();
    const auto result = encode_audio(
        file, plan, job,
        [&](Output output) -> Result<> {
          if (!output.loudness) return sink(std::move(output));
          loudness.push_back(*output.loudness);
          return {};
        },
        kNoProgress);
    ASSERT_TRUE(result) << result.error().message;
  }
};

TEST_F(EngineTest, CopiesSoundAlikeHoweverTheWorkIsDivided) {
  const TestFile file("hevc_1080p_open_gop.mp4");
  Made init;
  const auto plan = prepare_file(file, init);
  ASSERT_TRUE(plan.audio.at(0).copied);
  ASSERT_GT(plan.timeline.chunks.size(), 1u);
  const int chunks = static_cast<int>(plan.timeline.chunks.size());
  MadeSound whole, parts;
  whole.encode(file, plan, {"audio-0", 0, chunks});
  for (int chunk = chunks; chunk-- > 0;) parts.encode(file, plan, {"audio-0", chunk, chunk + 1});
  EXPECT_TRUE(whole.made.objects == parts.made.objects);
  EXPECT_NEAR(frames_of(whole.made, "audio-0") * 1024.0 / 48000, plan.timeline.duration_seconds, 0.05);
  ASSERT_TRUE(integrate(whole.loudness));
  EXPECT_NEAR(integrate(parts.loudness)->integrated_lufs, integrate(whole.loudness)->integrated_lufs, 0.2);
}

TEST_F(EngineTest, JoinsPartsOfEncodedSoundWithoutABreak) {
  const TestFile file("big_buck_bunny_0_30.webm");
  Made init;
  const auto plan = prepare_file(file, init);
  ASSERT_FALSE(plan.audio.at(0).copied);
  const int chunks = static_cast<int>(plan.timeline.chunks.size());
  MadeSound whole, parts;
  whole.encode(file, plan, {"audio-0", 0, chunks});
  parts.encode(file, plan, {"audio-0", 0, chunks - 1});
  parts.encode(file, plan, {"audio-0", chunks - 1, chunks});
  std::int64_t next = 0;
  for (const auto& segment : parts.made.segments["audio-0"]) {
    EXPECT_EQ(segment.start_ticks, next);
    next += segment.duration_ticks;
  }
  EXPECT_EQ(frames_of(parts.made, "audio-0"), frames_of(whole.made, "audio-0"));
  EXPECT_NEAR(integrate(parts.loudness)->integrated_lufs, integrate(whole.loudness)->integrated_lufs, 0.2);
  EXPECT_NEAR(integrate(parts.loudness)->true_peak_dbtp, integrate(whole.loudness)->true_peak_dbtp, 0.2);
}

TEST_F(EngineTest, SoundAloneIsAnOrdinaryCase) {
  for (const char* name : {"pcm_mono.wav", "cover_art.mp3"}) {
    const TestFile file(name);
    Made made;
    const auto plan = prepare_file(file, made);
    EXPECT_EQ(plan.mode, VideoMode::none) << name << ": cover art is not a film";
    EXPECT_TRUE(plan.renditions.empty());
    ASSERT_EQ(plan.audio.size(), 1u);
    const AudioJob job{"audio-0", 0, static_cast<int>(plan.timeline.chunks.size())};
    EXPECT_TRUE(encode_audio(file, plan, job, made.sink(), kNoProgress)) << name;
    EXPECT_FALSE(made.segments["audio-0"].empty());
  }
}

TEST_F(EngineTest, SaysWhyAFileCannotBeUsed) {
  const std::pair<const char*, const char*> cases[] = {
      {"zero_bytes.webm", "empty_file"},
      {"text_renamed.mp4", "unsupported_format"},
      {"no_moov_truncated.mp4", "unsupported_format"},
      {"hostile_hls_renamed.mp4", "unsupported_format"},
      {"hostile_concat.ffconcat", "unsupported_format"},
      {"vvc_no_decoder.mp4", "unsupported_codec"},
      {"bad_bitstream.webm", "corrupt_file"}};
  for (const auto& [name, code] : cases) {
    const auto facts = probe(TestFile(name));
    ASSERT_FALSE(facts) << name;
    EXPECT_EQ(facts.error().code, code) << name;
    EXPECT_EQ(facts.error().kind, ErrorKind::invalid) << name;
    EXPECT_TRUE(facts.error().message.ends_with('.')) << "a sentence for the uploader";
  }
}

}  // namespace
}  // namespace sluice::media
