// 8-bit 4:2:0 of limited range from another Y'CbCr matrix to BT.709's.
#pragma once

#include "media/color_cube.h"

namespace sluice::media {

// From one matrix to another the new chroma depends on the old chroma alone, and luma moves by what
// its chroma says: no pixel has to become RGB. Integers: the same bits on every machine.
class ColorMatrix {
 public:
  explicit ColorMatrix(LumaWeights source);

  struct Lines {
    const std::uint8_t* planes[3] = {};
    std::ptrdiff_t line_bytes[3] = {};
  };
  // Both of this size, which is even.
  void apply(const Lines& from, const EightBitPicture& to, int width, int height) const;

 private:
  // In 65536ths: what Cb and Cr add.
  int luma_cb_, luma_cr_, cb_cb_, cb_cr_, cr_cb_, cr_cr_;
};

}  // namespace sluice::media
