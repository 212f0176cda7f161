// The truth about work: tasks, leases, the outbox, and the status of videos that follows from them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/videos.h"
#include "video/loudness.h"
#include "video/task.h"
#include "video/text_track.h"
#include "video/video.h"

namespace sluice {

// What `prepare` found out.
struct Prepared {
  PictureFacts facts;
  std::string source_json;  // what the source is, as the API shows it
  std::vector<Note> notes;
  std::string plan_json;
  double work_total = 0;
  // Tracks that must have their segment 0 stored before the video is playable: any one of `video`
  // (when not empty) and all of `audio`.
  std::vector<std::string> video_tracks;
  std::vector<std::string> audio_tracks;
  std::vector<TaskSpec> tasks;
};

// A stored picture that might be the video's poster.
struct PosterCandidate {
  std::string name;  // of the object, behind the video's prefix
  double rank = 0;
};

// A task that is written but not known to be on the queue.
struct OutboxEntry {
  Lane lane = Lane::first;
  TaskMessage message;
};

// Longer than any back-off; a second message for a task does no harm.
inline constexpr std::chrono::hours kRepublishAfter{1};

// How long the one who has claimed entries of the outbox has for publishing them.
inline constexpr std::chrono::seconds kOutboxLease{30};

// Work is in estimated CPU seconds.
struct Backlog {
  std::int64_t waiting = 0, running = 0;
  double work_waiting = 0, work_running = 0;
};

struct TaskCounts {
  // Of videos that still exist. Of those that are done, no more than 10 000 are counted.
  std::int64_t waiting = 0, running = 0, done = 0, failed = 0;
  double work_waiting = 0;
  Backlog first{}, rest{};  // the same by lane
};

// Every call is one transaction, but for the sweeps. A call that carries a claim whose fence is no
// longer current (the lease ran out and somebody else took it, the video was removed or has failed)
// changes nothing and is `conflict`, code lease_lost. Thread-safe. Transient faults are
// `unavailable`.
class Tasks {
 public:
  virtual ~Tasks() = default;

  // pending → queued, with the `prepare` task. Again: harmless. `conflict` (upload_expired) when
  // the video has failed before it was uploaded.
  virtual Result<Video> complete_upload(const VideoId& video, std::int64_t size_bytes,
                                        Timestamp now) = 0;

  // Takes the task if it waits, or if its lease ran out. Nothing if it is done, canceled, or
  // rightfully somebody else's: acknowledge the message and move on, unless `busy_until` says
  // when to look again.
  struct ClaimResult {
    std::optional<Claim> claim;
    std::optional<Timestamp> busy_until;
  };
  virtual Result<ClaimResult> claim(const TaskId& task, std::string_view worker, Timestamp now,
                                    std::chrono::milliseconds lease) = 0;
  virtual Result<Claim> extend_lease(const Claim& claim, Timestamp now,
                                     std::chrono::milliseconds lease) = 0;

  // Segments that are durably stored. Those already known are left alone. May turn the video
  // playable.
  virtual Result<> record_segments(const Claim& claim, const std::vector<StoredSegment>& segments,
                                   Timestamp now) = 0;

  // Makes it the video's poster if its rank is higher than that of the one before; of equals the
  // lower name stays. So the order in which they come doesn't matter.
  virtual Result<> record_poster(const Claim& claim, const PosterCandidate& candidate,
                                 Timestamp now) = 0;

  // For the video's owner. Those already there are left alone.
  virtual Result<> record_notes(const Claim& claim, const std::vector<Note>& notes,
                                Timestamp now) = 0;

  // Takes the place of what was measured of the same part before. The track's loudness, as known so
  // far, becomes a part of the video's source.
  virtual Result<> record_loudness(const Claim& claim, const LoudnessPart& part, Timestamp now) = 0;

  // The task is done. The transaction that ends the last of a video's tasks inserts `finish`; the
  // one that ends `finish` completes the video.
  virtual Result<> finish_prepare(const Claim& claim, const Prepared& prepared, Timestamp now) = 0;
  // With the tracks that came of a `text` task.
  virtual Result<> finish_text(const Claim& claim, const std::vector<TextTrack>& tracks,
                               Timestamp now) = 0;
  virtual Result<> finish_task(const Claim& claim, Timestamp now) = 0;

  // The task did not succeed. A permanent error fails the video at once and cancels its other
  // tasks; a transient one puts the task back, until kMaxDeliveries of them fail the video with
  // `processing_failed`. Says whether the task will be tried again.
  virtual Result<bool> fail_task(const Claim& claim, const Error& error, Timestamp now) = 0;

  // Back to waiting as if never claimed: a clean shutdown.
  virtual Result<> give_back(const Claim& claim, Timestamp now) = 0;

  // A failed video back on the queue: from `prepare` if it has no plan, or if what was made of it is
  // not right (kOutputInvalid); else only what is not done. `conflict`, code not_failed, for a video
  // in another state.
  virtual Result<Video> retry_video(const VideoId& video, Timestamp now) = 0;

  // The outbox, oldest first, for looking at.
  virtual Result<std::vector<OutboxEntry>> unpublished(int limit) = 0;

  // The same for publishing: entries that nobody else has claimed within kOutboxLease. Whoever
  // can't publish them gives them back; of whoever dies, somebody else gets them after that time.
  virtual Result<std::vector<OutboxEntry>> claim_unpublished(int limit, Timestamp now) = 0;
  virtual Result<> mark_published(const std::vector<TaskId>& tasks) = 0;
  virtual Result<> give_back_unpublished(const std::vector<TaskId>& tasks) = 0;

  // A message of the task, published then, went to the dead letters. If the task still waits for
  // it, the video fails with `processing_failed`. If it does not, or was put back or renewed since,
  // so that there is or will be another message, this changes nothing.
  virtual Result<> fail_undeliverable(const TaskId& task, Timestamp published_at,
                                      Timestamp now) = 0;

  // Tasks whose lease ran out go back to waiting and to the outbox (kMaxLosses times, then the
  // video fails); uploads past their deadline fail as upload_expired. Returns how many of both.
  // A task that has waited for kRepublishAfter goes to the outbox again: its message may be lost.
  // Any number of processes may sweep at once; one that fails half-way has done the first half.
  virtual Result<int> sweep(Timestamp now) = 0;

  // Tasks that were published and have waited since that time go to the outbox again: for when the
  // queue is known to be empty. Returns how many.
  virtual Result<int> republish_lost(Timestamp waiting_since, Timestamp now) = 0;

  // Every running task back to waiting and to the outbox, counted as lost: at start-up, where no
  // other process can hold a lease.
  virtual Result<int> release_all_leases(Timestamp now) = 0;

  // Removed videos whose objects may still be there; forget_removed when they are gone for sure.
  virtual Result<std::vector<VideoId>> removed_videos(Timestamp removed_before) = 0;
  virtual Result<> forget_removed(const VideoId& video) = 0;

  // Uploads that expired before that time without having been completed: bytes of theirs may still
  // be there; forget_upload when they are gone for sure.
  virtual Result<std::vector<Upload>> expired_uploads(Timestamp expired_before) = 0;
  virtual Result<> forget_upload(const VideoId& video) = 0;

  virtual Result<TaskCounts> count_tasks() = 0;
};

}  // namespace sluice
