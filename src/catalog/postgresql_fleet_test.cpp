// Many processes on one database.
#include <atomic>
#include <barrier>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "catalog/catalog_contract.h"
#include "catalog/postgresql_database.h"
#include "catalog/sql_catalog.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kNow = Timestamp{milliseconds{1'700'000'000'000}};
constexpr milliseconds kLease{60'000};

// Runs `work(i)` on so many threads, all starting at the same moment.
void at_once(int count, const std::function<void(int)>& work) {
  std::barrier start(count);
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
}

// One database and a catalog for each process of the fleet.
class Fleet {
 public:
  explicit Fleet(int processes) {
    for (int i = 0; i < processes; ++i) catalogs_.push_back(SqlCatalog::open(url_).value());
    owner_ = first().create_user("user@example.com", "hash", kNow).value().id;
  }

  SqlCatalog& first() { return *catalogs_.front(); }
  SqlCatalog& operator[](int i) { return *catalogs_[static_cast<std::size_t>(i)]; }

  VideoId add_pending(const std::string& id) {
    Video video;
    video.id = VideoId(id);
    video.user_id = owner_;
    video.created_at = kNow;
    Upload upload;
    upload.video_id = video.id;
    upload.expires_at = kNow;
    must(first().create_video(video, upload));
    return video.id;
  }

  // With so many chunks to be encoded; returns their tasks.
  std::vector<TaskId> add_prepared(const std::string& id, int chunks) {
    const auto video = add_pending(id);
    EXPECT_TRUE(first().complete_upload(video, 1, kNow));
    Prepared prepared;
    prepared.work_total = chunks;
    prepared.video_tracks = {"240p"};
    prepared.tasks.assign(static_cast<std::size_t>(chunks),
                          {TaskKind::video, Lane::rest, {"240p"}, 0, 1, 1});
    must(first().finish_prepare(claim(tasks_of(video).front()), prepared, kNow));
    return tasks_of(video);
  }

  Claim claim(const TaskId& task) {
    return first().claim(task, "worker", kNow, kLease).value().claim.value();
  }

  std::vector<TaskId> tasks_of(const VideoId& video) {
    std::vector<TaskId> tasks;
    const auto entries = first().unpublished(100'000).value();
    for (const auto& entry : entries) {
      if (entry.message.video_id == video) tasks.push_back(entry.message.task_id);
    }
    return tasks;
  }

 private:
  const std::string url_ = emptied_postgresql();
  std::vector<std::unique_ptr<SqlCatalog>> catalogs_;
  UserId owner_;
};

TEST(PostgresqlFleet, TenProcessesMayStartAtOnceOnAnEmptyDatabase) {
  const auto database = TemporaryPostgresql::empty();
  at_once(10, [&](int) {
    const auto opened = SqlCatalog::open(database.url());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE((*opened)->count_tasks());
  });
}

TEST(PostgresqlFleet, AllProcessesShareOneSecret) {
  const auto url = emptied_postgresql();
  std::mutex mutex;
  std::set<std::string> secrets;
  at_once(6, [&](int i) {
    const auto catalog = SqlCatalog::open(url).value();
    const auto secret = catalog->secret("playback", [i] { return "of " + std::to_string(i); });
    std::lock_guard lock(mutex);
    secrets.insert(secret.value().reveal());
  });
  EXPECT_EQ(secrets.size(), 1u);
}

// Everybody wants every chunk, while leases are extended, the outbox is served and the sweeper
// goes around.
TEST(PostgresqlFleet, ManyWorkersOnOneVideoFinishItOnce) {
  constexpr int kChunks = 60;
  Fleet fleet(6);
  const auto tasks = fleet.add_prepared("v", kChunks);
  std::atomic<int> finished = 0;
  std::mutex mutex;
  std::multiset<std::string> faults;
  const auto check = [&](const auto& result) {
    if (result) return;
    std::lock_guard lock(mutex);
    faults.insert(result.error().code);
  };
  at_once(6, [&](int i) {
    auto& catalog = fleet[i];
    for (std::size_t n = 0; n < tasks.size(); ++n) {
      // From different ends, so that they meet in all orders.
      const auto& task = tasks[i % 2 == 0 ? n : tasks.size() - 1 - n];
      const auto claimed = catalog.claim(task, "worker-" + std::to_string(i), kNow, kLease);
      check(claimed);
      if (!claimed || !claimed->claim) continue;
      check(catalog.extend_lease(*claimed->claim, kNow, kLease));
      check(catalog.record_segments(*claimed->claim, {{"240p", static_cast<int>(n), 0, 1, 1, 1}},
                                    kNow));
      check(catalog.finish_task(*claimed->claim, kNow));
      ++finished;
      const auto outbox = catalog.claim_unpublished(7, kNow);
      check(outbox);
      check(catalog.mark_published({task}));
      check(catalog.give_back_unpublished({tasks[0], task}));
      check(catalog.sweep(kNow));
      check(catalog.republish_lost(kNow, kNow));
    }
  });
  EXPECT_EQ(faults, std::multiset<std::string>{});
  EXPECT_EQ(finished, kChunks) << "each by one worker";
  const auto finish = fleet.tasks_of(VideoId("v"));
  ASSERT_EQ(finish.size(), 1u);
  must(fleet.first().finish_task(fleet.claim(finish[0]), kNow));
  const auto video = fleet.first().find_video(VideoId("v")).value();
  EXPECT_EQ(video.status, VideoStatus::complete);
  EXPECT_EQ(fleet.first().count_tasks()->done, kChunks + 2);
}

TEST(PostgresqlFleet, AVideoThatFailsStopsAllItsWorkersAndNoneElse) {
  constexpr int kChunks = 30;
  Fleet fleet(4);
  const auto doomed = fleet.add_prepared("doomed", kChunks);
  const auto other = fleet.add_prepared("other", kChunks);
  std::atomic<int> finished = 0;
  at_once(4, [&](int i) {
    for (std::size_t n = 0; n < doomed.size(); ++n) {
      if (auto mine = fleet[i].claim(other[n], "worker", kNow, kLease).value().claim) {
        EXPECT_TRUE(fleet[i].finish_task(*mine, kNow));
        ++finished;
      }
      const auto mine = fleet[i].claim(doomed[n], "worker", kNow, kLease).value().claim;
      if (!mine) continue;
      if (n == kChunks / 2) {
        const Error corrupt{ErrorKind::invalid, "corrupt_source", "The file is damaged."};
        const auto failed = fleet[i].fail_task(*mine, corrupt, kNow);
        EXPECT_TRUE(failed) << failed.error().code;
      } else if (const auto done = fleet[i].finish_task(*mine, kNow); !done) {
        EXPECT_EQ(done.error().code, "lease_lost");
      }
    }
  });
  EXPECT_EQ(fleet.first().find_video(VideoId("doomed"))->error->code, "corrupt_source");
  EXPECT_EQ(finished, kChunks);
  EXPECT_EQ(fleet.tasks_of(VideoId("other")).size(), 1u) << "finish";
}

TEST(PostgresqlFleet, SeveralDispatchersPublishEachTaskOnce) {
  constexpr int kTasks = 400;
  Fleet fleet(5);
  fleet.add_prepared("v", kTasks);
  std::mutex mutex;
  std::map<std::string, int> published;
  at_once(5, [&](int i) {
    while (true) {
      const auto entries = fleet[i].claim_unpublished(10, kNow).value();
      if (entries.empty()) return;
      std::vector<TaskId> tasks;
      for (const auto& entry : entries) tasks.push_back(entry.message.task_id);
      must(fleet[i].mark_published(tasks));
      std::lock_guard lock(mutex);
      for (const auto& task : tasks) ++published[task.str()];
    }
  });
  EXPECT_EQ(published.size(), std::size_t{kTasks});
  for (const auto& [task, times] : published) EXPECT_EQ(times, 1) << task;
  EXPECT_TRUE(fleet.first().unpublished(1)->empty());
}

TEST(PostgresqlFleet, TenSweepersLoseATaskOnceAndHoldNobodyUp) {
  constexpr int kVideos = 12;
  Fleet fleet(10);
  for (int i = 0; i < kVideos; ++i) {
    const auto tasks = fleet.add_prepared("v" + std::to_string(i), 3);
    for (const auto& task : tasks) fleet.claim(task);
    fleet.add_pending("never-" + std::to_string(i));
  }
  std::atomic<int> swept = 0;
  at_once(10, [&](int i) {
    const auto some = fleet[i].sweep(kNow + kLease);
    ASSERT_TRUE(some) << some.error().code;
    swept += *some;
  });
  EXPECT_EQ(swept, kVideos * (3 + 1));
  EXPECT_EQ(fleet.first().count_tasks()->running, 0);
  EXPECT_EQ(fleet.first().find_video(VideoId("v0"))->status, VideoStatus::processing)
      << "lost once, not ten times";
}

TEST(PostgresqlFleet, OneAccountForOneAddress) {
  Fleet fleet(6);
  std::atomic<int> created = 0;
  at_once(6, [&](int i) {
    const auto user = fleet[i].create_user("Me@example.com", "hash", kNow);
    created += user.has_value();
    EXPECT_EQ(code_of(user), user ? "" : "email_taken");
  });
  EXPECT_EQ(created, 1);
}

}  // namespace
}  // namespace sluice
