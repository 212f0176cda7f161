// What colours a source has, and what is done to them. From its facts alone, so that every chunk is
// treated alike.
#pragma once

#include "media/cmaf.h"
#include "media/color_cube.h"
#include "media/tone_mapping.h"
#include "plan/source_facts.h"

namespace sluice::media {

enum class ColorConversion {
  none,    // at most the range; the tags say what it is
  matrix,  // another Y'CbCr matrix: HD that was made with the one of SD
  cube,    // tone mapping, other primaries, matrices that nobody plays
};

struct SourceColor {
  ColorConversion conversion = ColorConversion::none;
  LumaWeights weights;  // of the source's matrix
  LightSignal light;
  bool rgb = false;    // or a palette of it
  bool alpha = false;  // what is transparent is shown over black
};

SourceColor source_color(const VideoStreamFacts& video);

// Colour of every rendition's pictures: BT.709, or for SD what the source has.
ColorTags output_color(const VideoStreamFacts& video);

}  // namespace sluice::media
