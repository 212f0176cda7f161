// Where a video can be played, as the description of a video shows it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "video/video.h"

namespace sluice {

struct PlaybackUrl {
  std::string hls;  // the multivariant playlist
  Timestamp expires_at{};
};

struct RenditionUrl {
  std::string name;  // "720p"
  int width = 0;
  int height = 0;
  std::int64_t bitrate_bps = 0;  // average of what is stored
  std::string codecs;
  std::string url;  // its own playlist
};

// Who makes the URLs. Every URL is signed, for a playable video only, and whoever asks has the
// right to give it to the viewer. Thread-safe.
class PlaybackUrls {
 public:
  virtual ~PlaybackUrls() = default;
  virtual PlaybackUrl sign(const Video& video, Timestamp now) const = 0;

  // The renditions that have something to play, largest first. Transient faults are `unavailable`.
  virtual Result<std::vector<RenditionUrl>> renditions(const Video& video, Timestamp now) = 0;
};

}  // namespace sluice
