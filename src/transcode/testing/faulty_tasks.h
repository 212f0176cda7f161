// For tests: a catalog's tasks of which one call fails.
#pragma once

#include <utility>

#include "catalog/tasks.h"

namespace sluice {

// Passes every call that a task makes on to `inner`, but for the n-th, counted from 0; with `lost`
// that one is made too and only its answer is lost. For one thread.
class FaultyTasks final : public Tasks {
 public:
  FaultyTasks(Tasks& inner, int failing_call, bool lost)
      : inner_(inner), failing_call_(failing_call), lost_(lost) {}

  int calls() const { return calls_; }

  // Leases can't be extended from now on, or again.
  void set_down(bool down) { down_ = down; }

  Result<> record_segments(const Claim& claim, const std::vector<StoredSegment>& segments,
                           Timestamp now) override {
    return pass([&] { return inner_.record_segments(claim, segments, now); });
  }
  Result<> record_poster(const Claim& claim, const PosterCandidate& candidate,
                         Timestamp now) override {
    return pass([&] { return inner_.record_poster(claim, candidate, now); });
  }
  Result<> record_notes(const Claim& claim, const std::vector<Note>& notes,
                        Timestamp now) override {
    return pass([&] { return inner_.record_notes(claim, notes, now); });
  }
  Result<> record_loudness(const Claim& claim, const LoudnessPart& part, Timestamp now) override {
    return pass([&] { return inner_.record_loudness(claim, part, now); });
  }
  Result<> finish_prepare(const Claim& claim, const Prepared& prepared, Timestamp now) override {
    return pass([&] { return inner_.finish_prepare(claim, prepared, now); });
  }
  Result<> finish_text(const Claim& claim, const std::vector<TextTrack>& tracks,
                       Timestamp now) override {
    return pass([&] { return inner_.finish_text(claim, tracks, now); });
  }
  Result<> finish_task(const Claim& claim, Timestamp now) override {
    return pass([&] { return inner_.finish_task(claim, now); });
  }

  Result<Video> complete_upload(const VideoId& video, std::int64_t size, Timestamp now) override {
    return inner_.complete_upload(video, size, now);
  }
  Result<ClaimResult> claim(const TaskId& task, std::string_view worker, Timestamp now,
                            std::chrono::milliseconds lease) override {
    return inner_.claim(task, worker, now, lease);
  }
  Result<Claim> extend_lease(const Claim& claim, Timestamp now,
                             std::chrono::milliseconds lease) override {
    if (down_) return fail(ErrorKind::unavailable, "database_down", "The database is away.");
    return inner_.extend_lease(claim, now, lease);
  }
  Result<bool> fail_task(const Claim& claim, const Error& error, Timestamp now) override {
    return inner_.fail_task(claim, error, now);
  }
  Result<> give_back(const Claim& claim, Timestamp now) override {
    return inner_.give_back(claim, now);
  }
  Result<Video> retry_video(const VideoId& video, Timestamp now) override {
    return inner_.retry_video(video, now);
  }
  Result<std::vector<OutboxEntry>> unpublished(int limit) override {
    return inner_.unpublished(limit);
  }
  Result<std::vector<OutboxEntry>> claim_unpublished(int limit, Timestamp now) override {
    return inner_.claim_unpublished(limit, now);
  }
  Result<> give_back_unpublished(const std::vector<TaskId>& tasks) override {
    return inner_.give_back_unpublished(tasks);
  }
  Result<> mark_published(const std::vector<TaskId>& tasks) override {
    return inner_.mark_published(tasks);
  }
  Result<> fail_undeliverable(const TaskId& task, Timestamp published_at, Timestamp now) override {
    return inner_.fail_undeliverable(task, published_at, now);
  }
  Result<int> sweep(Timestamp now) override { return inner_.sweep(now); }
  Result<int> republish_lost(Timestamp since, Timestamp now) override {
    return inner_.republish_lost(since, now);
  }
  Result<int> release_all_leases(Timestamp now) override { return inner_.release_all_leases(now); }
  Result<std::vector<VideoId>> removed_videos(Timestamp before) override {
    return inner_.removed_videos(before);
  }
  Result<> forget_removed(const VideoId& video) override { return inner_.forget_removed(video); }
  Result<std::vector<Upload>> expired_uploads(Timestamp before) override {
    return inner_.expired_uploads(before);
  }
  Result<> forget_upload(const VideoId& video) override { return inner_.forget_upload(video); }
  Result<TaskCounts> count_tasks() override { return inner_.count_tasks(); }

 private:
  template <class Call>
  auto pass(Call call) -> decltype(call()) {
    const bool fails = calls_++ == failing_call_;
    if (!fails) return call();
    if (lost_) (void)call();
    return fail(ErrorKind::unavailable, "injected_fault", "The database did not answer.");
  }

  Tasks& inner_;
  const int failing_call_;
  const bool lost_;
  int calls_ = 0;
  bool down_ = false;
};

}  // namespace sluice
