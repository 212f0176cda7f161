#include <algorithm>

#include <fmt/format.h>

#include "http/cors.h"
#include "playback/playback.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kPlaylistType = "application/vnd.apple.mpegurl";

// A playlist of a complete video doesn't change, but its video may be removed.
constexpr std::chrono::seconds kPlaylistAge{300};

std::int64_t seconds_until(Timestamp until, Timestamp now) {
  return std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::seconds>(until - now).count());
}

Response playlist(const std::string& text, const Video& video, Timestamp until, Timestamp now) {
  Response response = Response::text(200, kPlaylistType, text);
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

bool is_segment_name(std::string_view name) {
  constexpr std::string_view kExtension = ".m4s";
  if (!name.ends_with(kExtension)) return false;
  name.remove_suffix(kExtension.size());
  return name.size() >= 5 && name.size() <= 9 &&
         std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
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
  return playlist(*text, video, grant.open_until, now);
}

Result<Response> Playback::media_playlist(const Request& request) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.fetch_until, now));
  SLUICE_TRY_ASSIGN(const Video video, parts_.videos.find_video(grant.video));
  SLUICE_TRY_ASSIGN(const auto urls, parts_.signer.sign(video.id, grant.fetch_until));
  SLUICE_TRY_ASSIGN(const auto text, playlists_.media(video, request.param("track"), urls, now));
  return playlist(*text, video, grant.fetch_until, now);
}

Result<Response> Playback::media_object(const Request& request, std::string_view name) {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(const PlaybackGrant grant, read_token(parts_.tokens, request));
  SLUICE_TRY(check_time(grant.fetch_until, now));
  const std::string_view track = request.param("track");
  if (!is_track_name(track) || (name != "init.mp4" && !is_segment_name(name))) {
    return fail(ErrorKind::not_found, "not_found", "There is nothing at this address.");
  }
  std::string key = video_prefix(grant.video);
  key.append(track).append("/").append(name);
  SLUICE_TRY_ASSIGN(const auto object, objects_.open(key, now));
  return http::serve_source(
      request, object->source, object->etag,
      track.starts_with("audio-") ? "audio/mp4" : "video/mp4",
      fmt::format("private, max-age={}, immutable", seconds_until(grant.fetch_until, now)));
}

void Playback::add_routes(http::Router& router) {
  const http::RouteOptions media{.quick = options_.media_is_near};
  const auto add = [&router](std::string_view pattern, http::Handler handler,
                             http::RouteOptions options) {
    router.add("GET", pattern, std::move(handler), options);
    http::add_preflight(router, pattern, "GET, HEAD");
  };
  add("/play/:token/master.m3u8",
      open_to_all([this](const Request& request) { return master(request); }), {});
  add("/play/:token/:track/playlist.m3u8",
      open_to_all([this](const Request& request) { return media_playlist(request); }), {});
  add("/play/:token/:track/init.mp4",
      open_to_all([this](const Request& request) { return media_object(request, "init.mp4"); }),
      media);
  add("/play/:token/:track/:segment", open_to_all([this](const Request& request) {
        return media_object(request, request.param("segment"));
      }),
      media);
}

}  // namespace sluice
