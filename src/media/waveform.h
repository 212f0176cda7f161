// Sound as a picture: bars from the beginning to the end.
#pragma once

#include <vector>

#include "media/av.h"

namespace sluice::media {

inline constexpr int kPosterWidth = 1280;
inline constexpr int kPosterHeight = 720;
inline constexpr int kWaveformBars = 96;

// `bars`: how loud each of kWaveformBars parts is, root mean square. Only their proportions count.
// A JPEG picture of the poster's size.
Result<Frame> draw_waveform(const std::vector<double>& bars);

}  // namespace sluice::media
