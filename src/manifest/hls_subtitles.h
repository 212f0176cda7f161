// The parts of HLS playlists that are about text tracks.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "video/text_track.h"

namespace sluice {

inline constexpr std::string_view kSubtitlesGroup = "subs";

// One EXT-X-MEDIA line for each track; "" without any. Playlists are at "NAME/playlist.m3u8".
std::string hls_subtitles_group(std::span<const TextTrack> tracks);

}  // namespace sluice
