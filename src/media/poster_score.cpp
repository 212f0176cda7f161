#include "media/poster_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace sluice::media {
namespace {

constexpr int kBlack = 16;
constexpr int kWhite = 235;
constexpr double kRange = kWhite - kBlack;

// Bars are at most this dark, and take at most this share of the picture on each of two sides: a
// phone's portrait video inside a wide picture.
constexpr int kBarLevel = kBlack + 8;
constexpr double kMaxBar = 0.36;

constexpr int kBlock = 8;
// Mean |Laplacian| of a block from which it shows something: above noise and above blurred edges.
constexpr double kDetail = 3.0;
// Levels that still look like one.
constexpr int kSameLevel = 3;

// 0 up to `from`, 1 from `to` on; also falling, with `from` above `to`.
double ramp(double value, double from, double to) {
  return std::clamp((value - from) / (to - from), 0.0, 1.0);
}

struct Area {
  int left = 0, top = 0, right = 0, bottom = 0;
  int width() const { return right - left; }
  int height() const { return bottom - top; }
};

bool is_dark_row(const PictureView& picture, int y) {
  const auto* row = picture.luma + y * picture.luma_stride;
  return std::all_of(row, row + picture.width, [](std::uint8_t level) { return level <= kBarLevel; });
}

bool is_dark_column(const PictureView& picture, int x) {
  for (int y = 0; y < picture.height; ++y) {
    if (picture.luma[y * picture.luma_stride + x] > kBarLevel) return false;
  }
  return true;
}

// Bars come in pairs of about the same width; where only one side is dark that is the picture.
template <class IsDark>
int bar_of(int size, IsDark is_dark) {
  const int most = static_cast<int>(kMaxBar * size);
  int near = 0, far = 0;
  while (near < most && is_dark(near)) ++near;
  while (far < most && is_dark(size - 1 - far)) ++far;
  return std::abs(near - far) <= 1 + size / 32 ? std::min(near, far) : 0;
}

Area without_bars(const PictureView& picture) {
  const int rows = bar_of(picture.height, [&](int y) { return is_dark_row(picture, y); });
  const int columns = bar_of(picture.width, [&](int x) { return is_dark_column(picture, x); });
  // A line of text has black on all four sides; a film has bars on two.
  if (rows * picture.width >= columns * picture.height) {
    return {0, rows, picture.width, picture.height - rows};
  }
  return {columns, 0, picture.width - columns, picture.height};
}

struct Levels {
  double mean = 0;
  double deviation = 0;
  double mode_share = 0;  // of pixels at about the most common level
};

Levels measure_levels(const PictureView& picture, const Area& area) {
  std::array<std::int64_t, 256> count{};
  for (int y = area.top; y < area.bottom; ++y) {
    const auto* row = picture.luma + y * picture.luma_stride;
    for (int x = area.left; x < area.right; ++x) ++count[row[x]];
  }
  double sum = 0, squares = 0;
  std::int64_t mode = 0;
  for (int level = 0; level < 256; ++level) {
    const auto n = static_cast<double>(count[static_cast<std::size_t>(level)]);
    sum += n * level;
    squares += n * level * level;
    std::int64_t same = 0;
    for (int near = std::max(0, level - kSameLevel); near <= std::min(255, level + kSameLevel); ++near) {
      same += count[static_cast<std::size_t>(near)];
    }
    mode = std::max(mode, same);
  }
  const double pixels = double{1.0} * area.width() * area.height();
  const double mean = sum / pixels;
  return {mean, std::sqrt(std::max(0.0, squares / pixels - mean * mean)),
          static_cast<double>(mode) / pixels};
}

struct Detail {
  double power = 0;        // mean square of the Laplacian
  double strong_edge = 0;  // |Laplacian| that one pixel in a hundred exceeds
  double coverage = 0;     // share of blocks that show something
};

Detail measure_detail(const PictureView& picture, const Area& area) {
  std::array<std::int64_t, 1024> count{};
  double squares = 0;
  std::int64_t pixels = 0, blocks = 0, detailed = 0;
  const auto stride = picture.luma_stride;
  for (int top = area.top + 1; top + kBlock < area.bottom; top += kBlock) {
    for (int left = area.left + 1; left + kBlock < area.right; left += kBlock) {
      int sum = 0;
      for (int y = top; y < top + kBlock; ++y) {
        const auto* at = picture.luma + y * stride + left;
        for (int x = 0; x < kBlock; ++x, ++at) {
          const int edge = std::abs(4 * at[0] - at[-1] - at[1] - at[-stride] - at[stride]);
          ++count[static_cast<std::size_t>(edge)];
          sum += edge;
          squares += double{1.0} * edge * edge;
        }
      }
      pixels += kBlock * kBlock;
      ++blocks;
      if (sum > kDetail * kBlock * kBlock) ++detailed;
    }
  }
  if (blocks == 0) return {};
  std::size_t edge = count.size() - 1;
  for (std::int64_t above = count[edge]; above * 100 < pixels && edge > 0; above += count[edge]) --edge;
  return {squares / static_cast<double>(pixels), static_cast<double>(edge),
          static_cast<double>(detailed) / static_cast<double>(blocks)};
}

// 0 for grey, 1 for strong colours.
double colourfulness(const PictureView& picture) {
  std::int64_t sum = 0;
  const int width = picture.width / 2, height = picture.height / 2;
  for (int y = 0; y < height; ++y) {
    const auto* cb = picture.cb + y * picture.chroma_stride;
    const auto* cr = picture.cr + y * picture.chroma_stride;
    for (int x = 0; x < width; ++x) sum += std::abs(cb[x] - 128) + std::abs(cr[x] - 128);
  }
  return ramp(static_cast<double>(sum) / std::max(1, width * height), 0, 30);
}

}  // namespace

double poster_score(const PictureView& picture) {
  const auto area = without_bars(picture);
  if (area.width() < 1 || area.height() < 1) return 0;
  const auto levels = measure_levels(picture, area);
  if (levels.deviation < 1) return 0;
  const auto detail = measure_detail(picture, area);

  const double brightness = (levels.mean - kBlack) / kRange;
  const double exposed = ramp(brightness, 0.04, 0.22) * ramp(brightness, 0.97, 0.75);
  const double contrasty = ramp(levels.deviation / kRange, 0.03, 0.16);
  const double sharp = ramp(detail.strong_edge / levels.deviation, 0.2, 1.0);
  const double quiet = ramp(detail.power / (levels.deviation * levels.deviation), 12.0, 4.0);
  const double varied = ramp(levels.mode_share, 0.8, 0.45);
  const double full = std::sqrt(ramp(detail.coverage, 0.04, 0.7));
  return exposed * contrasty * sharp * quiet * varied * full * (0.85 + 0.15 * colourfulness(picture));
}

double poster_rank(double score, bool preferred) {
  return preferred && score >= kAcceptablePoster ? 1 + score : score;
}

}  // namespace sluice::media
