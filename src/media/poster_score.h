// How good a poster a picture would be. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::media {

// An 8-bit 4:2:0 picture of limited range; somebody else's memory.
struct PictureView {
  int width = 0;
  int height = 0;
  const std::uint8_t* luma = nullptr;
  std::ptrdiff_t luma_stride = 0;
  const std::uint8_t* cb = nullptr;
  const std::uint8_t* cr = nullptr;
  std::ptrdiff_t chroma_stride = 0;
};

// 0 to 1. Near 0 for black, white and flat pictures and for noise; low for what is blurred, faded
// or mostly one level with something on it (a title card); high for a well exposed scene that is
// full of sharp detail. Black bars are no part of the picture.
double poster_score(const PictureView& picture);

// From here on a picture will do.
inline constexpr double kAcceptablePoster = 0.4;

// What posters of one video are compared by: any that will do and is `preferred` beats all that
// are not.
double poster_rank(double score, bool preferred);

}  // namespace sluice::media
