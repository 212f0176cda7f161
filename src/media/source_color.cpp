#include "media/source_color.h"

#include <algorithm>
#include <array>

#include "media/av.h"

namespace sluice::media {
namespace {

// Pictures without tags of at least this size are taken for HD material (BT.709), smaller ones for
// SD.
constexpr int kHdWidth = 1280;
constexpr int kHdHeight = 576;

constexpr LumaWeights kSmpte240mWeights{0.212, 0.087};
constexpr LumaWeights kFccWeights{0.30, 0.11};

bool looks_hd(const VideoStreamFacts& video) {
  // As displayed or not: portrait clips are stored either way.
  return std::max(video.coded_width, video.coded_height) >= kHdWidth ||
         std::min(video.coded_width, video.coded_height) > kHdHeight;
}

bool has_flag(const VideoStreamFacts& video, std::uint64_t flags) {
  const auto* description = av_pix_fmt_desc_get(av_get_pix_fmt(video.pixel_format.c_str()));
  return description != nullptr && (description->flags & flags) != 0;
}

int matrix_of(const VideoStreamFacts& video) {
  const int tagged = av_color_space_from_name(video.color_matrix.c_str());
  if (!video.color_matrix.empty() && tagged > 0 && tagged != AVCOL_SPC_UNSPECIFIED) return tagged;
  if (video.color_primaries == "bt2020") return AVCOL_SPC_BT2020_NCL;
  return looks_hd(video) ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

LumaWeights weights_of(int matrix) {
  switch (matrix) {
    case AVCOL_SPC_BT709: return kBt709Weights;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL: return kBt2020Weights;
    case AVCOL_SPC_SMPTE240M: return kSmpte240mWeights;
    case AVCOL_SPC_FCC: return kFccWeights;
    default: return kBt601Weights;
  }
}

HdrTransfer transfer_of(const VideoStreamFacts& video) {
  if (video.color_transfer == "smpte2084") return HdrTransfer::pq;
  if (video.color_transfer == "arib-std-b67") return HdrTransfer::hlg;
  return HdrTransfer::none;
}

// Primaries so close to BT.709's that nobody sees the difference are taken for them.
Primaries primaries_of(const VideoStreamFacts& video, HdrTransfer transfer) {
  if (video.color_primaries == "bt2020") return Primaries::bt2020;
  if (video.color_primaries == "smpte432" || video.color_primaries == "smpte431") {
    return Primaries::p3;
  }
  // HDR that doesn't say is BT.2020: there is no other kind of it.
  return video.color_primaries.empty() && transfer != HdrTransfer::none ? Primaries::bt2020
                                                                        : Primaries::bt709;
}

ColorConversion conversion_of(const VideoStreamFacts& video, const SourceColor& color) {
  const bool other_light =
      color.light.transfer != HdrTransfer::none || color.light.primaries != Primaries::bt709;
  if (other_light) return ColorConversion::cube;
  if (color.rgb) return ColorConversion::none;
  switch (matrix_of(video)) {
    case AVCOL_SPC_BT709: return ColorConversion::none;
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_BT470BG:
      return looks_hd(video) ? ColorConversion::matrix : ColorConversion::none;
    default: return ColorConversion::matrix;
  }
}

}  // namespace

SourceColor source_color(const VideoStreamFacts& video) {
  SourceColor color;
  color.rgb = has_flag(video, AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL);
  color.alpha = has_flag(video, AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL);
  color.light.transfer = transfer_of(video);
  color.light.primaries = primaries_of(video, color.light.transfer);
  color.light.peak_nits = believed_peak_nits(video.max_content_nits, video.mastering_nits);
  color.conversion = conversion_of(video, color);
  color.weights = color.rgb ? kBt709Weights : weights_of(matrix_of(video));
  return color;
}

ColorTags output_color(const VideoStreamFacts& video) {
  const ColorTags hd{AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709, false};
  const ColorTags sd{AVCOL_PRI_SMPTE170M, AVCOL_TRC_SMPTE170M, AVCOL_SPC_SMPTE170M, false};
  const auto color = source_color(video);
  if (color.conversion == ColorConversion::cube || color.rgb) return hd;
  const int matrix = matrix_of(video);
  ColorTags tags =
      matrix == AVCOL_SPC_BT709 || color.conversion == ColorConversion::matrix ? hd : sd;
  if (color.conversion == ColorConversion::none) tags.matrix = matrix;
  // A matrix is converted by itself: primaries and curve stay what they were.
  const int primaries = av_color_primaries_from_name(video.color_primaries.c_str());
  if (!video.color_primaries.empty() && primaries > 0) tags.primaries = primaries;
  // x264 does not write this number. Its green and blue are 0.015 from those of SMPTE 170M at most.
  if (tags.primaries == AVCOL_PRI_EBU3213) tags.primaries = AVCOL_PRI_SMPTE170M;
  const int transfer = av_color_transfer_from_name(video.color_transfer.c_str());
  if (!video.color_transfer.empty() && transfer > 0) tags.transfer = transfer;
  return tags;
}

}  // namespace sluice::media
