#include "transcode/worker.h"

#include <condition_variable>
#include <mutex>

#include <gmock/gmock.h>

#include "queue/sql/sql_job_queue.h"
#include "transcode/dispatcher.h"
#include "transcode/testing/installation.h"
#include "transcode/testing/scripted_engine.h"
#include "transcode/testing/watched_queue.h"
#include "video/task_message.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using testing::Contains;

// Something one thread waits for and another does.
class Signal {
 public:
  void raise() {
    std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return raised_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

Result<> block_until(std::stop_token stop) {
  Signal stopped;
  const std::stop_callback on_stop(stop, [&] { stopped.raise(); });
  EXPECT_TRUE(stopped.wait()) << "nobody stopped it";
  return fail(ErrorKind::canceled, "canceled", "The work was stopped.");
}

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    settings_.name = "test";
    settings_.threads = 2;
    settings_.heartbeat = milliseconds{5};
    settings_.light_pause = milliseconds{5};
    settings_.retry = {milliseconds{1'000}, milliseconds{60'000}};
  }

  // Started once a test has said what it wants of engine and settings.
  void start(ScriptedEngine::Script script = nullptr) {
    engine_.emplace(std::move(script));
    worker_.emplace(settings_, WorkerParts{installation_.parts(*engine_), queue_,
                                           [this] { dispatcher_.wake(); },
                                           [this](const TaskReport& report) { note(report); }});
    worker_->start();
    dispatcher_.start();
  }

  void note(const TaskReport& report) {
    std::lock_guard lock(mutex_);
    reports_.push_back(fmt::format("{} {}", to_string(report.kind), report.outcome));
    changed_.notify_all();
  }

  // Every run so far, as "prepare done", once one of them is `expected`.
  std::vector<std::string> wait_for_report(const std::string& expected) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds{20}, [&] {
      return std::find(reports_.begin(), reports_.end(), expected) != reports_.end();
    })) << expected;
    return reports_;
  }

  TestInstallation installation_;
  SqlJobQueue sql_queue_{installation_.catalog().database(),
                         installation_.clock(),
                         {.poll_interval = milliseconds{5}}};
  WatchedQueue queue_{sql_queue_};
  WorkerSettings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> reports_;
  Dispatcher dispatcher_{
      {.poll = milliseconds{5}}, installation_.catalog(), queue_, installation_.clock()};
  std::optional<ScriptedEngine> engine_;
  std::optional<Worker> worker_;
};

TEST_F(WorkerTest, TakesAVideoToItsEnd) {
  const auto id = installation_.upload("v", "source");
  start();
  wait_for_report("finish done");
  EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
  worker_->stop(milliseconds{0});
  const auto depth = sql_queue_.depth().value();
  EXPECT_EQ(depth.first_waiting + depth.rest_waiting + depth.in_flight + depth.dead, 0);
}

TEST_F(WorkerTest, WithoutALightSlotTakesNothingThatItWouldHaveToGiveBack) {
  installation_.upload("v", "source");
  settings_.light_slot = false;
  start();
  wait_for_report("finish done");
  const auto seen = queue_.wait_until([](const auto& so_far) { return so_far.acknowledged > 3; });
  EXPECT_TRUE(seen.given_back.empty());
}

TEST_F(WorkerTest, AcknowledgesWhatIsDoneAlready) {
  std::atomic<int> prepared = 0;
  installation_.upload("v", "source");
  start([&](const EngineJob& job, std::stop_token) -> Result<> {
    if (job.kind == TaskKind::prepare) ++prepared;
    return {};
  });
  wait_for_report("finish done");
  const auto seen = queue_.wait_until([](const auto& s) { return s.acknowledged >= 5; });
  ASSERT_TRUE(sql_queue_.publish(Lane::first, seen.published.front()));
  queue_.wait_until([&](const auto& s) { return s.acknowledged > seen.acknowledged; });
  EXPECT_EQ(prepared, 1);
}

TEST_F(WorkerTest, RejectsAMessageThatMakesNoSense) {
  start();
  ASSERT_TRUE(sql_queue_.publish(Lane::first, "nonsense"));
  queue_.wait_until([](const auto& s) { return s.rejected == 1; });
  EXPECT_EQ(sql_queue_.list(10)->size(), 1u);
}

