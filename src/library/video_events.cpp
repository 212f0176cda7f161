#include "library/video_events.h"

#include <fmt/format.h>

#include "library/video_json.h"

namespace sluice {

VideoEvents VideoEventLog::next(const Video& video, Timestamp now) {
  using Replace = nlohmann::json::error_handler_t;
  nlohmann::json value = progress_json(video, now);
  const std::string data = value.dump(-1, ' ', false, Replace::replace);
  value.erase("progress");
  value.erase("eta_seconds");
  const std::string state = value.dump(-1, ' ', false, Replace::replace);

  VideoEvents events;
  events.last = video.status == VideoStatus::complete || video.status == VideoStatus::failed;
  if (state != last_state_) {
    events.text = fmt::format("event: status\ndata: {}\n", data);
  } else if (data != last_data_) {
    events.text = fmt::format("event: progress\ndata: {}\n", data);
  }
  if (events.last && !events.text.empty()) events.text += fmt::format("id: {}\n", kLastEventId);
  if (!events.text.empty()) events.text += '\n';
  last_state_ = state;
  last_data_ = data;
  return events;
}

}  // namespace sluice
