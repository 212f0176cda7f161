#include "video/state.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

tl::unexpected<Error> not_from(VideoStatus status) {
  return fail(ErrorKind::conflict, "wrong_status",
              fmt::format("The video is {}, which does not allow this.", to_string(status)));
}

}  // namespace

Video touched(Video video, Timestamp now) {
  video.updated_at = std::max(now, video.updated_at + std::chrono::milliseconds{1});
  return video;
}

Result<Video> queue_uploaded(Video video, std::int64_t size_bytes, Timestamp now) {
  if (video.status != VideoStatus::pending) return not_from(video.status);
  video.status = VideoStatus::queued;
  video.size_bytes = size_bytes;
  return touched(std::move(video), now);
}

Result<Video> expire_upload(Video video, Timestamp now) {
  if (video.status != VideoStatus::pending) return not_from(video.status);
  video.status = VideoStatus::failed;
  video.error = VideoError{"upload_expired", "The upload was not completed in time."};
  return touched(std::move(video), now);
}

Result<Video> start_processing(Video video, Timestamp now) {
  if (video.status == VideoStatus::processing) return video;
  if (video.status != VideoStatus::queued) return not_from(video.status);
  video.status = VideoStatus::processing;
  video.started_at = now;
  video.error.reset();
  return touched(std::move(video), now);
}

Result<Video> add_plan(Video video, const PictureFacts& facts, double work_total, Timestamp now) {
  if (video.status != VideoStatus::processing) return not_from(video.status);
  video.facts = facts;
  video.work_total = work_total;
  return touched(std::move(video), now);
}

Result<Video> add_progress(Video video, double work, bool playable, Timestamp now) {
  if (video.status != VideoStatus::processing) return not_from(video.status);
  video.work_done += work;
  video.playable = video.playable || playable;
  return touched(std::move(video), now);
}

Result<Video> change_plan(Video video, double work_done, double work_total, bool playable,
                          Timestamp now) {
  if (video.status != VideoStatus::processing) return not_from(video.status);
  video.work_done = work_done;
  video.work_total = work_total;
  video.playable = playable;
  return touched(std::move(video), now);
}

Result<Video> complete_video(Video video, Timestamp now) {
  if (video.status != VideoStatus::processing) return not_from(video.status);
  video.status = VideoStatus::complete;
  video.playable = true;
  video.error.reset();
  return touched(std::move(video), now);
}

Result<Video> fail_video(Video video, VideoError error, Timestamp now) {
  if (video.status != VideoStatus::queued && video.status != VideoStatus::processing) {
    return not_from(video.status);
  }
  video.status = VideoStatus::failed;
  video.error = std::move(error);
  return touched(std::move(video), now);
}

Result<Video> requeue_video(Video video, Timestamp now) {
  if (video.status != VideoStatus::failed) {
    return fail(ErrorKind::conflict, "not_failed",
                fmt::format("Only a failed video can be retried; this one is {}.",
                            to_string(video.status)));
  }
  video.status = VideoStatus::queued;
  video.started_at.reset();
  video.error.reset();
  return touched(std::move(video), now);
}

Result<Video> remake_video(Video video, Timestamp now) {
  SLUICE_TRY_ASSIGN(video, requeue_video(std::move(video), now));
  video.work_done = 0;
  video.playable = false;
  return video;
}

}  // namespace sluice