TEST_F(WorkerTest, LeavesAMessageOfAnotherVersionToOthers) {
  start();
  ASSERT_TRUE(sql_queue_.publish(Lane::first, R"({"version":2})"));
  const auto seen = queue_.wait_until([](const auto& s) { return s.given_back.size() == 1; });
  EXPECT_GT(seen.given_back[0].delay, milliseconds{0});
  EXPECT_FALSE(seen.given_back[0].undelivered);
}

TEST_F(WorkerTest, WaitsForATaskThatSomebodyElseHas) {
  installation_.upload("v", "source");
  const auto entry = installation_.catalog().unpublished(1).value().front();
  ASSERT_TRUE(installation_.claim(entry.message.task_id));
  ASSERT_TRUE(sql_queue_.publish(Lane::first, to_json(entry.message)));
  start();
  const auto seen = queue_.wait_until([](const auto& s) { return s.given_back.size() == 1; });
  EXPECT_EQ(seen.given_back[0].delay, TestInstallation::kLease);
  EXPECT_TRUE(seen.given_back[0].undelivered);
}

TEST_F(WorkerTest, GivesBackWhatRunsWhenItStops) {
  Signal running;
  const auto id = installation_.upload("v", "source");
  start([&](const EngineJob&, std::stop_token stop) {
    running.raise();
    return block_until(stop);
  });
  ASSERT_TRUE(running.wait());
  worker_->stop(milliseconds{0});
  EXPECT_EQ(wait_for_report("prepare given_back").size(), 1u);
  EXPECT_NE(installation_.video(id).status, VideoStatus::failed);

  SqlJobQueue next{installation_.catalog().database(), installation_.clock()};
  const auto delivery = next.receive(milliseconds{0}).value();
  ASSERT_TRUE(delivery) << "the message is there at once";
  EXPECT_EQ(delivery->deliveries, 1);
  const auto claim = installation_.claim(task_message_from_json(delivery->body)->task_id);
  ASSERT_TRUE(claim) << "and so is the task";
  EXPECT_EQ(claim->task.failures, 0);
}

TEST_F(WorkerTest, LetsTasksEndWithinTheGrace) {
  Signal running, go;
  installation_.upload("v", "source");
  start([&](const EngineJob&, std::stop_token) -> Result<> {
    running.raise();
    EXPECT_TRUE(go.wait());
    return {};
  });
  ASSERT_TRUE(running.wait());
  std::jthread release([&] { go.raise(); });
  worker_->stop(std::chrono::seconds{20});
  wait_for_report("prepare done");
}

TEST_F(WorkerTest, StopsATaskWhoseLeaseIsLost) {
  Signal running;
  const auto id = installation_.upload("v", "source");
  start([&](const EngineJob&, std::stop_token stop) {
    running.raise();
    return block_until(stop);
  });
  ASSERT_TRUE(running.wait());
  ASSERT_TRUE(installation_.catalog().remove_video(id, installation_.clock().now()));
  wait_for_report("prepare lost");
  queue_.wait_until([](const auto& s) { return s.acknowledged == 1; });
}

TEST_F(WorkerTest, LeavesNothingOfAVideoThatWasRemovedMeanwhile) {
  const auto id = installation_.upload("v", "source");
  start([&](const EngineJob& job, std::stop_token) -> Result<> {
    if (job.kind != TaskKind::audio) return {};
    return installation_.catalog().remove_video(id, installation_.clock().now());
  });
  wait_for_report("audio lost");
  worker_->stop(milliseconds{0});
  EXPECT_TRUE(installation_.objects(id).empty());
}

TEST_F(WorkerTest, KeepsMessageAndLeaseWhileItWorks) {
  Signal done;
  installation_.upload("v", "source");
  start([&](const EngineJob& job, std::stop_token) -> Result<> {
    if (job.kind == TaskKind::prepare) {
      EXPECT_TRUE(done.wait());
    }
    return {};
  });
  queue_.wait_until([](const auto& s) { return s.extended >= 2; });
  installation_.clock().advance(settings_.lease - milliseconds{1});
  const int before = queue_.wait_until([](const auto&) { return true; }).extended;
  queue_.wait_until([&](const auto& s) { return s.extended > before + 1; });
  installation_.clock().advance(settings_.lease - milliseconds{1});
  EXPECT_EQ(installation_.catalog().sweep(installation_.clock().now()).value(), 0);
  done.raise();
  wait_for_report("finish done");
}

