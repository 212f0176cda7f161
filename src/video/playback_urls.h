// Where a video can be played, as the description of a video shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "video/text_track.h"
#include "video/video.h"

namespace sluice {

struct PlaybackUrl {
  std::string hls;  // the multivariant playlist
  Timestamp expires_at{};
  std::optional<std::string> dash{};  // the MPD; none while the video still grows
};

struct RenditionUrl {
  std::string name;  // "720p"
  int width = 0;
  int height = 0;
  std::int64_t bitrate_bps = 0;  // average of what is stored
  std::string codecs;
  std::string url;  // its own playlist
};

// A text track as one WebVTT file.
struct TextTrackUrl {
  TextTrack track;
  std::string url;
};

// Who makes the URLs. Every URL is signed, the first two are for a playable video only, and
// whoever asks has the right to give it to the viewer. Thread-safe.
class PlaybackUrls {
 public:
  virtual ~PlaybackUrls() = default;
  virtual PlaybackUrl sign(const Video& video, Timestamp now) const = 0;

  // The renditions that have something to play, largest first. Transient faults are `unavailable`.
  virtual Result<std::vector<RenditionUrl>> renditions(const Video& video, Timestamp now) = 0;

  // The images, each as soon as there is something to show of it, whether the video is playable or
  // not. The poster's URL stays the same for a while, so that a page asked for again finds it cached.
  virtual Result<std::optional<std::string>> poster(const Video& video, Timestamp now) const = 0;
  virtual Result<std::optional<std::string>> storyboard(const Video& video, Timestamp now) = 0;

  virtual Result<std::vector<TextTrackUrl>> tracks(const Video& video, Timestamp now) = 0;
};

}  // namespace sluice
