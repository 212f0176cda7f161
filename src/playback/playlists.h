// Playlists, MPDs and storyboards of stored videos, rendered when they are asked for.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/text_tracks.h"
#include "catalog/videos.h"
#include "manifest/published.h"
#include "playback/recent.h"
#include "signing/url_signer.h"
#include "video/video.h"

namespace sluice {

// Whether more of a video is to come.
Growth growth_of(const Video& video);

// What there is to play in one rendition.
struct PlayableRendition {
  std::string name;
  int width = 0;
  int height = 0;
  std::int64_t average_bps = 0;
  std::string codecs;
};

// Plans never change and neither do the segments of a complete video, so what follows from those is
// kept for a while. Thread-safe.
class Playlists {
 public:
  Playlists(Videos& videos, TextTracks& text) : videos_(videos), text_(text) {}  // both outlive it

  using Text = std::shared_ptr<const std::string>;

  // `not_found`: not_playable while there is nothing to play, rendition_not_found.
  Result<Text> multivariant(const Video& video, Timestamp now);
  Result<Text> media(const Video& video, std::string_view track, const SignedPrefix& urls,
                     Timestamp now);

  Result<Text> iframes(const Video& video, std::string_view track, const SignedPrefix& urls,
                       Timestamp now);

  // The MPD. `not_found`: also dash_not_ready while the video grows.
  Result<Text> dash(const Video& video, const SignedPrefix& urls, Timestamp now);

  // WebVTT of what can be shown by now. `not_found` when this video has none.
  Result<Text> storyboard(const Video& video, const SignedPrefix& urls, Timestamp now);
  Result<bool> has_storyboard(const Video& video, Timestamp now);

  // Largest first; those whose first segment is stored.
  Result<std::vector<PlayableRendition>> renditions(const Video& video, Timestamp now);

 private:
  Result<Text> text_media(const Video& video, const Plan& plan, std::string_view track,
                          const SignedPrefix& urls);
  using Render = std::optional<std::string> (*)(const Plan&, std::string_view,
                                                std::span<const StoredSegment>, Growth,
                                                const MediaUrls&);
  Result<Text> of_track(Render render, const std::string& key, const Video& video,
                        std::string_view track, const SignedPrefix& urls, Timestamp now);
  Result<std::shared_ptr<const Plan>> plan(const VideoId& video, Timestamp now);
  void keep(const std::string& key, const Text& text, Timestamp now);

  Videos& videos_;
  TextTracks& text_;
  Recent<Plan> plans_{256, std::chrono::hours{1}};
  Recent<std::string> texts_{64, std::chrono::hours{1}};  // complete videos
  Recent<std::vector<PlayableRendition>> renditions_{1024, std::chrono::hours{1}};  // the same
};

}  // namespace sluice
