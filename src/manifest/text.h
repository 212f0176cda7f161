// What a manifest of any format says of text tracks.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "video/text_track.h"

namespace sluice {

using TextChoice = std::span<const TextTrack>;

// At most one is the default; null for none.
const TextTrack* default_text(TextChoice tracks);

// What a menu calls them, without double quotes. All differ.
std::vector<std::string> text_names(TextChoice tracks);

// Automatic selection goes by language, kind and whether a track is forced, so only one of each
// offers itself.
bool autoselects(TextChoice tracks, const TextTrack& one);

}  // namespace sluice
