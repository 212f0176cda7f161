// A colour conversion as a table over the whole of Y'CbCr, for what no matrix can do: tone mapping
// and other primaries.
//
// Why a table: the arithmetic behind one entry takes a microsecond, looking one up a hundredth of
// it; and integers give the same bits on every machine, which the vector code of scaling libraries
// does not.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "media/tone_mapping.h"

namespace sluice::media {

// Y'CbCr of limited range to R'G'B'.
struct LumaWeights {
  double red = 0.2126, blue = 0.0722;
};
inline constexpr LumaWeights kBt709Weights{0.2126, 0.0722};
inline constexpr LumaWeights kBt2020Weights{0.2627, 0.0593};
inline constexpr LumaWeights kBt601Weights{0.299, 0.114};

// Planes of 10 bits, 4:4:4, limited range.
struct TenBitPicture {
  int width = 0, height = 0;
  const std::uint8_t* planes[3] = {};
  std::ptrdiff_t line_bytes[3] = {};
};

// Planes of 8 bits, 4:2:0, limited range, chroma at the left; the same size, which is even.
struct EightBitPicture {
  std::uint8_t* planes[3] = {};
  std::ptrdiff_t line_bytes[3] = {};
};

class ColorCube {
 public:
  // `convert` maps R'G'B' of the source to R'G'B' of BT.709.
  ColorCube(LumaWeights source, const std::function<Rgb(Rgb)>& convert);

  void apply(const TenBitPicture& from, const EightBitPicture& to) const;

 private:
  // One corner of the grid: Y', Cb, Cr in 64ths of an 8-bit step.
  struct alignas(8) Entry {
    std::int16_t y, cb, cr, unused;
  };
  using Lanes = std::int32_t __attribute__((vector_size(16)));

  Lanes look_up(unsigned y, unsigned cb, unsigned cr) const;
  void convert_line(const TenBitPicture& from, int line, std::uint8_t* luma,
                    std::vector<std::int32_t>& cb, std::vector<std::int32_t>& cr) const;

  std::vector<Entry> entries_;
};

}  // namespace sluice::media
