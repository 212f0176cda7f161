#include "media/color_cube.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice::media {
namespace {

// Grid: 16 codes apart in Y', 32 in Cb and Cr. Grey (512) lies on it, so grey stays grey.
constexpr unsigned kLumaPoints = 65, kChromaPoints = 33;
constexpr unsigned kCrStride = 1, kCbStride = kChromaPoints,
                   kLumaStride = kChromaPoints * kChromaPoints;

// Looking up gives 64ths times the 32 parts of a grid cell.
constexpr int kStepBits = 6 + 5;

// Hides the steps of 8 bits in skies: a Bayer pattern, the same in every picture, of up to half a
// step each way.
constexpr std::uint8_t kBayer[8][8] = {
    {0, 32, 8, 40, 2, 34, 10, 42},  {48, 16, 56, 24, 50, 18, 58, 26},
    {12, 44, 4, 36, 14, 46, 6, 38}, {60, 28, 52, 20, 62, 30, 54, 22},
    {3, 35, 11, 43, 1, 33, 9, 41},  {51, 19, 59, 27, 49, 17, 57, 25},
    {15, 47, 7, 39, 13, 45, 5, 37}, {63, 31, 55, 23, 61, 29, 53, 21}};

std::int32_t dither(int x, int y) { return (kBayer[y & 7][x & 7] * 2 + 1) << (kStepBits - 7); }

std::int16_t in_64ths(double code) {
  return static_cast<std::int16_t>(std::lround(std::clamp(code, 0.0, 255.0) * 64));
}

Rgb to_rgb(unsigned y, unsigned cb, unsigned cr, LumaWeights weights) {
  const double luma = (static_cast<double>(y) - 64) / 876;
  const double blue = (static_cast<double>(cb) - 512) / 896;
  const double red = (static_cast<double>(cr) - 512) / 896;
  const double green = 1 - weights.red - weights.blue;
  const double r = luma + 2 * (1 - weights.red) * red;
  const double b = luma + 2 * (1 - weights.blue) * blue;
  return {r, (luma - weights.red * r - weights.blue * b) / green, b};
}

using Lanes = std::int32_t __attribute__((vector_size(16)));

// Two corners by their weights, four values at once.
template <class Entry>
Lanes weigh(const Entry& one, std::int32_t one_weight, const Entry& other, std::int32_t other_weight) {
#ifdef __SSE2__
  const auto load = [](const Entry& entry) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&entry));
  };
  const __m128i sum = _mm_madd_epi16(_mm_unpacklo_epi16(load(one), load(other)),
                                     _mm_set1_epi32(one_weight | other_weight << 16));
  return reinterpret_cast<Lanes>(sum);
#else
  using Packed = std::int16_t __attribute__((vector_size(8)));
  const auto load = [](const Entry& entry) {
    Packed packed;
    std::memcpy(&packed, &entry, sizeof packed);
    return __builtin_convertvector(packed, Lanes);
  };
  return load(one) * one_weight + load(other) * other_weight;
#endif
}

}  // namespace

ColorCube::ColorCube(LumaWeights source, const std::function<Rgb(Rgb)>& convert)
    : entries_(kLumaPoints * kLumaStride) {
  auto entry = entries_.begin();
  for (unsigned y = 0; y < kLumaPoints; ++y) {
    for (unsigned cb = 0; cb < kChromaPoints; ++cb) {
      for (unsigned cr = 0; cr < kChromaPoints; ++cr, ++entry) {
        const Rgb rgb = convert(to_rgb(y * 16, cb * 32, cr * 32, source));
        const double luma = kBt709Weights.red * rgb.r + kBt709Weights.blue * rgb.b +
                            (1 - kBt709Weights.red - kBt709Weights.blue) * rgb.g;
        *entry = {in_64ths(16 + 219 * luma),
                  in_64ths(128 + 224 * (rgb.b - luma) / (2 * (1 - kBt709Weights.blue))),
                  in_64ths(128 + 224 * (rgb.r - luma) / (2 * (1 - kBt709Weights.red))), 0};
      }
    }
  }
}

// Tetrahedral interpolation: from the cell's near corner along its axes, the longest way first.
ColorCube::Lanes ColorCube::look_up(unsigned y, unsigned cb, unsigned cr) const {
  const unsigned near = (y >> 4) * kLumaStride + (cb >> 5) * kCbStride + (cr >> 5) * kCrStride;
  constexpr unsigned kPartShift = 16;
  unsigned first = (y & 15) << (kPartShift + 1) | kLumaStride;
  unsigned second = (cb & 31) << kPartShift | kCbStride;
  unsigned third = (cr & 31) << kPartShift | kCrStride;
  const auto order = [](unsigned& larger, unsigned& smaller) {
    const unsigned most = std::max(larger, smaller);
    smaller = std::min(larger, smaller);
    larger = most;
  };
  order(first, second);
  order(first, third);
  order(second, third);
  const auto part = [](unsigned way) { return static_cast<std::int32_t>(way >> kPartShift); };
  const auto stride = [](unsigned way) { return way & ((1u << kPartShift) - 1); };
  const unsigned one = near + stride(first), two = one + stride(second), far = two + stride(third);
  return weigh(entries_[near], 32 - part(first), entries_[one], part(first) - part(second)) +
         weigh(entries_[two], part(second) - part(third), entries_[far], part(third));
}

void ColorCube::convert_line(const TenBitPicture& from, int line, std::uint8_t* luma,
                             std::vector<std::int32_t>& cb, std::vector<std::int32_t>& cr) const {
  const auto start = [&](int plane) {
    return reinterpret_cast<const std::uint16_t*>(from.planes[plane] +
                                                  line * from.line_bytes[plane]);
  };
  const std::uint16_t *ys = start(0), *cbs = start(1), *crs = start(2);
  for (int x = 0; x < from.width; ++x) {
    const Lanes color = look_up(ys[x] & 1023u, cbs[x] & 1023u, crs[x] & 1023u);
    luma[x] = static_cast<std::uint8_t>((color[0] + dither(x, line)) >> kStepBits);
    cb[static_cast<std::size_t>(x)] += color[1];
    cr[static_cast<std::size_t>(x)] += color[2];
  }
}

void ColorCube::apply(const TenBitPicture& from, const EightBitPicture& to) const {
  const auto width = static_cast<std::size_t>(from.width);
  std::vector<std::int32_t> sums[2];
  // Over two lines, and 1-2-1 across the columns around the even one where the sample lies.
  const auto chroma = [&](const std::vector<std::int32_t>& sum, int x, int line) {
    const auto at = static_cast<std::size_t>(2 * x);
    const std::int32_t left = sum[at == 0 ? 0 : at - 1];
    const std::int32_t eight = left + 2 * sum[at] + sum[at + 1];
    return static_cast<std::uint8_t>((eight + 8 * dither(x, line)) >> (kStepBits + 3));
  };
  for (int line = 0; line + 1 < from.height; line += 2) {
    for (auto& sum : sums) sum.assign(width, 0);
    convert_line(from, line, to.planes[0] + line * to.line_bytes[0], sums[0], sums[1]);
    convert_line(from, line + 1, to.planes[0] + (line + 1) * to.line_bytes[0], sums[0], sums[1]);
    for (int plane = 1; plane <= 2; ++plane) {
      std::uint8_t* out = to.planes[plane] + line / 2 * to.line_bytes[plane];
      for (int x = 0; x < from.width / 2; ++x) out[x] = chroma(sums[plane - 1], x, line / 2);
    }
  }
}

}  // namespace sluice::media
