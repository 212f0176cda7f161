#include "transcode/task_runner.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "base/log.h"
#include "transcode/outside_error.h"
#include "video/object_key.h"

namespace sluice {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// With the first delays of a queue that is out of order for half a minute.
constexpr int kSettleTries = 5;

double rounded(double value) { return std::round(value * 1000) / 1000; }

nlohmann::json fields_of(const Task& task) {
  nlohmann::json fields = {{"video_id", task.video_id.str()},
                           {"task_id", task.id.str()},
                           {"kind", to_string(task.spec.kind)}};
  if (task.spec.tracks.empty()) return fields;
  fields["chunk"] = task.spec.first_chunk;
  fields["tracks"] = fmt::format("{}", fmt::join(task.spec.tracks, ","));
  return fields;
}

void log_end(const Task& task, const TaskReport& report, const Result<TaskRun>& result) {
  auto fields = fields_of(task);
  fields["outcome"] = report.outcome;
  fields["seconds"] = rounded(report.seconds);
  if (result) {
    fields["cpu_seconds"] = rounded(report.cpu_seconds);
    if (report.media_seconds > 0) fields["speed"] = rounded(report.media_seconds / report.seconds);
    return log_info("task done", std::move(fields));
  }
  fields["error"] = result.error().code;
  fields["detail"] = result.error().message;
  const bool expected = report.outcome == "given_back" || report.outcome == "lost";
  log(expected ? LogLevel::info : LogLevel::warn, "task ended", std::move(fields));
}

}  // namespace

TaskRunner::TaskRunner(const WorkerSettings& settings, const WorkerParts& parts)
    : settings_(settings),
      parts_(parts),
      heartbeat_({parts.tasks.tasks, parts.queue, parts.tasks.clock}, settings.heartbeat,
                 settings.lease),
      random_(std::random_device{}()) {}

void TaskRunner::handle(const Delivery& delivery, const TaskMessage& message, int threads) {
  auto claim = this->claim(delivery, message);
  if (!claim) return;
  const auto start = std::chrono::steady_clock::now();
  const auto held = std::make_shared<HeldTask>(std::move(*claim), delivery);
  heartbeat_.hold(held);
  // stop_all() may have come between the claim and hold().
  if (stopping_) held->stop().request_stop();
  log_info("task started", fields_of(held->claim().task));
  const auto result = run(*held, threads);
  heartbeat_.release(held);

  TaskReport report;
  report.kind = held->claim().task.spec.kind;
  report.outcome = settle(*held, result);
  report.seconds = seconds_since(start);
  if (result) {
    report.cpu_seconds = result->cpu_seconds;
    report.media_seconds = result->media_seconds;
  }
  log_end(held->claim().task, report, result);
  if (parts_.on_report) parts_.on_report(report);
}

void TaskRunner::stop_all() {
  {
    std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  heartbeat_.stop_all();
}

std::optional<Claim> TaskRunner::claim(const Delivery& delivery, const TaskMessage& message) {
  const auto now = parts_.tasks.clock.now();
  auto claimed = parts_.tasks.tasks.claim(message.task_id, settings_.name, now, settings_.lease);
  if (!claimed) {
    // The task was not tried, so this must not bring its message nearer to the dead letters.
    log_warn("claim failed", {{"task_id", message.task_id.str()}, {"error", claimed.error().code}});
    give_back(delivery, delay_after(1), true);
    return std::nullopt;
  }
  if (claimed->claim) return std::move(claimed->claim);
  if (claimed->busy_until) {
    const auto wait = std::max(*claimed->busy_until - now, std::chrono::milliseconds{1'000});
    give_back(delivery, std::min(wait, settings_.lease), true);
  } else {
    acknowledge(delivery);
  }
  return std::nullopt;
}

Result<TaskRun> TaskRunner::run(HeldTask& task, int threads) {
  try {
    return run_task(parts_.tasks, task.claim(), threads, task.stop().get_token());
  } catch (const std::exception& bug) {
    return fail(ErrorKind::internal, "task_crashed", bug.what());
  }
}

std::string_view TaskRunner::settle(HeldTask& task, const Result<TaskRun>& result) {
  if (result) {
    acknowledge(task.delivery());
    if (parts_.on_new_tasks) parts_.on_new_tasks();
    return "done";
  }
  if (task.lost() || is_lost_lease(result.error())) {
    clean_up_after(task.claim().task.video_id);
    acknowledge(task.delivery());
    return "lost";
  }
  if (!task.stop().stop_requested()) return settle_failure(task, result.error());
  const auto given = parts_.tasks.tasks.give_back(task.claim(), parts_.tasks.clock.now());
  if (!given) log_warn("task not given back", {{"error", given.error().code}});
  give_back(task.delivery(), std::chrono::milliseconds{0}, true);
  return "given_back";
}

void TaskRunner::clean_up_after(const VideoId& video) {
  const auto found = parts_.tasks.videos.find_video(video);
  if (found || found.error().kind != ErrorKind::not_found) return;
  if (const auto done = parts_.tasks.media.remove_prefix(video_prefix(video)); !done) {
    log_warn("objects not removed", {{"video_id", video.str()}, {"error", done.error().code}});
  }
}

std::string_view TaskRunner::settle_failure(const HeldTask& task, const Error& error) {
  const auto again = parts_.tasks.tasks.fail_task(task.claim(), error, parts_.tasks.clock.now());
  if (!again && is_lost_lease(again.error())) {
    acknowledge(task.delivery());
    return "lost";
  }
  if (again && !*again) {
    acknowledge(task.delivery());
    return "failed";
  }
  // Where even that could not be written down, the lease runs out by itself.
  give_back(task.delivery(), delay_after(task.claim().task.failures + 1), false);
  return "retried";
}

void TaskRunner::acknowledge(const Delivery& delivery) {
  // Where it fails the message comes again and finds the task done.
  settle_message("acknowledged", [&] { return parts_.queue.acknowledge(delivery); });
}

void TaskRunner::give_back(const Delivery& delivery, std::chrono::milliseconds delay,
                           bool undelivered) {
  settle_message("given back",
                 [&] { return parts_.queue.give_back(delivery, delay, undelivered); });
}

// Again for a while: a message that stays in our hands is out of everybody's reach until the
// queue's visibility time-out is over.
void TaskRunner::settle_message(std::string_view what, const std::function<Result<>()>& settle) {
  for (int tries = 1;; ++tries) {
    const auto done = settle();
    if (done) return;
    log_warn("message not settled", {{"wanted", what}, {"error", done.error().code}});
    if (tries == kSettleTries) return;
    std::unique_lock lock(stop_mutex_);
    if (stopped_.wait_for(lock, delay_after(tries), [this] { return stopping_.load(); })) return;
  }
}

std::chrono::milliseconds TaskRunner::delay_after(int failures) {
  std::lock_guard lock(random_mutex_);
  const double jitter = std::uniform_real_distribution<double>{0, 1}(random_);
  return retry_delay(settings_.retry, failures, jitter);
}

}  // namespace sluice
