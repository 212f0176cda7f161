#include "media/color_cube.h"

#include <gtest/gtest.h>

#include <cmath>

#include "media/color_matrix.h"

namespace sluice::media {
namespace {

struct Code {
  double y, cb, cr;  // of 8 bits
};

Code code_of(Rgb rgb, LumaWeights weights) {
  const double luma =
      weights.red * rgb.r + (1 - weights.red - weights.blue) * rgb.g + weights.blue * rgb.b;
  return {16 + 219 * luma, 128 + 224 * (rgb.b - luma) / (2 * (1 - weights.blue)),
          128 + 224 * (rgb.r - luma) / (2 * (1 - weights.red))};
}

constexpr int kSide = 16;

// A picture of one colour, with its lines farther apart than they are long.
struct Even {
  std::vector<std::uint16_t> from[3];
  std::vector<std::uint8_t> to[3];
  EightBitPicture out;

  explicit Even(Code code) {
    const double parts[] = {code.y, code.cb, code.cr};
    for (int i = 0; i < 3; ++i) {
      from[i].assign(kSide * (kSide + 4), static_cast<std::uint16_t>(std::lround(parts[i] * 4)));
      to[i].assign(kSide * (kSide + 4), 0);
      out.planes[i] = to[i].data();
      out.line_bytes[i] = kSide + 4;
    }
  }
  double mean(int plane) const {
    const int side = plane == 0 ? kSide : kSide / 2;
    double sum = 0;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        sum += to[plane][static_cast<std::size_t>(y * (kSide + 4) + x)];
      }
    }
    return sum / (side * side);
  }
};

Code through(const ColorCube& cube, Code code) {
  Even even(code);
  TenBitPicture in{kSide, kSide};
  for (int i = 0; i < 3; ++i) {
    in.planes[i] = reinterpret_cast<const std::uint8_t*>(even.from[i].data());
    in.line_bytes[i] = (kSide + 4) * 2;
  }
  cube.apply(in, even.out);
  return {even.mean(0), even.mean(1), even.mean(2)};
}

void expect_near(Code one, Code other, double tolerance) {
  EXPECT_NEAR(one.y, other.y, tolerance);
  EXPECT_NEAR(one.cb, other.cb, tolerance);
  EXPECT_NEAR(one.cr, other.cr, tolerance);
}

const Rgb kColors[] = {{0, 0, 0},       {1, 1, 1},       {0.5, 0.5, 0.5}, {0.8, 0.2, 0.2},
                       {0.1, 0.7, 0.2}, {0.2, 0.3, 0.8}, {0.9, 0.8, 0.1}, {0.37, 0.61, 0.83}};

TEST(ColorCube, ChangesNothingWhereThereIsNothingToChange) {
  const ColorCube cube(kBt709Weights, [](Rgb color) { return color; });
  for (const Rgb& color : kColors) {
    const Code code = code_of(color, kBt709Weights);
    // In the mean: what 8 bits can't say is dithered.
    expect_near(through(cube, code), code, 0.3);
  }
}

TEST(ColorCube, FollowsACurveBetweenItsPoints) {
  const auto curve = [](Rgb color) {
    const auto one = [](double part) { return std::pow(std::clamp(part, 0.0, 1.0), 1.4); };
    return Rgb{one(color.r), one(color.g), one(color.b)};
  };
  const ColorCube cube(kBt2020Weights, curve);
  for (const Rgb& color : kColors) {
    expect_near(through(cube, code_of(color, kBt2020Weights)), code_of(curve(color), kBt709Weights),
                1.2);
  }
}

TEST(ColorCube, KeepsGreyGrey) {
  const ColorCube cube(kBt2020Weights, [](Rgb color) {
    return to_sdr(color, {HdrTransfer::pq, Primaries::bt2020, 1000});
  });
  for (double level = 0; level <= 1; level += 0.01) {
    const Code grey = through(cube, code_of({level, level, level}, kBt2020Weights));
    EXPECT_NEAR(grey.cb, 128, 0.01);
    EXPECT_NEAR(grey.cr, 128, 0.01);
  }
}

TEST(ColorMatrix, IsTheOneOfBt709) {
  const ColorMatrix matrix(kBt601Weights);
  for (const Rgb& color : kColors) {
    const Code code = code_of(color, kBt601Weights);
    Even even({0, 0, 0});
    std::vector<std::uint8_t> planes[3];
    const double parts[] = {code.y, code.cb, code.cr};
    ColorMatrix::Lines in;
    for (int i = 0; i < 3; ++i) {
      planes[i].assign(kSide * kSide, static_cast<std::uint8_t>(std::lround(parts[i])));
      in.planes[i] = planes[i].data();
      in.line_bytes[i] = kSide;
    }
    matrix.apply(in, even.out, kSide, kSide);
    expect_near({even.mean(0), even.mean(1), even.mean(2)}, code_of(color, kBt709Weights), 1.5);
  }
}

}  // namespace
}  // namespace sluice::media
