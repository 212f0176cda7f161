// HLS playlists (RFC 8216 and its successor draft-pantos-hls-rfc8216bis) as text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "manifest/published.h"
#include "plan/plan.h"
#include "video/text_track.h"

namespace sluice {

// The multivariant playlist. It names "TRACK/playlist.m3u8", relative to itself, for every track in
// `tracks` and of `text`, and "TRACK/iframes.m3u8" for those that have it. Nothing while there is
// nothing to play.
std::optional<std::string> hls_multivariant_playlist(const Plan& plan,
                                                     const PublishedTracks& tracks, Growth growth,
                                                     std::span<const TextTrack> text = {});

// The media playlist of one track, living at "TRACK/playlist.m3u8". `segments` are the track's
// entry of PublishedTracks. Nothing when the plan has no such track.
std::optional<std::string> hls_media_playlist(const Plan& plan, std::string_view track,
                                              std::span<const StoredSegment> segments,
                                              Growth growth, const MediaUrls& urls);

// The same of a text track; it is complete from the first.
std::string hls_text_playlist(const Plan& plan, const TextTrack& track, const MediaUrls& urls);

// The I-frame playlist of one track, living at "TRACK/iframes.m3u8": for each segment the bytes of
// the picture it starts with. Nothing for tracks that have none: sound, renditions larger than
// scrubbing needs, and segments that older versions stored.
std::optional<std::string> hls_iframe_playlist(const Plan& plan, std::string_view track,
                                               std::span<const StoredSegment> segments,
                                               Growth growth, const MediaUrls& urls);
bool has_iframe_playlist(const Plan& plan, std::string_view track,
                         std::span<const StoredSegment> segments);

// Printable text as the inside of a quoted-string (section 4.2): double quotes become single ones.
std::string hls_quotable(std::string_view text);

}  // namespace sluice
