#include "playback/playlists.h"

#include <algorithm>

#include <fmt/format.h>

#include "manifest/bit_rate.h"
#include "manifest/dash.h"
#include "manifest/hls.h"
#include "manifest/storyboard_vtt.h"
#include "plan/plan.h"
#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {
namespace {

// With signed URLs a long video's text is a thousand times its query.
constexpr std::size_t kLargestKept = 512 * 1024;

// A retry or a rename moves updated_at, and with it what is remembered. Addresses that a signer
// makes are the same for some minutes.
std::string cache_key(const Video& video, std::string_view what, const SignedPrefix& urls = {}) {
  return fmt::format("{}/{}/{} {}{}", video.id.str(), to_unix_ms(video.updated_at), what,
                     urls.base_url, urls.query);
}

tl::unexpected<Error> not_there() {
  return fail(ErrorKind::not_found, "rendition_not_found", "This video has no such rendition.");
}

tl::unexpected<Error> not_playable() {
  return fail(ErrorKind::not_found, "not_playable", "There is nothing to play of this video yet.");
}

}  // namespace

Growth growth_of(const Video& video) {
  switch (video.status) {
    case VideoStatus::complete: return Growth::complete;
    case VideoStatus::failed: return Growth::stopped;
    default: return Growth::growing;
  }
}

Result<std::shared_ptr<const Plan>> Playlists::plan(const VideoId& video, Timestamp now) {
  if (auto known = plans_.find(video.str(), now)) return known;
  SLUICE_TRY_ASSIGN(const auto json, videos_.find_plan(video));
  if (!json) return not_playable();
  SLUICE_TRY_ASSIGN(Plan parsed, plan_from_json(*json));
  auto plan = std::make_shared<const Plan>(std::move(parsed));
  plans_.put(video.str(), plan, now);
  return plan;
}

void Playlists::keep(const std::string& key, const Text& text, Timestamp now) {
  if (text->size() <= kLargestKept) texts_.put(key, text, now);
}

Result<Playlists::Text> Playlists::multivariant(const Video& video, Timestamp now) {
  if (!video.playable) return not_playable();
  const std::string key = cache_key(video, "");
  if (auto known = texts_.find(key, now)) return known;

  SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
  SLUICE_TRY_ASSIGN(auto stored, videos_.stored_segments(video.id, ""));
  SLUICE_TRY_ASSIGN(const auto text_tracks, text_.text_tracks(video.id));
  const Growth growth = growth_of(video);
  auto rendered = hls_multivariant_playlist(*plan, publish(std::move(stored)), growth, text_tracks);
  if (!rendered) return not_playable();
  auto text = std::make_shared<const std::string>(std::move(*rendered));
  if (growth == Growth::complete) keep(key, text, now);
  return text;
}

Result<Playlists::Text> Playlists::of_track(Render render, const std::string& key,
                                            const Video& video, std::string_view track,
                                            const SignedPrefix& urls, Timestamp now) {
  if (!video.playable) return not_playable();
  if (auto known = texts_.find(key, now)) return known;

  SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
  if (!track_timescale(*plan, track)) return not_there();
  SLUICE_TRY_ASSIGN(auto stored, videos_.stored_segments(video.id, track));
  const PublishedTracks tracks = publish(std::move(stored));
  const auto published = tracks.find(track);
  if (published == tracks.end()) return not_there();
  const Growth growth = growth_of(video);
  auto rendered = render(*plan, track, published->second, growth, {urls.base_url, urls.query});
  if (!rendered) return not_there();
  auto text = std::make_shared<const std::string>(std::move(*rendered));
  if (growth == Growth::complete) keep(key, text, now);
  return Text(std::move(text));
}

Result<Playlists::Text> Playlists::media(const Video& video, std::string_view track,
                                         const SignedPrefix& urls, Timestamp now) {
  if (video.playable && track.starts_with(kTextPrefix)) {
    SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
    return text_media(video, *plan, track, urls);
  }
  return of_track(hls_media_playlist, cache_key(video, track, urls), video, track, urls, now);
}

