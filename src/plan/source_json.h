// The source as the API shows it to people: `source` of GET /api/videos/:id.
#pragma once

#include <string>

#include "plan/source_facts.h"

namespace sluice {

// "hdr10", "hlg" or "dolby_vision" (whose base is one of these); "" for an ordinary picture.
std::string hdr_format(const VideoStreamFacts& video);

// Pure. No more than kMaxShownTracks of the audio tracks: it is part of every answer about a video.
inline constexpr std::size_t kMaxShownTracks = 32;
std::string source_json(const SourceFacts& source);

}  // namespace sluice
