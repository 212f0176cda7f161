#include "playback/playback.h"

#include <fmt/format.h>

namespace sluice {

Playback::Playback(PlaybackParts parts, PlaybackOptions options)
    : parts_(parts),
      options_(std::move(options)),
      playlists_(parts_.videos),
      objects_(parts_.media) {}

// Twice the duration, so that pauses don't cut a viewing off.
PlaybackGrant Playback::grant(const Video& video, Timestamp now) const {
  const double seconds = video.facts ? video.facts->duration_seconds : 0;
  const auto watching = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(2 * seconds));
  return {video.id, now + options_.ttl, now + options_.ttl + watching};
}

std::string Playback::url(const PlaybackGrant& grant, std::string_view path) const {
  return fmt::format("{}/play/{}/{}", options_.public_url, parts_.tokens.make(grant), path);
}

PlaybackUrl Playback::sign(const Video& video, Timestamp now) const {
  const PlaybackGrant granted = grant(video, now);
  return {url(granted, "master.m3u8"), granted.open_until};
}

Result<std::vector<RenditionUrl>> Playback::renditions(const Video& video, Timestamp now) {
  SLUICE_TRY_ASSIGN(const auto playable, playlists_.renditions(video, now));
  const PlaybackGrant granted = grant(video, now);
  std::vector<RenditionUrl> urls;
  for (const PlayableRendition& one : playable) {
    urls.push_back({one.name, one.width, one.height, one.average_bps, one.codecs,
                    url(granted, one.name + "/playlist.m3u8")});
  }
  return urls;
}

}  // namespace sluice
