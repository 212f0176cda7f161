// The ladder: which resolutions are made of a picture, and with which encoder settings.
#pragma once

#include <vector>

#include "base/rational.h"
#include "plan/plan.h"

namespace sluice {

struct PictureSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

// The picture as displayed: square pixels, turned upright. Not yet even.
PictureSize displayed_size(const VideoStreamFacts& video);

// Above 60 frames a second every second frame is dropped, until it fits. 0/1 stays unknown.
Rational output_frame_rate(Rational source);

// Rungs by the short side, largest first; only rungs not above the source, its own size when it is
// under the lowest. Even dimensions.
std::vector<Rendition> make_ladder(PictureSize displayed, Rational frame_rate);

// The lowest H.264 level (31 for 3.1) of High profile that holds this.
int h264_level(int width, int height, double frames_per_second, std::int64_t max_rate_bps);

}  // namespace sluice
