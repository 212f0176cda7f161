#include "plan/ladder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace sluice {
namespace {

// Quality and caps of one rung.
struct Rung {
  int short_side;
  double crf;
  // VBV cap up to 30 frames a second; half as much again above. About 1.3 times what film of
  // ordinary difficulty takes at this CRF, so that the cap bites only where a viewer's line would.
  std::int64_t max_rate_bps;
};

// Above 1080 lines the same error is smaller on the screen, so these rungs get along with one step
// less; the others share x264's default.
constexpr std::array<Rung, 7> kRungs = {{
    {2160, 24, 18'000'000},
    {1440, 24, 10'000'000},
    {1080, 23, 6'000'000},
    {720, 23, 3'500'000},
    {480, 23, 1'700'000},
    {360, 23, 1'000'000},
    {240, 23, 500'000},
}};

// The buffer holds this long of the capped rate. Each chunk starts with the buffer nearly full, so
// a longer one would let every chunk begin with a burst above the advertised peak.
constexpr double kBufferSeconds = 1.5;

// Measured beside x264's presets on 1080p and 720p film: these settings cost 0.85 of the CPU of
// `veryfast` at 0.8 % fewer bits for the same SSIM (macroblock-tree and a lookahead of 20 pay for
// themselves; trellis and more references do not at this speed).
constexpr const char* kSpeedSettings =
    "me=dia:subme=2:ref=1:mixed-refs=0:weightp=1:trellis=0:partitions=i4x4,i8x8:"
    "rc-lookahead=20:mbtree=1";

// What makes chunks of different workers join into one stream:
// - keyint=infinite, open-gop=0: the only IDR frames are those forced at segment starts; scene cuts
//   become plain I frames, so all renditions keep their IDR frames at the same times;
// - stitchable: parameter sets depend on nothing that one chunk measures;
// - cpu-independent, and one thread an encoder: the same bits on every machine;
// - sync-lookahead=0: no thread beside it;
// - force-cfr: the parameter sets name the nominal frame rate (players that look there find it), and
//   no decision depends on how one chunk's time stamps jitter. The time stamps stay as they are.
constexpr const char* kJoinSettings =
    "keyint=infinite:min-keyint=1000000:scenecut=40:open-gop=0:bframes=3:b-pyramid=normal:"
    "stitchable=1:cpu-independent=1:sync-lookahead=0:force-cfr=1";

// ITU-T H.264 table A-1: macroblocks per second, frame size in macroblocks, bit rate in kb/s of
// Baseline (High has 1.25 times as much).
struct Level {
  int level;
  std::int64_t macroblocks_per_second;
  std::int64_t frame_macroblocks;
  std::int64_t kilobits;
};
constexpr std::array<Level, 17> kLevels = {{
    {10, 1485, 99, 64},          {11, 3000, 396, 192},        {12, 6000, 396, 384},
    {13, 11880, 396, 768},       {20, 11880, 396, 2000},      {21, 19800, 792, 4000},
    {22, 20250, 1620, 4000},     {30, 40500, 1620, 10000},    {31, 108000, 3600, 14000},
    {32, 216000, 5120, 20000},   {40, 245760, 8192, 20000},   {42, 522240, 8704, 50000},
    {50, 589824, 22080, 135000}, {51, 983040, 36864, 240000}, {52, 2073600, 36864, 240000},
    {60, 4177920, 139264, 240000}, {62, 16711680, 139264, 800000},
}};

int even(double length) { return std::max(2, static_cast<int>(length / 2) * 2); }
int even_nearest(double length) { return std::max(2, static_cast<int>(std::lround(length / 2)) * 2); }

Rendition make_rendition(const Rung& rung, int width, int height, Rational frame_rate) {
  const double fps = frame_rate.num > 0 ? frame_rate.value() : 30.0;
  Rendition rendition;
  rendition.name = fmt::format("{}p", std::min(width, height));
  rendition.width = width;
  rendition.height = height;
  rendition.crf = rung.crf;
  rendition.max_rate_bps = fps > 31 ? rung.max_rate_bps * 3 / 2 : rung.max_rate_bps;
  rendition.buffer_bits =
      static_cast<std::int64_t>(static_cast<double>(rendition.max_rate_bps) * kBufferSeconds);
  rendition.profile = "high";
  // Variable frame rates may run ahead of their average for a while.
  rendition.level = h264_level(width, height, std::max(fps, 30.0), rendition.max_rate_bps);
  rendition.x264_params = fmt::format("{}:{}", kSpeedSettings, kJoinSettings);
  return rendition;
}

// No picture has pixels longer than this; the tag is broken.
constexpr double kMostOblong = 10;

}  // namespace

PictureSize displayed_size(const VideoStreamFacts& video) {
  double width = video.coded_width;
  double height = video.coded_height;
  double aspect = video.sample_aspect.num > 0 ? video.sample_aspect.value() : 1.0;
  if (aspect > kMostOblong || aspect * kMostOblong < 1) aspect = 1;
  // Stretch the side that is too short: no stored line is thrown away.
  if (aspect >= 1) {
    width *= aspect;
  } else {
    height /= aspect;
  }
  if (video.rotation % 180 != 0) std::swap(width, height);
  return {static_cast<int>(std::lround(width)), static_cast<int>(std::lround(height))};
}

Rational output_frame_rate(Rational source) {
  Rational rate = source;
  while (rate > Rational{121, 2}) rate = Rational::of(rate.num, rate.den * 2);
  return rate;
}

std::vector<Rendition> make_ladder(PictureSize displayed, Rational frame_rate) {
  const int short_side = std::min(displayed.width, displayed.height);
  const double aspect = static_cast<double>(std::max(displayed.width, displayed.height)) /
                        static_cast<double>(short_side);
  const bool portrait = displayed.height > displayed.width;
  std::vector<Rendition> ladder;
  for (const auto& rung : kRungs) {
    if (rung.short_side > short_side) continue;
    const int long_side = rung.short_side == short_side
                              ? even(std::max(displayed.width, displayed.height))
                              : even_nearest(rung.short_side * aspect);
    ladder.push_back(portrait ? make_rendition(rung, rung.short_side, long_side, frame_rate)
                              : make_rendition(rung, long_side, rung.short_side, frame_rate));
  }
  if (ladder.empty()) {
    ladder.push_back(
        make_rendition(kRungs.back(), even(displayed.width), even(displayed.height), frame_rate));
  }
  return ladder;
}

int h264_level(int width, int height, double frames_per_second, std::int64_t max_rate_bps) {
  const std::int64_t macroblocks =
      static_cast<std::int64_t>((width + 15) / 16) * ((height + 15) / 16);
  const auto per_second =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(macroblocks) * frames_per_second));
  for (const auto& level : kLevels) {
    if (macroblocks <= level.frame_macroblocks && per_second <= level.macroblocks_per_second &&
        max_rate_bps <= level.kilobits * 1250) {
      return level.level;
    }
  }
  return kLevels.back().level;
}

}  // namespace sluice
