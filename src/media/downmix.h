// Which channels of a source are heard from which speaker.
#pragma once

#include <vector>

#include "media/av.h"

namespace sluice::media {

// Gains of an output channel (row) for each channel of the source (column), row after row:
// to one channel or two by ITU-R BS.775-3 annex 4, without the low-frequency channel, which is
// meant for a subwoofer only; to 5.1 by position, the back and side channels of 7.1 joined.
// Channels that nobody placed go left and right in turn. Sums may go beyond full scale: what
// follows limits them (PeakLimiter), so that speech keeps its level.
std::vector<double> downmix_matrix(const AVChannelLayout& from, const AVChannelLayout& to);

}  // namespace sluice::media
