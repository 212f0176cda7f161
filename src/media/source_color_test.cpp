#include "media/source_color.h"

#include <gtest/gtest.h>

#include "media/av.h"
#include "media/h264_parameters.h"
#include "media/read_cmaf.h"
#include "media/video_encoder.h"

namespace sluice::media {
namespace {

SourceFacts source(int height) {
  SourceFacts source;
  source.duration_seconds = 4;
  source.video.emplace();
  source.video->coded_width = height * 16 / 9;
  source.video->coded_height = height;
  source.video->frame_rate = {25, 1};
  source.video->pixel_format = "yuv420p";
  source.video->keyframe_interval_seconds = 1;
  return source;
}

// What the container and the parameter sets of an encoded rendition say.
void expect_same_colors(const SourceFacts& source) {
  const auto plan = make_plan(source, {}).value();
  const auto encoder = VideoEncoder::open(plan, plan.renditions.back()).value();
  const auto init = read_init_segment(encoder->init_segment()).value();
  const auto sps = parse_sps(parse_avc_config(init.avc_config).value().sps.at(0)).value();
  EXPECT_EQ(init.color->primaries, sps.primaries) << source.video->color_primaries;
  EXPECT_EQ(init.color->transfer, sps.transfer) << source.video->color_transfer;
  EXPECT_EQ(init.color->matrix, sps.matrix) << source.video->color_matrix;
}

TEST(OutputColor, IsWhatTheEncoderWritesWhateverTheSourceSays) {
  av_log_set_level(AV_LOG_ERROR);
  int seen = 0;
  for (const int height : {180, 720}) {
    for (int code = 1; code < 32; ++code) {
      auto named = source(height);
      const auto name = [&](const char* found) {
        seen += found != nullptr ? 1 : 0;
        return std::string(found != nullptr ? found : "");
      };
      named.video->color_primaries =
          name(av_color_primaries_name(static_cast<AVColorPrimaries>(code)));
      expect_same_colors(named);
      named = source(height);
      named.video->color_transfer =
          name(av_color_transfer_name(static_cast<AVColorTransferCharacteristic>(code)));
      expect_same_colors(named);
      named = source(height);
      named.video->color_matrix = name(av_color_space_name(static_cast<AVColorSpace>(code)));
      expect_same_colors(named);
    }
  }
  EXPECT_GT(seen, 2 * 40);
}

TEST(OutputColor, TakesPrimariesThatTheEncoderCannotNameForTheirNeighbours) {
  auto named = source(180);
  named.video->color_primaries = av_color_primaries_name(AVCOL_PRI_EBU3213);
  EXPECT_EQ(output_color(*named.video).primaries, AVCOL_PRI_SMPTE170M);
}

}  // namespace
}  // namespace sluice::media
