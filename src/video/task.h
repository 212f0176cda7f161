// One unit of work on the queue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace sluice {

enum class TaskKind {
  prepare,  // probe, plan, init segments, insert the other tasks
  video,    // encode some renditions of some consecutive chunks
  audio,    // encode one audio track over some consecutive chunks
  text,     // the source's subtitle tracks as WebVTT
  images,   // a poster for sound without a picture (the images of a picture are made with it)
  finish,   // check the output and complete the video
};

// waiting → running → done | failed; running → waiting when given back, retried or lost.
// A task of a removed or failed video is canceled, whatever it was.
enum class TaskState { waiting, running, done, failed, canceled };

// `first` (prepare, and what makes a video playable) is always served before `rest`.
enum class Lane { first, rest };

// What a task is to do. Chunks are numbers of the plan's chunks, [first_chunk, end_chunk).
struct TaskSpec {
  TaskKind kind = TaskKind::prepare;
  Lane lane = Lane::first;
  std::vector<std::string> tracks;  // "720p", "audio-0"; empty for prepare and finish
  int first_chunk = 0;
  int end_chunk = 0;
  double work = 0;  // estimated CPU seconds
};

struct Task {
  TaskId id;
  VideoId video_id;
  TaskSpec spec;
  TaskState state = TaskState::waiting;
  int failures = 0;  // transient failures so far; see kMaxDeliveries
};

// The right to work on a task until the lease ends. Every write of the holder carries `fence`;
// a claim taken later has a higher one, and the older holder's writes are refused from then on.
struct Claim {
  Task task;
  std::int64_t fence = 0;
  Timestamp lease_until{};
};

// One stored CMAF media segment. Ticks are of the track's timescale (the plan's for video, 48000
// for audio), counted from the start of the video.
struct StoredSegment {
  std::string track;
  int index = 0;
  std::int64_t start_ticks = 0;
  std::int64_t duration_ticks = 0;
  std::int64_t size_bytes = 0;
  double work = 0;  // this segment's share of the video's work_total
  int sample_count = 0;  // as they were read back; 0 in rows of older versions
  // Its first bytes up to the end of its first sample: with the init segment a file of one picture.
  // 0 in rows of older versions.
  std::int64_t first_sample_end_bytes = 0;

  friend bool operator==(const StoredSegment&, const StoredSegment&) = default;
};

inline constexpr int kMaxDeliveries = 5;   // transient failures of one task before the video fails
inline constexpr int kMaxLosses = 20;      // workers that vanished while holding one task

std::string_view to_string(TaskKind kind);
std::string_view to_string(TaskState state);
std::string_view to_string(Lane lane);
std::optional<TaskKind> parse_task_kind(std::string_view text);
std::optional<TaskState> parse_task_state(std::string_view text);
std::optional<Lane> parse_lane(std::string_view text);

// The message a queue carries, and its JSON form:
// {"version":1,"task_id":…,"kind":"prepare","video_id":…,"source":{"bucket":…,"key":…},"chunk":null}.
struct TaskMessage {
  TaskId task_id;
  TaskKind kind = TaskKind::prepare;
  VideoId video_id;
  std::string source_bucket;
  std::string source_key;
  std::optional<int> chunk;
};

}  // namespace sluice
