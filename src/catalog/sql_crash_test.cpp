// A process that is killed while it writes.
#include <csignal>
#include <set>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/time.h"
#include "base/unique_fd.h"
#include "catalog/sql_catalog.h"
#include "catalog/temporary_database.h"

namespace sluice {
namespace {

constexpr Timestamp kNow = Timestamp{std::chrono::milliseconds{1'700'000'000'000}};

// What a child tells once a video's writes were answered with success.
struct Acknowledgement {
  int writer = 0;
  int number = 0;
};

VideoId video_id(const Acknowledgement& which) {
  return VideoId("v-" + std::to_string(which.writer) + "-" + std::to_string(which.number));
}

void write_videos(SqlCatalog& catalog, const UserId& user, int writer, int acknowledged) {
  for (int number = 0;; ++number) {
    const Acknowledgement done{writer, number};
    Video video;
    video.id = video_id(done);
    video.user_id = user;
    video.created_at = kNow;
    if (!catalog.create_video(video, Upload{})) _exit(2);
    if (!catalog.complete_upload(video.id, 1, kNow)) _exit(3);
    // A pipe takes so little whole or not at all.
    if (write(acknowledged, &done, sizeof done) != sizeof done) _exit(4);
  }
}

[[noreturn]] void run_child(const std::string& url, int acknowledged) {
  auto catalog = SqlCatalog::open(url);
  if (!catalog) _exit(1);
  const auto user = (*catalog)->find_credentials("user@example.com").value()->user.id;
  std::jthread other([&] { write_videos(**catalog, user, 1, acknowledged); });
  write_videos(**catalog, user, 0, acknowledged);
  _exit(5);
}

// Kills the child after `count` acknowledgements; returns all that it gave.
std::vector<Acknowledgement> run_and_kill(const std::string& url, int count) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  UniqueFd from_child(ends[0]), to_parent(ends[1]);
  const auto child = fork();
  if (child == 0) run_child(url, to_parent.get());
  to_parent.reset();
  std::vector<Acknowledgement> given;
  Acknowledgement one;
  while (read(from_child.get(), &one, sizeof one) == sizeof one) {
    given.push_back(one);
    if (static_cast<int>(given.size()) == count) kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "ended by itself: " << status;
  return given;
}

TEST(SqlCatalogCrash, HoldsEveryAcknowledgedWriteAfterAKill) {
  for (const int count : {1, 2, 5, 13, 34, 89, 144}) {
    SCOPED_TRACE(count);
    TemporaryDatabase file;
    SqlCatalog::open(file.url()).value()->create_user("user@example.com", "hash", kNow).value();

    const auto acknowledged = run_and_kill(file.url(), count);
    ASSERT_GE(acknowledged.size(), static_cast<std::size_t>(count));

    const auto catalog = SqlCatalog::open(file.url()).value();
    std::set<std::string> with_prepare;
    const auto entries = catalog->unpublished(100000).value();
    for (const auto& entry : entries) {
      with_prepare.insert(entry.message.video_id.str());
    }
    for (const auto& each : acknowledged) {
      const auto video = catalog->find_video(video_id(each));
      ASSERT_TRUE(video) << video_id(each).str();
      EXPECT_EQ(video->status, VideoStatus::queued);
      EXPECT_TRUE(with_prepare.contains(video->id.str())) << "in the same transaction";
    }
    const auto sound = catalog->database().read([](SqlSession& sql) -> Result<std::string> {
      return sql.value<std::string>("PRAGMA integrity_check");
    });
    EXPECT_EQ(sound.value(), "ok");
  }
}

}  // namespace
}  // namespace sluice
