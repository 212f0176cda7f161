#include "catalog/catalog_contract.h"

namespace sluice {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogContract);

CatalogContract::CatalogContract() : catalog_(GetParam().make()) {}

UserId CatalogContract::add_user(const std::string& email) {
  return users().create_user(email, "hash of a password", now()).value().id;
}

UserId CatalogContract::owner() {
  if (owner_.empty()) owner_ = add_user("owner@example.com");
  return owner_;
}

Video CatalogContract::new_video(const std::string& id) {
  Video video;
  video.id = VideoId(id);
  video.user_id = owner();
  video.title = "Video " + id;
  video.original_filename = id + ".mp4";
  video.created_at = now();
  video.size_bytes = 1000;
  return video;
}

VideoId CatalogContract::add_video(const Video& video) {
  const Upload upload{video.id, video.size_bytes, "upload-of-" + video.id.str(), 500,
                      now() + kUploadTime};
  must(videos().create_video(video, upload));
  return video.id;
}

VideoId CatalogContract::add_queued(const std::string& id) {
  const auto video = add_pending(id);
  EXPECT_EQ(tasks().complete_upload(video, 1000, now()).value().status, VideoStatus::queued);
  return video;
}

VideoId CatalogContract::add_prepared(const std::string& id) {
  const auto video = add_queued(id);
  must(tasks().finish_prepare(claim(task(video, 0)), prepared(), now()));
  return video;
}

VideoId CatalogContract::add_complete(const std::string& id) {
  const auto video = add_prepared(id);
  for (const auto& task : outbox(video)) finish(task);
  finish(task(video, 0));
  EXPECT_EQ(this->video(video).status, VideoStatus::complete);
  return video;
}

VideoId CatalogContract::add_failed(const std::string& id) {
  const auto video = add_prepared(id);
  finish(task(video, 0));
  EXPECT_FALSE(tasks().fail_task(claim(task(video, 0)), permanent_error(), now()).value());
  return video;
}

VideoId CatalogContract::add_expired(const std::string& id) {
  const auto video = add_pending(id);
  EXPECT_EQ(tasks().sweep(now() + kUploadTime).value(), 1);
  return video;
}

Prepared CatalogContract::prepared() {
  Prepared prepared;
  prepared.facts = {8, 640, 360, Rational{30000, 1001}};
  prepared.source_json = R"({"audio":[{"codec":"mp3"}],"container":"avi"})";
  prepared.notes = {{"guessed_times", "The file says nothing of time."}};
  prepared.plan_json = R"({"version":1})";
  prepared.work_total = 10;
  prepared.video_tracks = {"360p", "240p"};
  prepared.audio_tracks = {"audio-0"};
  prepared.tasks = {{TaskKind::video, Lane::first, {"240p", "360p"}, 0, 1, 2.5},
                    {TaskKind::video, Lane::rest, {"240p", "360p"}, 1, 2, 2.5},
                    {TaskKind::audio, Lane::first, {"audio-0"}, 0, 2, 0.5},
                    {TaskKind::images, Lane::rest, {}, 0, 0, 0.25}};
  return prepared;
}

StoredSegment CatalogContract::segment(const std::string& track, int index, double work) {
  return {track, index, index * 360000, 360000, 5000 + index, work, 96 + index, 300 + index};
}

Error CatalogContract::permanent_error() {
  return {ErrorKind::invalid, "corrupt_source", "The file is damaged."};
}

Error CatalogContract::transient_error() {
  return {ErrorKind::unavailable, "storage_unavailable", "The storage does not answer."};
}

Video CatalogContract::video(const VideoId& id) { return videos().find_video(id).value(); }

std::string CatalogContract::failure(const VideoId& id) {
  return video(id).error.value_or(VideoError{}).code;
}

std::vector<TaskId> CatalogContract::outbox(const VideoId& id) {
  std::vector<TaskId> found;
  const auto entries = tasks().unpublished(10000).value();
  for (const auto& entry : entries) {
    if (entry.message.video_id == id) found.push_back(entry.message.task_id);
  }
  return found;
}

Claim CatalogContract::claim(const TaskId& task, const std::string& worker) {
  return tasks().claim(task, worker, now(), kLease).value().claim.value();
}

bool CatalogContract::can_claim(const TaskId& task) {
  return tasks().claim(task, "worker-x", now(), kLease).value().claim.has_value();
}

void CatalogContract::finish(const TaskId& task) { must(tasks().finish_task(claim(task), now())); }

}  // namespace sluice
