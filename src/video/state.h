// The moves of a video, one function each: from a video in the state expected to what it is
// afterwards. From any other state a move is `conflict` and changes nothing.
//
//   pending ──queue_uploaded──▶ queued ──start_processing──▶ processing ──complete_video──▶
//   complete
//      │                           ▲  │                          │
//      └──expire_upload──▶ failed ─┘  └────────fail_video────────┴──▶ failed
//                            └── requeue_video or remake_video, by a retry
//
// Every change that somebody can see moves updated_at, even within one millisecond.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "video/video.h"

namespace sluice {

// The bytes are here, all `size_bytes` of them.
Result<Video> queue_uploaded(Video video, std::int64_t size_bytes, Timestamp now);

// The bytes never came.
Result<Video> expire_upload(Video video, Timestamp now);

// A task was claimed. The first one starts the clock; the others change nothing.
Result<Video> start_processing(Video video, Timestamp now);

// It has been probed and planned.
Result<Video> add_plan(Video video, const PictureFacts& facts, double work_total, Timestamp now);

// More of it is stored. Once playable it stays so.
Result<Video> add_progress(Video video, double work, bool playable, Timestamp now);
// Some of what was made is of no use: what is left of it, of how much there is to do now.
Result<Video> change_plan(Video video, double work_done, double work_total, bool playable,
                          Timestamp now);

// Every task is done.
Result<Video> complete_video(Video video, Timestamp now);

// A task failed for good. What is stored so far stays playable.
Result<Video> fail_video(Video video, VideoError error, Timestamp now);

// `conflict`, code not_failed, in another state.
Result<Video> requeue_video(Video video, Timestamp now);

// The same, but nothing that was made of it counts any more.
Result<Video> remake_video(Video video, Timestamp now);

// Not a move: something else that can be seen has changed.
Video touched(Video video, Timestamp now);

}  // namespace sluice