Result<Playlists::Text> Playlists::iframes(const Video& video, std::string_view track,
                                           const SignedPrefix& urls, Timestamp now) {
  const std::string what = fmt::format("{}/iframes", track);
  return of_track(hls_iframe_playlist, cache_key(video, what, urls), video, track, urls, now);
}

Result<Playlists::Text> Playlists::dash(const Video& video, const SignedPrefix& urls,
                                        Timestamp now) {
  if (!video.playable) return not_playable();
  const Growth growth = growth_of(video);
  if (growth == Growth::growing) {
    return fail(ErrorKind::not_found, "dash_not_ready",
                "The DASH manifest is there when the whole video is; until then play it by HLS.");
  }
  const std::string key = cache_key(video, "manifest.mpd", urls);
  if (auto known = texts_.find(key, now)) return known;

  SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
  SLUICE_TRY_ASSIGN(auto stored, videos_.stored_segments(video.id, ""));
  SLUICE_TRY_ASSIGN(const auto text_tracks, text_.text_tracks(video.id));
  auto rendered = dash_manifest(*plan, publish(std::move(stored)), growth,
                                {urls.base_url, urls.query}, text_tracks);
  if (!rendered) return not_playable();
  auto text = std::make_shared<const std::string>(std::move(*rendered));
  if (growth == Growth::complete) keep(key, text, now);
  return Text(std::move(text));
}

Result<Playlists::Text> Playlists::text_media(const Video& video, const Plan& plan,
                                              std::string_view track, const SignedPrefix& urls) {
  SLUICE_TRY_ASSIGN(const auto tracks, text_.text_tracks(video.id));
  const auto found = std::ranges::find(tracks, track, &TextTrack::name);
  if (found == tracks.end()) return not_there();
  return std::make_shared<const std::string>(
      hls_text_playlist(plan, *found, {urls.base_url, urls.query}));
}

Result<bool> Playlists::has_storyboard(const Video& video, Timestamp now) {
  if (!video.playable) return false;
  SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
  return plan->storyboard.has_value();
}

Result<Playlists::Text> Playlists::storyboard(const Video& video, const SignedPrefix& urls,
                                              Timestamp now) {
  SLUICE_TRY_ASSIGN(const bool has_one, has_storyboard(video, now));
  if (!has_one) {
    return fail(ErrorKind::not_found, "storyboard_not_found", "This video has no storyboard.");
  }
  const std::string key = cache_key(video, "storyboard.vtt", urls);
  if (auto known = texts_.find(key, now)) return known;
  SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
  SLUICE_TRY_ASSIGN(auto stored, videos_.stored_segments(video.id, plan->renditions.back().name));
  auto text = std::make_shared<const std::string>(
      storyboard_vtt(*plan, publish(std::move(stored)), {urls.base_url, urls.query}).value());
  if (growth_of(video) == Growth::complete) keep(key, text, now);
  return Text(std::move(text));
}

Result<std::vector<PlayableRendition>> Playlists::renditions(const Video& video, Timestamp now) {
  if (!video.playable) return std::vector<PlayableRendition>{};
  const std::string key = cache_key(video, "");
  if (auto known = renditions_.find(key, now)) return *known;

  SLUICE_TRY_ASSIGN(const auto plan, this->plan(video.id, now));
  SLUICE_TRY_ASSIGN(auto stored, videos_.stored_segments(video.id, ""));
  const PublishedTracks tracks = publish(std::move(stored));
  auto renditions = std::make_shared<std::vector<PlayableRendition>>();
  for (const Rendition& one : plan->renditions) {
    const auto published = tracks.find(one.name);
    if (published == tracks.end()) continue;
    const BitRate rate = measure_bit_rate(published->second, plan->timeline.timescale,
                                          target_duration_seconds(plan->timeline));
    renditions->push_back({one.name, one.width, one.height, rate.average_bps, one.codecs});
  }
  if (growth_of(video) == Growth::complete) renditions_.put(key, renditions, now);
  return *renditions;
}

}  // namespace sluice
