// Nothing lasts for ever: what nobody came back for is put right here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tasks.h"
#include "queue/job_queue.h"
#include "storage/object_store.h"
#include "storage/upload_store.h"

namespace sluice {

struct SweeperSettings {
  std::chrono::milliseconds interval{15'000};
  // From the removal of a video to the removal of its objects: by then whoever held a lease of its
  // tasks has lost it, noticed, and stopped writing.
  std::chrono::milliseconds objects_after{60'000};
  // When the queue is empty, a task that has waited so long for its message won't get it any more:
  // the queue took it and forgot, or somebody made a new one.
  std::chrono::milliseconds lost_after{60'000};
  // Dead letters stay on the queue. They are looked at when their number is not the one that was
  // dealt with, and otherwise so often, in case that one left as another one came.
  std::chrono::milliseconds dead_letters_again{600'000};
  // By then no upload by a signed URL of a removed video, or of an upload that expired, is under
  // way any more: what is removed now stays away and can be forgotten.
  std::chrono::milliseconds forget_after{std::chrono::hours{25}};
  // Uploads in parts that were begun and are in nobody's books are looked for so often.
  std::chrono::milliseconds stray_uploads_again{std::chrono::hours{1}};
};

struct SweeperParts {
  Tasks& tasks;
  JobQueue& queue;
  ObjectStore& uploads;
  ObjectStore& media;
  const Clock& clock;
  UploadStore& upload_urls;
  std::function<void()> on_new_tasks;
  // Aborts uploads in parts that were begun before then, and says how many. Empty: the store has
  // none that are in nobody's books.
  std::function<Result<int>(Timestamp begun_before)> abort_stray_uploads{};
};

class Sweeper {
 public:
  Sweeper(SweeperSettings settings, SweeperParts parts);
  ~Sweeper();  // stops

  void start();

  // One round, as the thread does it every `interval`. Each step is on its own: what fails is
  // logged and done in the next round.
  void sweep();

 private:
  void return_lost_tasks();
  void look_at_queue();
  void fail_dead_letters(std::int64_t count);
  void republish_lost();
  Result<> fail_dead_letter(const DeadLetter& letter);
  void remove_objects();
  Result<> remove_objects_of(const VideoId& video);
  void drop_expired_uploads();
  Result<> drop_upload(const Upload& upload);
  void abort_stray_uploads();

  const SweeperSettings settings_;
  const SweeperParts parts_;
  std::set<std::string> dead_;  // ids of dead letters that were dealt with
  Timestamp dead_listed_at_{};
  std::set<VideoId> cleaned_;  // objects removed, to be forgotten later
  Timestamp strays_aborted_at_{};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace sluice
