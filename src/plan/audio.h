// Which audio renditions are made of a source, and which of them are its own frames.
#pragma once

#include <vector>

#include "plan/plan.h"

namespace sluice {

// More tracks than this are left out.
inline constexpr int kMaxAudioTracks = 16;

// A stereo rendition of each track, in the source's order, and behind it one of 5.1 where the track
// is surround sound. Exactly one track is the default.
std::vector<AudioRendition> plan_audio(const SourceFacts& source);

}  // namespace sluice
