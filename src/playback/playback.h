// How viewers reach a video: signed URLs, and the routes below /play/ that answer them.
#pragma once

#include <chrono>
#include <string>

#include "base/time.h"
#include "catalog/text_tracks.h"
#include "catalog/videos.h"
#include "http/router.h"
#include "playback/open_objects.h"
#include "playback/playlists.h"
#include "signing/playback_token.h"
#include "signing/url_signer.h"
#include "storage/object_store.h"
#include "video/playback_urls.h"

namespace sluice {

struct PlaybackOptions {
  std::string public_url;             // without a trailing slash: what browsers see
  std::chrono::seconds ttl{15 * 60};  // how long a playback can be opened
  // Media is answered on the I/O threads. Only for stores that open an object in microseconds.
  bool media_is_near = true;
};

// All outlive the Playback.
struct PlaybackParts {
  Videos& videos;
  TextTracks& text;
  ObjectStore& media;
  const PlaybackTokens& tokens;
  const UrlSigner& signer;
  const Clock& clock;
};

// GET /play/TOKEN/master.m3u8 and /play/TOKEN/manifest.mpd, /play/TOKEN/TRACK/playlist.m3u8,
// …/iframes.m3u8, …/init.mp4 and …/NNNNN.m4s, of text tracks …/NNNNN.vtt and …/captions.vtt,
// /play/TOKEN/storyboard.vtt, /play/TOKEN/images/NNNNN.jpg and …/images/poster-NNNNN.jpg. The token
// is the whole right: no cookie is looked at, so any origin may read the answers. Who makes a token
// has checked that the viewer may have it. Thread-safe.
class Playback final : public PlaybackUrls {
 public:
  Playback(PlaybackParts parts, PlaybackOptions options);

  PlaybackUrl sign(const Video& video, Timestamp now) const override;
  Result<std::vector<RenditionUrl>> renditions(const Video& video, Timestamp now) override;
  Result<std::optional<std::string>> poster(const Video& video, Timestamp now) const override;
  Result<std::optional<std::string>> storyboard(const Video& video, Timestamp now) override;
  Result<std::vector<TextTrackUrl>> tracks(const Video& video, Timestamp now) override;

  // The Playback outlives the router.
  void add_routes(http::Router& router);

 private:
  PlaybackGrant grant(const Video& video, Timestamp now) const;
  std::string url(const PlaybackGrant& grant, std::string_view path) const;

  Result<http::Response> master(const http::Request& request);
  using TrackPlaylist = Result<Playlists::Text> (Playlists::*)(const Video&, std::string_view,
                                                               const SignedPrefix&, Timestamp);
  Result<http::Response> track_playlist(const http::Request& request, TrackPlaylist which);
  Result<http::Response> dash_manifest(const http::Request& request);
  Result<http::Response> storyboard_index(const http::Request& request);
  Result<http::Response> media_object(const http::Request& request, std::string_view name);
  Result<http::Response> image(const http::Request& request);
  Result<http::Response> serve(const http::Request& request, const PlaybackGrant& grant,
                               std::string_view name, std::string_view type, Timestamp now);

  PlaybackParts parts_;
  PlaybackOptions options_;
  Playlists playlists_;
  OpenObjects objects_;
};

}  // namespace sluice
