// What followers of a video hear of it, as Server-Sent Events.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "video/video.h"

namespace sluice {

struct VideoEvents {
  std::string text;   // complete events, or nothing
  bool last = false;  // complete or failed: nothing more will happen by itself
};

// Turns what a video looks like from one moment to the next into events: `status` when status,
// playable or error have changed (and at first), `progress` when only progress or the time left
// have. Their data is progress_json. One per follower; pure but for what it remembers.
class VideoEventLog {
 public:
  VideoEvents next(const Video& video, Timestamp now);

 private:
  std::string last_data_;
  std::string last_state_;
};

// The id of the last event. A browser that reconnects sends it back, and is told to stay away.
inline constexpr std::string_view kLastEventId = "end";

}  // namespace sluice
