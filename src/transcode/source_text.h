// The text tracks that came of a source.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "video/text_track.h"

namespace sluice {

// Of the planned ones those of which the whole file is among the `stored` objects, named behind the
// video's prefix: it comes after the track's segments.
std::vector<TextTrack> finished_text(const Plan& plan, const std::set<std::string>& stored);

}  // namespace sluice
