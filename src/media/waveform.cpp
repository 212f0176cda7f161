#include "media/waveform.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/jpeg.h"

namespace sluice::media {
namespace {

constexpr int kBarWidth = 8;
constexpr int kBarPitch = 12;
constexpr double kTallest = 0.68;     // of the height
constexpr int kShortest = kBarWidth;  // a dot
// Ears hear proportions: without this, speech beside music would be a row of dots.
constexpr double kExponent = 0.6;

using Color = std::array<double, 3>;  // red, green, blue; 0 to 255

constexpr Color kGround{11, 14, 18};
constexpr Color kGroundMiddle{20, 29, 36};
constexpr Color kFirst{45, 212, 191};
constexpr Color kLast{96, 130, 246};

Color mix(const Color& a, const Color& b, double share) {
  Color mixed{};
  for (std::size_t i = 0; i < 3; ++i) mixed[i] = a[i] + (b[i] - a[i]) * share;
  return mixed;
}

std::vector<int> heights_of(const std::vector<double>& bars) {
  const double loudest = std::max(1e-9, *std::max_element(bars.begin(), bars.end()));
  std::vector<int> heights;
  for (const double bar : bars) {
    const double tall =
        std::pow(std::clamp(bar / loudest, 0.0, 1.0), kExponent) * kTallest * kPosterHeight;
    heights.push_back(std::max(kShortest, static_cast<int>(std::lround(tall / 2)) * 2));
  }
  return heights;
}

// How much of the pixel a bar with round ends covers, 0 to 1. `x` from the bar's middle, `y` from
// the picture's.
double coverage(double x, double y, int height) {
  constexpr double kRadius = kBarWidth / 2.0;
  const double straight = height / 2.0 - kRadius;
  const double beyond = std::max(0.0, std::abs(y) - straight);
  return std::clamp(kRadius - std::sqrt(x * x + beyond * beyond) + 0.5, 0.0, 1.0);
}

class Canvas {
 public:
  explicit Canvas(const std::vector<int>& heights) : heights_(heights) {}

  Color at(int x, int y) const {
    constexpr int kLeft = (kPosterWidth - kWaveformBars * kBarPitch + kBarPitch - kBarWidth) / 2;
    const double off = std::abs(y + 0.5 - kPosterHeight / 2.0) / (kPosterHeight / 2.0);
    const Color ground = mix(kGroundMiddle, kGround, off);
    const int bar = (x - kLeft) / kBarPitch;
    if (x < kLeft || bar >= kWaveformBars) return ground;
    const double from_middle = x + 0.5 - (kLeft + bar * kBarPitch + kBarWidth / 2.0);
    const double covered = coverage(from_middle, y + 0.5 - kPosterHeight / 2.0,
                                    heights_[static_cast<std::size_t>(bar)]);
    const Color color = mix(kFirst, kLast, static_cast<double>(bar) / (kWaveformBars - 1));
    return mix(ground, color, covered);
  }

 private:
  const std::vector<int>& heights_;
};

std::uint8_t byte_of(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0l, 255l));
}

// ITU-T T.871.
double luma(const Color& c) { return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]; }

}  // namespace

Result<Frame> draw_waveform(const std::vector<double>& bars) {
  const auto heights = heights_of(bars);
  const Canvas canvas(heights);
  SLUICE_TRY_ASSIGN(auto picture, make_jpeg_picture(kPosterWidth, kPosterHeight));
  for (int y = 0; y < kPosterHeight; y += 2) {
    for (int x = 0; x < kPosterWidth; x += 2) {
      Color sum{};
      for (int i = 0; i < 4; ++i) {
        const int px = x + i % 2, py = y + i / 2;
        const Color color = canvas.at(px, py);
        picture->data[0][py * picture->linesize[0] + px] = byte_of(luma(color));
        for (std::size_t c = 0; c < 3; ++c) sum[c] += color[c] / 4;
      }
      const double grey = luma(sum);
      picture->data[1][y / 2 * picture->linesize[1] + x / 2] =
          byte_of(128 + (sum[2] - grey) / 1.772);
      picture->data[2][y / 2 * picture->linesize[2] + x / 2] =
          byte_of(128 + (sum[0] - grey) / 1.402);
    }
  }
  return picture;
}

}  // namespace sluice::media
