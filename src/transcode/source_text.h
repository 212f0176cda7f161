// The text tracks that came of a source.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "video/text_track.h"

namespace sluice {

// Bytes of stored objects by their names behind the video's prefix.
using StoredBytes = std::map<std::string, std::int64_t, std::less<>>;

// Of the planned ones those of which the whole file is among the `stored` objects: it comes after
// the track's segments.
std::vector<TextTrack> finished_text(const Plan& plan, const StoredBytes& stored);

}  // namespace sluice
