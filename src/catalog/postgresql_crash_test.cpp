// What becomes of writes, and of those who write, when the server fails under them.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/random.h"
#include "catalog/catalog_contract.h"
#include "catalog/postgresql_database.h"
#include "catalog/postgresql_server.h"
#include "catalog/sql_catalog.h"

namespace sluice {
namespace {

using std::chrono::seconds;

constexpr Timestamp kNow = Timestamp{std::chrono::milliseconds{1'700'000'000'000}};

// What the tests' server does not promise by itself: that an answer means written.
constexpr const char* kDurable = "?options=-c%20synchronous_commit%3Don";

// Threads that upload videos one after the other, and what was acknowledged to them.
class Writers {
 public:
  Writers(SqlCatalog& catalog, int count) : catalog_(catalog) {
    user_ = catalog.create_user("user@example.com", "hash", kNow).value().id;
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { write(stop); });
    }
  }

  // From now on.
  void wait_for(std::size_t more) {
    std::unique_lock lock(mutex_);
    const auto enough = acknowledged_.size() + more;
    const auto all_there = [&] { return acknowledged_.size() >= enough; };
    ASSERT_TRUE(written_.wait_for(lock, seconds{60}, all_there)) << "nothing is written any more";
  }

  std::set<std::string> stop() {
    threads_.clear();
    return acknowledged_;
  }

  std::set<ErrorKind> faults() { return faults_; }

 private:
  void write(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      Video video;
      video.id = VideoId(random_id());
      video.user_id = user_;
      video.created_at = kNow;
      const auto created = catalog_.create_video(video, Upload{});
      if (!created) {
        note(created.error());
      } else if (const auto done = catalog_.complete_upload(video.id, 1, kNow); !done) {
        note(done.error());
      } else {
        std::lock_guard lock(mutex_);
        acknowledged_.insert(video.id.str());
        written_.notify_all();
      }
    }
  }

  void note(const Error& error) {
    std::lock_guard lock(mutex_);
    faults_.insert(error.kind);
  }

  SqlCatalog& catalog_;
  UserId user_;
  std::mutex mutex_;
  std::condition_variable written_;
  std::set<std::string> acknowledged_;
  std::set<ErrorKind> faults_;
  std::vector<std::jthread> threads_;
};

TEST(PostgresqlCrash, LosesNothingThatWasAcknowledgedAndGoesOn) {
  TemporaryPostgresql database;
  PostgresqlServer server;
  const auto catalog = SqlCatalog::open(database.url() + kDurable).value();
  Writers writers(*catalog, 4);
  for (const std::size_t before : {1, 20, 60}) {
    writers.wait_for(before);
    server.kill();
    server.start();
  }
  writers.wait_for(20);
  const auto acknowledged = writers.stop();

  std::set<std::string> with_prepare;
  const auto entries = catalog->unpublished(1'000'000).value();
  for (const auto& entry : entries) with_prepare.insert(entry.message.video_id.str());
  EXPECT_GE(acknowledged.size(), 101u);
  for (const auto& id : acknowledged) {
    const auto video = catalog->find_video(VideoId(id));
    ASSERT_TRUE(video) << id;
    EXPECT_EQ(video->status, VideoStatus::queued);
    EXPECT_TRUE(with_prepare.contains(id)) << "in the same transaction";
  }
  EXPECT_EQ(writers.faults(), std::set{ErrorKind::unavailable});
}

TEST(PostgresqlCrash, ARestartBetweenTwoCallsIsNotNoticed) {
  TemporaryPostgresql database;
  PostgresqlServer server;
  const auto catalog = SqlCatalog::open(database.url() + kDurable).value();
  for (int time = 0; time < 2; ++time) {
    const auto name = "user" + std::to_string(time) + "@example.com";
    EXPECT_TRUE(catalog->create_user(name, "hash", kNow));
    server.kill();
    server.start();
    EXPECT_TRUE(catalog->find_credentials(name).value()) << "reading";
    server.kill();
    server.start();
  }
}

TEST(PostgresqlCrash, WhileItIsAwayEveryCallSaysSo) {
  TemporaryPostgresql database;
  PostgresqlServer server;
  const auto catalog = SqlCatalog::open(database.url()).value();
  server.kill();
  const auto read = catalog->find_video(VideoId("v"));
  EXPECT_EQ(read.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(read.error().code, "database_unavailable");
  EXPECT_EQ(catalog->sweep(kNow).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(SqlCatalog::open(database.url()).error().kind, ErrorKind::unavailable);
  server.start();
  EXPECT_TRUE(catalog->sweep(kNow));
}

TEST(PostgresqlCrash, NobodyWaitsForEverForAFrozenServer) {
  TemporaryPostgresql database;
  PostgresqlServer server;
  const auto catalog =
      SqlCatalog::open(database.url() + "?time_limit=1&connect_timeout=2&pool=2").value();
  EXPECT_TRUE(catalog->sweep(kNow)) << "so that there is a session";
  server.freeze();
  const auto started = std::chrono::steady_clock::now();
  const auto in_a_session = catalog->find_video(VideoId("v"));
  const auto without_one = catalog->find_video(VideoId("v"));
  const auto took = std::chrono::steady_clock::now() - started;
  server.thaw();
  EXPECT_EQ(in_a_session.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(without_one.error().kind, ErrorKind::unavailable);
  EXPECT_LT(took, seconds{15});
  EXPECT_EQ(code_of(catalog->find_video(VideoId("v"))), "video_not_found");
}

}  // namespace
}  // namespace sluice
