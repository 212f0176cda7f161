#include "transcode/sweeper.h"

#include "base/log.h"
#include "video/object_key.h"
#include "video/task_message.h"

namespace sluice {
namespace {

// More than a person would look through.
constexpr int kMaxDeadLetters = 10'000;

void log_failure(std::string_view step, const Error& error) {
  log_warn("sweep incomplete", {{"step", step}, {"error", error.code}, {"detail", error.message}});
}

}  // namespace

Sweeper::Sweeper(SweeperSettings settings, SweeperParts parts)
    : settings_(settings), parts_(std::move(parts)) {}

Sweeper::~Sweeper() = default;

void Sweeper::start() {
  thread_ = std::jthread([this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      sweep();
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, settings_.interval, [] { return false; });
    }
  });
}

void Sweeper::sweep() {
  look_at_queue();
  return_lost_tasks();
  remove_objects();
  drop_expired_uploads();
  abort_stray_uploads();
}

void Sweeper::return_lost_tasks() {
  const auto moved = parts_.tasks.sweep(parts_.clock.now());
  if (!moved) return log_failure("tasks", moved.error());
  if (*moved == 0) return;
  log_info("swept", {{"tasks_and_uploads", *moved}});
  if (parts_.on_new_tasks) parts_.on_new_tasks();
}

void Sweeper::look_at_queue() {
  const auto depth = parts_.queue.depth();
  if (!depth) return log_failure("queue", depth.error());
  fail_dead_letters(depth->dead);
  if (depth->first_waiting + depth->rest_waiting + depth->in_flight == 0) republish_lost();
}

void Sweeper::republish_lost() {
  const auto now = parts_.clock.now();
  const auto lost = parts_.tasks.republish_lost(now - settings_.lost_after, now);
  if (!lost) return log_failure("lost messages", lost.error());
  if (*lost == 0) return;
  log_warn("the queue has lost messages", {{"tasks", *lost}});
  if (parts_.on_new_tasks) parts_.on_new_tasks();
}

void Sweeper::fail_dead_letters(std::int64_t count) {
  const auto now = parts_.clock.now();
  if (count == static_cast<std::int64_t>(dead_.size()) &&
      (count == 0 || now < dead_listed_at_ + settings_.dead_letters_again)) {
    return;
  }
  const auto letters = parts_.queue.dead_letters().list(kMaxDeadLetters);
  if (!letters) return log_failure("dead letters", letters.error());
  dead_listed_at_ = now;
  std::set<std::string> done;
  for (const auto& letter : *letters) {
    const auto failed = dead_.contains(letter.id) ? Result<>{} : fail_dead_letter(letter);
    if (failed) {
      done.insert(letter.id);
    } else {
      log_failure("dead letters", failed.error());
    }
  }
  dead_ = std::move(done);
}

Result<> Sweeper::fail_dead_letter(const DeadLetter& letter) {
  const auto message = task_message_from_json(letter.body);
  if (!message) return {};
  log_warn("task given up", {{"task_id", message->task_id.str()},
                             {"kind", to_string(message->kind)},
                             {"video_id", message->video_id.str()}});
  return parts_.tasks.fail_undeliverable(message->task_id, letter.published_at, parts_.clock.now());
}

void Sweeper::remove_objects() {
  const auto now = parts_.clock.now();
  const auto removed = parts_.tasks.removed_videos(now - settings_.objects_after);
  if (!removed) return log_failure("removed videos", removed.error());
  for (const auto& video : *removed) {
    if (cleaned_.contains(video)) continue;
    if (const auto done = remove_objects_of(video); !done) {
      log_failure("removed videos", done.error());
    } else {
      cleaned_.insert(video);
    }
  }
  const auto old = parts_.tasks.removed_videos(now - settings_.forget_after);
  if (!old) return log_failure("removed videos", old.error());
  for (const auto& video : *old) {
    // Once more: an upload may have ended after the first time.
    auto done = remove_objects_of(video);
    if (done) done = parts_.tasks.forget_removed(video);
    if (!done) {
      log_failure("removed videos", done.error());
    } else {
      cleaned_.erase(video);
    }
  }
}

Result<> Sweeper::remove_objects_of(const VideoId& video) {
  SLUICE_TRY(parts_.media.remove_prefix(video_prefix(video)));
  return parts_.uploads.remove_prefix(video_prefix(video));
}

void Sweeper::drop_expired_uploads() {
  const auto expired = parts_.tasks.expired_uploads(parts_.clock.now() - settings_.forget_after);
  if (!expired) return log_failure("uploads", expired.error());
  for (const auto& upload : *expired) {
    if (const auto done = drop_upload(upload); !done) log_failure("uploads", done.error());
  }
}

Result<> Sweeper::drop_upload(const Upload& upload) {
  const auto key = source_key(upload.video_id);
  if (!upload.upload_id.empty()) {
    SLUICE_TRY(parts_.upload_urls.abort_multipart(key, upload.upload_id));
  }
  SLUICE_TRY(parts_.uploads.remove(key));
  return parts_.tasks.forget_upload(upload.video_id);
}

// What is left by a process that died between beginning an upload and writing it down.
void Sweeper::abort_stray_uploads() {
  const auto now = parts_.clock.now();
  if (!parts_.abort_stray_uploads || now - strays_aborted_at_ < settings_.stray_uploads_again)
    return;
  const auto aborted = parts_.abort_stray_uploads(now - settings_.forget_after);
  if (!aborted) return log_failure("stray uploads", aborted.error());
  strays_aborted_at_ = now;
  if (*aborted > 0) log_info("stray uploads aborted", {{"uploads", *aborted}});
}

}  // namespace sluice
