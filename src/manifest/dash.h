// The DASH manifest (MPD, ISO/IEC 23009-1) over the same CMAF objects that the HLS playlists name.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "manifest/published.h"
#include "plan/plan.h"
#include "video/text_track.h"

namespace sluice {

// Lives beside the tracks' folders: "TRACK/00000.m4s" and, of text, "TRACK/captions.vtt" are
// relative to it. Always static, so nothing
// while the video grows, and nothing while there is nothing to play. Of a video that failed it
// names the tracks that go as far as any of their kind.
std::optional<std::string> dash_manifest(const Plan& plan, const PublishedTracks& tracks,
                                         Growth growth, const MediaUrls& urls,
                                         std::span<const TextTrack> text = {});

}  // namespace sluice
