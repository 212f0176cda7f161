// The text tracks of videos.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "video/text_track.h"
#include "video/video.h"

namespace sluice {

// Thread-safe. Transient faults are `unavailable`; a video that isn't there is `not_found`, code
// video_not_found. Every change moves the video's updated_at.
class TextTracks {
 public:
  virtual ~TextTracks() = default;

  // Those of the source first, then as they were added. None for a video that isn't there.
  virtual Result<std::vector<TextTrack>> text_tracks(const VideoId& video) = 0;

  // All its objects are stored. One that is the default takes that from the others. `conflict`: too_many_tracks, track_exists.
  virtual Result<> add_text_track(const VideoId& video, const TextTrack& track, Timestamp now) = 0;

  // `not_found`, code track_not_found. Its objects are the caller's to remove afterwards.
  virtual Result<> remove_text_track(const VideoId& video, std::string_view name,
                                     Timestamp now) = 0;
};

}  // namespace sluice
