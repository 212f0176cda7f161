#include <algorithm>

#include <fmt/format.h>

#include "http/compress.h"
#include "http/cors.h"
#include "playback/playback.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kTextType = "text/vtt; charset=utf-8";
constexpr std::string_view kPlaylistType = "application/vnd.apple.mpegurl";

// A playlist of a complete video doesn't change, but its video may be removed.
constexpr std::chrono::seconds kPlaylistAge{300};

std::int64_t seconds_until(Timestamp until, Timestamp now) {
  return std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::seconds>(until - now).count());
}

Response rendered(std::string_view type, const std::string& text, const Video& video,
                  Timestamp until, Timestamp now) {
  Response response = Response::text(200, type, text);
  if (video.status == VideoStatus::complete) {
    const auto age = std::min<std::int64_t>(seconds_until(until, now), kPlaylistAge.count());
    response.set("Cache-Control", fmt::format("private, max-age={}", age));
  } else {
    response.set("Cache-Control", "no-cache");
  }
  return response;
}

Result<PlaybackGrant> read_token(const PlaybackTokens& tokens, const Request& request) {
  auto grant = tokens.read(request.param("token"));
  if (!grant) {
    return fail(ErrorKind::denied, "invalid_token", "This playback address is not valid.");
  }
  return *std::move(grant);
}

Result<> check_time(Timestamp until, Timestamp now) {
  if (now < until) return {};
  return fail(ErrorKind::denied, "expired_token",
              "This playback address has expired; ask for the video again.");
}

bool is_track_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// A number as object names have it, with what follows it.
bool is_numbered(std::string_view name, std::string_view extension) {
  if (!name.ends_with(extension)) return false;
  name.remove_suffix(extension.size());
  return name.size() >= 5 && name.size() <= 9 &&
         std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_image_name(std::string_view name) {
  constexpr std::string_view kPoster = "poster-";
  if (name.starts_with(kPoster)) name.remove_prefix(kPoster.size());
  return is_numbered(name, ".jpg");
}

tl::unexpected<Error> nothing_here() {
  return fail(ErrorKind::not_found, "not_found", "There is nothing at this address.");
}

// Answers, and lets pages of any origin read the answer, refusals too.
template <class Answer>
http::Handler open_to_all(Answer answer) {
  return http::allowing_any_origin([answer](const Request& request) {
    auto response = answer(request);
    return response ? *std::move(response) : Response::problem(response.error());
  });
}

}  // namespace

Result<Response> Playback::master(const Request& request) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.open_until, now));
  SLUICE_TRY_ASSIGN(const Video video, parts_.videos.find_video(grant.video));
  SLUICE_TRY_ASSIGN(const auto text, playlists_.multivariant(video, now));
  return rendered(kPlaylistType, *text, video, grant.open_until, now);
}

Result<Response> Playback::dash_manifest(const Request& request) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.open_until, now));
  SLUICE_TRY_ASSIGN(const Video video, parts_.videos.find_video(grant.video));
  SLUICE_TRY_ASSIGN(const auto urls, parts_.signer.sign(video.id, grant.fetch_until));
  SLUICE_TRY_ASSIGN(const auto text, playlists_.dash(video, urls, now));
  return rendered("application/dash+xml", *text, video, grant.open_until, now);
}

Result<Response> Playback::track_playlist(const Request& request, TrackPlaylist which) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.fetch_until, now));
  SLUICE_TRY_ASSIGN(const Video video, parts_.videos.find_video(grant.video));
  SLUICE_TRY_ASSIGN(const auto urls, parts_.signer.sign(video.id, grant.fetch_until));
  SLUICE_TRY_ASSIGN(const auto text, (playlists_.*which)(video, request.param("track"), urls, now));
  return rendered(kPlaylistType, *text, video, grant.fetch_until, now);
}

Result<Response> Playback::storyboard_index(const Request& request) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.fetch_until, now));
  SLUICE_TRY_ASSIGN(const Video video, parts_.videos.find_video(grant.video));
  SLUICE_TRY_ASSIGN(const auto urls, parts_.signer.sign(video.id, grant.fetch_until));
  SLUICE_TRY_ASSIGN(const auto text, playlists_.storyboard(video, urls, now));
  return rendered(kTextType, *text, video, grant.fetch_until, now);
}

Result<Response> Playback::media_object(const Request& request, std::string_view name) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.fetch_until, now));
  const std::string_view track = request.param("track");
  const bool text = track.starts_with(kTextPrefix);
  const bool known = text ? name == kWholeText || is_numbered(name, ".vtt")
                          : name == "init.mp4" || is_numbered(name, ".m4s");
  if (!is_track_name(track) || !known) return nothing_here();
  return serve(request, grant, fmt::format("{}/{}", track, name),
               text                         ? kTextType
               : track.starts_with("audio-") ? "audio/mp4"
                                             : "video/mp4",
               now);
}

Result<Response> Playback::image(const Request& request) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.fetch_until, now));
  const std::string_view name = request.param("name");
  if (!is_image_name(name)) return nothing_here();
  return serve(request, grant, fmt::format("{}{}", kImagesFolder, name), "image/jpeg", now);
}

Result<Response> Playback::serve(const Request& request, const PlaybackGrant& grant,
                                 std::string_view name, std::string_view type, Timestamp now) {
  SLUICE_TRY_ASSIGN(const auto object, objects_.open(video_prefix(grant.video).append(name), now));
  return http::serve_source(
      request, object->source, object->etag, type,
      fmt::format("private, max-age={}, immutable", seconds_until(grant.fetch_until, now)));
}

void Playback::add_routes(http::Router& router) {
  const auto add = [&router](std::string_view pattern, http::Handler handler,
                             http::RouteOptions options) {
    router.add("GET", pattern, std::move(handler), options);
    http::add_preflight(router, pattern, "GET, HEAD");
  };
  const auto add_text = [&add](std::string_view pattern, auto answer) {
    add(pattern, http::compressing(open_to_all(std::move(answer))), {});
  };
  const auto add_media = [&add, this](std::string_view pattern, auto answer) {
    add(pattern, open_to_all(std::move(answer)), {.quick = options_.media_is_near});
  };
  add_text("/play/:token/master.m3u8", [this](const Request& request) { return master(request); });
  add_text("/play/:token/manifest.mpd",
           [this](const Request& request) { return dash_manifest(request); });
  add_text("/play/:token/:track/playlist.m3u8",
           [this](const Request& request) { return track_playlist(request, &Playlists::media); });
  add_text("/play/:token/:track/iframes.m3u8",
           [this](const Request& request) { return track_playlist(request, &Playlists::iframes); });
  add_text("/play/:token/storyboard.vtt",
           [this](const Request& request) { return storyboard_index(request); });
  add_media("/play/:token/images/:name", [this](const Request& request) { return image(request); });
  add_media("/play/:token/:track/init.mp4",
            [this](const Request& request) { return media_object(request, "init.mp4"); });
  add_media("/play/:token/:track/:segment", [this](const Request& request) {
    return media_object(request, request.param("segment"));
  });
}

}  // namespace sluice
