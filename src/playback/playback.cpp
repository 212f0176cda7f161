#include "playback/playback.h"

#include <algorithm>

#include <fmt/format.h>

#include "video/object_key.h"

namespace sluice {
namespace {

// Posters of a list that is asked for again within this time have the same URLs.
constexpr std::chrono::milliseconds kPosterRound = std::chrono::minutes{15};

Timestamp round_up(Timestamp time, std::chrono::milliseconds step) {
  const auto count = step.count();
  return from_unix_ms((to_unix_ms(time) + count - 1) / count * count);
}

}  // namespace

Playback::Playback(PlaybackParts parts, PlaybackOptions options)
    : parts_(parts),
      options_(std::move(options)),
      playlists_(parts_.videos, parts_.text),
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
  PlaybackUrl signed_url{url(granted, "master.m3u8"), granted.open_until};
  if (growth_of(video) != Growth::growing) signed_url.dash = url(granted, "manifest.mpd");
  return signed_url;
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

// A right to nothing but what is fetched: no manifest can be opened with a poster's URL.
Result<std::optional<std::string>> Playback::poster(const Video& video, Timestamp now) const {
  if (video.poster.empty()) return std::nullopt;
  PlaybackGrant granted = grant(video, now);
  granted.open_until = Timestamp{};
  granted.fetch_until = round_up(
      granted.fetch_until, std::clamp<std::chrono::milliseconds>(
                               options_.ttl, std::chrono::milliseconds{1}, kPosterRound));
  SLUICE_TRY_ASSIGN(const auto urls, parts_.signer.sign(video.id, granted.fetch_until));
  if (urls.base_url.empty()) return url(granted, video.poster);
  return urls.base_url + video.poster + urls.query;
}

Result<std::optional<std::string>> Playback::storyboard(const Video& video, Timestamp now) {
  SLUICE_TRY_ASSIGN(const bool has_one, playlists_.has_storyboard(video, now));
  if (!has_one) return std::nullopt;
  return url(grant(video, now), "storyboard.vtt");
}

Result<std::vector<TextTrackUrl>> Playback::tracks(const Video& video, Timestamp now) {
  SLUICE_TRY_ASSIGN(auto tracks, parts_.text.text_tracks(video.id));
  const PlaybackGrant granted = grant(video, now);
  SLUICE_TRY_ASSIGN(const auto urls, parts_.signer.sign(video.id, granted.fetch_until));
  std::vector<TextTrackUrl> answers;
  for (auto& track : tracks) {
    const auto name = text_name(track.name, kWholeText);
    answers.push_back({std::move(track), urls.base_url.empty() ? url(granted, name)
                                                               : urls.base_url + name + urls.query});
  }
  return answers;
}

}  // namespace sluice