TEST_F(WorkerTest, TriesAgainAfterATransientError) {
  std::atomic<int> runs = 0;
  const auto id = installation_.upload("v", "source");
  start([&](const EngineJob& job, std::stop_token) -> Result<> {
    if (job.kind != TaskKind::prepare || ++runs > 2) return {};
    return fail(ErrorKind::internal, "engine_crashed", "The engine crashed.");
  });
  const auto first = queue_.wait_until([](const auto& s) { return s.given_back.size() == 1; });
  EXPECT_GE(first.given_back[0].delay, milliseconds{500});
  EXPECT_LE(first.given_back[0].delay, milliseconds{1'000});
  EXPECT_FALSE(first.given_back[0].undelivered);
  installation_.clock().advance(milliseconds{1'000});
  const auto second = queue_.wait_until([](const auto& s) { return s.given_back.size() == 2; });
  EXPECT_GE(second.given_back[1].delay, milliseconds{1'000});
  installation_.clock().advance(milliseconds{2'000});
  wait_for_report("finish done");
  EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
}

TEST_F(WorkerTest, FailsTheVideoAfterTooManyErrors) {
  const auto id = installation_.upload("v", "source");
  settings_.retry = {milliseconds{0}, milliseconds{0}};
  start([](const EngineJob&, std::stop_token) -> Result<> {
    return fail(ErrorKind::internal, "engine_crashed", "The engine crashed.");
  });
  const auto reports = wait_for_report("prepare failed");
  EXPECT_EQ(std::count(reports.begin(), reports.end(), "prepare retried"), kMaxDeliveries - 1);
  EXPECT_EQ(installation_.video(id).error->code, "processing_failed");
  queue_.wait_until([](const auto& s) { return s.acknowledged == 1; });
}

TEST_F(WorkerTest, FailsTheVideoAtOnceWhenItsFileIsBad) {
  const auto id = installation_.upload("v", "source");
  start([](const EngineJob&, std::stop_token) -> Result<> {
    return fail(ErrorKind::invalid, "corrupt_file", "The file is corrupt.");
  });
  EXPECT_EQ(wait_for_report("prepare failed").size(), 1u);
  EXPECT_EQ(installation_.video(id).error->code, "corrupt_file");
  EXPECT_EQ(installation_.video(id).error->message, "The file is corrupt.");
  queue_.wait_until([](const auto& s) { return s.acknowledged == 1; });
}

TEST_F(WorkerTest, SurvivesABugInATask) {
  std::atomic<bool> thrown = false;
  installation_.upload("v", "source");
  settings_.retry = {milliseconds{0}, milliseconds{0}};
  start([&](const EngineJob&, std::stop_token) -> Result<> {
    if (!thrown.exchange(true)) throw std::runtime_error("a bug");
    return {};
  });
  EXPECT_THAT(wait_for_report("finish done"), Contains("prepare retried"));
}

TEST_F(WorkerTest, MakesSoundBesideThePictures) {
  Signal sound;
  installation_.upload("v", "source");
  // The only ordinary slot is busy until the sound is made, which only the light slot can do.
  start([&](const EngineJob& job, std::stop_token) -> Result<> {
    if (job.kind == TaskKind::video) {
      EXPECT_TRUE(sound.wait());
    }
    if (job.kind == TaskKind::audio) sound.raise();
    return {};
  });
  wait_for_report("finish done");
}

TEST_F(WorkerTest, LeavesVideoToOthersWhileItsSlotsAreBusy) {
  Signal go;
  installation_.upload("v", "source");
  start([&](const EngineJob& job, std::stop_token) -> Result<> {
    if (job.kind == TaskKind::video && job.first_chunk == 0) {
      EXPECT_TRUE(go.wait());
    }
    return {};
  });
  // The second chunk comes by, and comes again.
  const auto seen = queue_.wait_until([](const auto& s) { return s.given_back.size() >= 2; });
  for (const auto& given : seen.given_back) {
    EXPECT_EQ(given.delay, milliseconds{0});
    EXPECT_TRUE(given.undelivered);
  }
  go.raise();
  wait_for_report("finish done");
}

}  // namespace
}  // namespace sluice
