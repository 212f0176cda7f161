// Pictures of renditions as JPEG files.
#pragma once

#include <string>

#include "media/av.h"
#include "media/cmaf.h"

namespace sluice::media {

// Scales pictures of one size to another, and to the colours that JPEG files have: full range and
// the matrix of BT.601 (ITU-T T.871), whatever the video's are.
class JpegScaler {
 public:
  // Of pictures with these (8-bit 4:2:0, limited range).
  JpegScaler(const ColorTags& color, int width, int height)
      : color_(color), width_(width), height_(height) {}

  Result<Frame> scale(const AVFrame& picture);

 private:
  ColorTags color_;
  int width_;
  int height_;
  Scaler scaler_;
};

// An empty picture of that format: black.
Result<Frame> make_jpeg_picture(int width, int height);

// `coarseness` from 2 (best) to 31. The same picture makes the same bytes.
Result<std::string> encode_jpeg(const AVFrame& picture, int coarseness);

}  // namespace sluice::media
