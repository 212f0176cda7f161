// One uploaded title, as its owner and its viewers know it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/rational.h"
#include "base/time.h"
#include "video/note.h"

namespace sluice {

// pending → queued → processing → complete | failed; failed → queued by a retry.
// Moves are in video/state.h; the catalog writes the status in the transaction that moves the tasks
// it follows from.
enum class VideoStatus {
  pending,     // initiated; the bytes are not all here yet
  queued,      // uploaded; nothing has been done yet
  processing,  // at least one task has started
  complete,    // every rendition is stored and checked
  failed,      // see Video::error; a retry is always allowed
};

enum class Visibility { public_, unlisted, private_ };

// Why a video failed, for its owner.
struct VideoError {
  std::string code;
  std::string message;
};

// What was made of the video did not pass the last check: retrying makes it anew.
inline constexpr const char* kOutputInvalid = "output_invalid";

// Known once the video has been probed. As displayed: after rotation and sample aspect.
struct PictureFacts {
  double duration_seconds = 0;
  int width = 0;   // 0 for audio only
  int height = 0;
  Rational frame_rate;
};

struct Video {
  VideoId id;
  UserId user_id;
  std::string title;
  std::string original_filename;  // data for display; never part of a path
  VideoStatus status = VideoStatus::pending;
  Visibility visibility = Visibility::public_;
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t size_bytes = 0;
  std::optional<PictureFacts> facts;
  bool playable = false;
  double work_done = 0;   // estimated CPU seconds; progress is their ratio
  double work_total = 0;
  std::optional<Timestamp> started_at;  // first task claimed
  std::optional<VideoError> error;
  std::string source_json;  // what the source is, as the API shows it; "" before it was probed
  std::vector<Note> notes;  // for the owner
  std::string poster;  // the best so far, an object behind the video's prefix; "" while there is none
};

std::string_view to_string(VideoStatus status);
std::string_view to_string(Visibility visibility);
std::optional<VideoStatus> parse_video_status(std::string_view text);
std::optional<Visibility> parse_visibility(std::string_view text);

// 0 to 1: 0 before anything is stored, 1 exactly when complete.
double progress(const Video& video);

// Seconds left at the pace so far; nothing while there is no pace to go by or nothing left to do.
// Runs down between two records of finished work.
std::optional<double> eta_seconds(const Video& video, Timestamp now);

}  // namespace sluice
