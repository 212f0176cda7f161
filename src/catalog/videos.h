// Videos as their owners and viewers see them, and what is stored of each.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "video/task.h"
#include "video/video.h"

namespace sluice {

// How the source is being uploaded. `upload_id` is the store's; empty for a single PUT.
struct Upload {
  VideoId video_id;
  std::int64_t size_bytes = 0;  // announced by the client
  std::string upload_id;
  std::int64_t part_size = 0;  // 0 for a single PUT
  Timestamp expires_at{};
};

struct VideoQuery {
  std::optional<UserId> owner;  // given: everything of this user; else complete public videos
  std::string title_contains;   // without regard to case
  std::string cursor;           // opaque, from the page before
  int limit = 24;               // 1 to 100
};

struct VideoPage {
  std::vector<Video> videos;  // newest first
  std::optional<std::string> next_cursor;
};

struct VideoChanges {
  std::optional<std::string> title;
  std::optional<Visibility> visibility;
};

// Thread-safe. Transient faults are `unavailable`; a video that isn't there is `not_found`, code
// video_not_found.
class Videos {
 public:
  virtual ~Videos() = default;

  // The video row (pending) and its upload, together.
  virtual Result<> create_video(const Video& video, const Upload& upload) = 0;
  virtual Result<Video> find_video(const VideoId& id) = 0;
  // Those of them that are there, in no order. One query, however many they are.
  virtual Result<std::vector<Video>> find_videos(std::span<const VideoId> ids) = 0;
  virtual Result<Upload> find_upload(const VideoId& id) = 0;
  // A malformed cursor is `invalid`, code invalid_cursor; over 1000 bytes of title_contains are
  // `invalid`, code search_too_long.
  virtual Result<VideoPage> list_videos(const VideoQuery& query) = 0;
  virtual Result<Video> update_video(const VideoId& id, const VideoChanges& changes,
                                     Timestamp now) = 0;

  // Removes every row of it, cancels its tasks, and notes that its objects must go.
  virtual Result<> remove_video(const VideoId& id, Timestamp now) = 0;

  // The plan as JSON; nothing before `prepare` is done.
  virtual Result<std::optional<std::string>> find_plan(const VideoId& id) = 0;
  // Stored segments of one track, or of all when `track` is empty, by track and index.
  virtual Result<std::vector<StoredSegment>> stored_segments(const VideoId& id,
                                                             std::string_view track) = 0;
};

}  // namespace sluice
