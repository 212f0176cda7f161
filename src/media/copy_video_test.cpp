// Pass-through on whole files: what is copied, what is not, and that a copy is a copy.
#include "media/copy_video.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "media/encode_video.h"
#include "media/engine_log.h"
#include "media/not_copyable.h"
#include "media/prepare.h"
#include "media/source_input.h"
#include "media/testing/h264_source.h"
#include "plan/pass_through.h"

namespace sluice::media {
namespace {

const ProgressSink kNoProgress = [](double) {};

struct Made {
  Plan plan;
  std::map<std::string, std::string> objects;
  std::map<std::string, std::vector<StoredSegment>> segments;

  OutputSink sink() {
    return [this](Output output) -> Result<> {
      if (output.segment) segments[output.segment->track].push_back(*output.segment);
      objects[output.name] = std::move(output.bytes);
      return {};
    };
  }
  std::string joined(const std::string& track) const {
    std::string bytes = objects.at(track + "/init.mp4");
    for (const auto& segment : segments.at(track)) {
      bytes += objects.at(fmt::format("{}/{:05}.m4s", track, segment.index));
    }
    return bytes;
  }
  std::vector<std::int64_t> starts(const std::string& track) const {
    std::vector<std::int64_t> times;
    for (const auto& segment : segments.at(track)) times.push_back(segment.start_ticks);
    times.push_back(segments.at(track).back().start_ticks +
                    segments.at(track).back().duration_ticks);
    return times;
  }
};

Made prepare_source(const ByteSource& source) {
  Made made;
  auto plan = prepare(source, {}, made.sink());
  if (!plan) throw std::runtime_error(plan.error().code + ": " + plan.error().message);
  made.plan = *plan;
  return made;
}

Result<> make_track(const ByteSource& source, Made& made, const std::vector<std::string>& tracks) {
  const int chunks = static_cast<int>(made.plan.timeline.chunks.size());
  return encode_video(source, made.plan, {tracks, 0, chunks, 1}, made.sink(), kNoProgress);
}

std::string why_not(const H264Source& wanted) {
  const MemorySource source(make_file(wanted));
  return prepare_source(source).plan.pass_through;
}

struct Picture {
  double seconds = 0;
  std::uint32_t checksum = 0;
  friend bool operator==(const Picture&, const Picture&) = default;
};

// Every picture as it is shown: when, and what.
std::vector<Picture> decode_all(const std::string& bytes) {
  const MemorySource source(bytes);
  auto input = SourceInput::open(source).value();
  const auto codec = open_decoder(input->stream(0), 1).value();
  std::vector<Picture> pictures;
  auto frame = make_frame();
  for (bool more = true; more;) {
    const auto packet = input->read_packet().value();
    more = packet != nullptr;
    EXPECT_EQ(avcodec_send_packet(codec.get(), packet.get()), 0);
    while (avcodec_receive_frame(codec.get(), frame.get()) == 0) {
      EXPECT_EQ(frame->decode_error_flags, 0);
      std::uint32_t sum = 1;
      for (int plane = 0; plane < 3; ++plane) {
        const int width = plane == 0 ? frame->width : frame->width / 2;
        const int height = plane == 0 ? frame->height : frame->height / 2;
        for (int y = 0; y < height; ++y) {
          const auto* line = frame->data[plane] + y * frame->linesize[plane];
          for (int x = 0; x < width; ++x) sum = sum * 31 + line[x];
        }
      }
      pictures.push_back(
          {static_cast<double>(frame->best_effort_timestamp) * av_q2d(input->stream(0)->time_base),
           sum});
    }
  }
  return pictures;
}

class CopyVideo : public testing::Test {
 protected:
  static void SetUpTestSuite() { silence_libraries(); }
};

TEST_F(CopyVideo, KeepsEveryPictureAsItIs) {
  for (const char* container : {"mp4", "matroska"}) {
    SCOPED_TRACE(container);
    H264Source wanted;
    wanted.container = container;
    const auto file = make_file(wanted);
    const MemorySource source(file);
    auto made = prepare_source(source);
    ASSERT_EQ(made.plan.pass_through, "");
    ASSERT_TRUE(made.plan.renditions.front().copied);
    ASSERT_TRUE(make_track(source, made, {"360p"}));
    const auto copied = decode_all(made.joined("360p"));
    const auto original = decode_all(file);
    ASSERT_EQ(copied.size(), 100u);
    for (std::size_t i = 0; i < copied.size(); ++i) {
      EXPECT_EQ(copied[i].checksum, original[i].checksum) << i;
      EXPECT_NEAR(copied[i].seconds, static_cast<double>(i) / 10, 0.0006) << i;
    }
  }
}

TEST_F(CopyVideo, CutsTheOtherRenditionsAtTheSameTimes) {
  H264Source wanted;
  wanted.idr_at = {0, 13, 33, 71, 88};
  wanted.frames = 95;
  const MemorySource source(make_file(wanted));
  auto made = prepare_source(source);
  ASSERT_EQ(made.plan.pass_through, "");
  ASSERT_TRUE(make_track(source, made, {"360p"}));
  ASSERT_TRUE(make_track(source, made, {"240p"}));
  EXPECT_EQ(made.starts("360p"), made.starts("240p"));
  const auto second = made.plan.timeline.timescale;
  EXPECT_EQ(made.starts("360p"),
            (std::vector<std::int64_t>{0, 33 * second / 10, 71 * second / 10, 95 * second / 10}));
  EXPECT_EQ(decode_all(made.joined("240p")).size(), 95u);
  EXPECT_FALSE(made.objects.at("images/00000.jpg").empty());
}

TEST_F(CopyVideo, MakesTheSameBytesHoweverChunksAreJoined) {
  H264Source wanted;
  wanted.frames = 300;
  wanted.idr_at = {0, 20, 60, 97, 140, 170, 200, 230, 270};
  const MemorySource source(make_file(wanted));
  auto whole = prepare_source(source);
  ASSERT_EQ(whole.plan.pass_through, "");
  const int chunks = static_cast<int>(whole.plan.timeline.chunks.size());
  ASSERT_GE(chunks, 3);
  Made parts = whole;
  ASSERT_TRUE(make_track(source, whole, {"360p"}));
  for (int chunk = chunks - 1; chunk >= 0; --chunk) {
    ASSERT_TRUE(copy_video(source, parts.plan, chunk, chunk + 1, parts.sink(), kNoProgress));
  }
  EXPECT_EQ(parts.objects, whole.objects);
}

TEST_F(CopyVideo, LeavesAloneWhatDoesNotFit) {
  EXPECT_EQ(why_not({}), "");
  EXPECT_EQ(why_not({.profile = "high444"}),
            "its profile is not Constrained Baseline, Main or High");
  EXPECT_EQ(why_not({.x264 = "keyint=infinite:level=5.1"}), "its level 5.1 is too high");
  EXPECT_EQ(why_not({.x264 = "keyint=infinite:fake-interlaced=1"}), "it may be interlaced");
  EXPECT_EQ(why_not({.rotation = 90}), "it is turned or mirrored");
  EXPECT_NE(why_not({.sample_aspect = {4, 3}}), "");
  EXPECT_EQ(why_not({.full_range = true}), "its samples use the full range");
  EXPECT_EQ(why_not({.frames = 120, .idr_at = {0, 10}}),
            "its key frames are further apart than 10.5 s");
  EXPECT_EQ(why_not({.frame_rate = {100, 1}}), "it has more than 60 frames a second");
  EXPECT_NE(why_not({.width = 642, .height = 362}), "");
  EXPECT_EQ(why_not({.width = 426, .height = 240}),
            "there is no smaller rendition to make images of");
  EXPECT_EQ(why_not({.container = "mpegts"}), "its container has no index to rely on");
  EXPECT_NE(why_not({.muxer_options = "movflags=frag_keyframe+empty_moov"}), "");
}

TEST_F(CopyVideo, LeavesAloneWhatIsTooLarge) {
  H264Source noisy;
  noisy.noise = true;
  noisy.crf = 20;
  noisy.frames = 30;
  noisy.idr_at = {0};
  EXPECT_NE(why_not(noisy).find("kb/s are above the 1000 kb/s of 360p"), std::string::npos)
      << why_not(noisy);
}

TEST_F(CopyVideo, TakesNoOpenGroupsOfPictures) {
  H264Source wanted;
  wanted.idr_at = {0};
  wanted.x264 = "keyint=20:min-keyint=20:scenecut=0:open-gop=1:bframes=2:b-adapt=0";
  EXPECT_EQ(why_not(wanted), "its last key frame is not an IDR");
}

TEST_F(CopyVideo, TakesNoHdrAndNoOtherColours) {
  H264Source wanted;
  wanted.configure = [](AVCodecContext& codec) {
    codec.color_primaries = AVCOL_PRI_BT2020;
    codec.color_trc = AVCOL_TRC_SMPTE2084;
    codec.colorspace = AVCOL_SPC_BT2020_NCL;
  };
  EXPECT_EQ(why_not(wanted), "it is HDR");
}

TEST_F(CopyVideo, TakesNothingThatAnEditListHides) {
  H264Source wanted;
  wanted.muxer_options = "use_editlist=1";
  wanted.edit = [](AVPacket& packet, int) {
    packet.pts -= 7;
    packet.dts -= 7;
    return true;
  };
  const auto why = why_not(wanted);
  EXPECT_TRUE(why == "an edit list hides some of its frames" ||
              why == "it does not start with a key frame" ||
              why == "a picture is not to be shown, or damaged")
      << why;
}

// The container names a sync sample where there is none: nobody may be sent there.
TEST_F(CopyVideo, FindsOutWhileCopyingWhatWasNotSeenBefore) {
  H264Source wanted;
  wanted.frames = 400;
  wanted.idr_at.clear();
  for (int frame = 0; frame < 400; frame += 20) wanted.idr_at.push_back(frame);
  const auto file = make_file(wanted);
  const MemorySource source(file);
  auto made = prepare_source(source);
  ASSERT_EQ(made.plan.pass_through, "");

  const auto code_with = [&](auto change) {
    auto changed = wanted;
    changed.edit = change;
    const MemorySource other(make_file(changed));
    Made again = made;
    const auto done = make_track(other, again, {"360p"});
    return done ? "" : done.error().code + ": " + done.error().message;
  };
  EXPECT_EQ(code_with([](AVPacket&, int) { return true; }), "");
  EXPECT_EQ(code_with([](AVPacket& packet, int number) {
              if (number == 83) packet.data[4] ^= 0x0F;  // behind the start code: another kind of unit
              return true;
            }),
            "not_copyable: a picture is damaged or has parameters of its own");
  EXPECT_EQ(code_with([](AVPacket&, int number) { return number != 200; }),
            "not_copyable: pictures cross a boundary");
  EXPECT_EQ(code_with([](AVPacket&, int number) { return number < 350; }),
            "not_copyable: it ends too soon");
}

TEST_F(CopyVideo, HearsFromTheDecoderToo) {
  H264Source wanted;
  const auto file = make_file(wanted);
  auto made = prepare_source(MemorySource(file));
  ASSERT_EQ(made.plan.pass_through, "");
  auto damaged = wanted;
  damaged.edit = [](AVPacket& packet, int number) {
    if (number == 43) std::fill(packet.data + 12, packet.data + packet.size, std::uint8_t{0xFF});
    return true;
  };
  const MemorySource source(make_file(damaged));
  const auto done = make_track(source, made, {"240p"});
  ASSERT_FALSE(done);
  EXPECT_TRUE(is_not_copyable(done.error())) << done.error().code;
  // Once the plan no longer copies, a damaged picture is what it was: left out.
  auto encoded = prepare_source(MemorySource(file));
  encoded.plan = encode_largest(encoded.plan);
  EXPECT_TRUE(make_track(source, encoded, {"360p-encoded", "240p"}));
  EXPECT_EQ(encoded.starts("360p-encoded"), encoded.starts("240p"));
}

}  // namespace
}  // namespace sluice::media
