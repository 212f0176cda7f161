#include "media/color_matrix.h"

#include <algorithm>
#include <cmath>

namespace sluice::media {
namespace {

constexpr int kBits = 16;
constexpr int kHalf = 1 << (kBits - 1);

int fixed(double value) { return static_cast<int>(std::lround(value * (1 << kBits))); }

std::uint8_t to_byte(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

// Of Y'CbCr in terms of Cb or Cr alone, where luma is 0: what R', G' and B' become.
struct Parts {
  double red, green, blue;
  double weighed(LumaWeights by) const {
    return by.red * red + (1 - by.red - by.blue) * green + by.blue * blue;
  }
};

Parts parts_of(double cb, double cr, LumaWeights weights) {
  const double red = 2 * (1 - weights.red) * cr;
  const double blue = 2 * (1 - weights.blue) * cb;
  const double green = 1 - weights.red - weights.blue;
  return {red, -(weights.red * red + weights.blue * blue) / green, blue};
}

}  // namespace

ColorMatrix::ColorMatrix(LumaWeights source) {
  const auto& to = kBt709Weights;
  const Parts cb = parts_of(1, 0, source), cr = parts_of(0, 1, source);
  const auto blueness = [&](const Parts& parts) {
    return (parts.blue - parts.weighed(to)) / (2 * (1 - to.blue));
  };
  const auto redness = [&](const Parts& parts) {
    return (parts.red - parts.weighed(to)) / (2 * (1 - to.red));
  };
  constexpr double kLumaPerChroma = 219.0 / 224;
  luma_cb_ = fixed(cb.weighed(to) * kLumaPerChroma);
  luma_cr_ = fixed(cr.weighed(to) * kLumaPerChroma);
  cb_cb_ = fixed(blueness(cb));
  cb_cr_ = fixed(blueness(cr));
  cr_cb_ = fixed(redness(cb));
  cr_cr_ = fixed(redness(cr));
}

void ColorMatrix::apply(const Lines& from, const EightBitPicture& to, int width, int height) const {
  for (int line = 0; line < height / 2; ++line) {
    const std::uint8_t* cbs = from.planes[1] + line * from.line_bytes[1];
    const std::uint8_t* crs = from.planes[2] + line * from.line_bytes[2];
    std::uint8_t* new_cbs = to.planes[1] + line * to.line_bytes[1];
    std::uint8_t* new_crs = to.planes[2] + line * to.line_bytes[2];
    const std::uint8_t* lumas[2];
    std::uint8_t* new_lumas[2];
    for (int i = 0; i < 2; ++i) {
      lumas[i] = from.planes[0] + (2 * line + i) * from.line_bytes[0];
      new_lumas[i] = to.planes[0] + (2 * line + i) * to.line_bytes[0];
    }
    for (int x = 0; x < width / 2; ++x) {
      const int cb = cbs[x] - 128, cr = crs[x] - 128;
      const int more = (luma_cb_ * cb + luma_cr_ * cr + kHalf) >> kBits;
      for (int i = 0; i < 2; ++i) {
        new_lumas[i][2 * x] = to_byte(lumas[i][2 * x] + more);
        new_lumas[i][2 * x + 1] = to_byte(lumas[i][2 * x + 1] + more);
      }
      new_cbs[x] = to_byte(128 + ((cb_cb_ * cb + cb_cr_ * cr + kHalf) >> kBits));
      new_crs[x] = to_byte(128 + ((cr_cb_ * cb + cr_cr_ * cr + kHalf) >> kBits));
    }
  }
}

}  // namespace sluice::media
