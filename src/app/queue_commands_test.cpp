#include "app/queue_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "catalog/sql_catalog.h"
#include "catalog/temporary_database.h"
#include "queue/sql/sql_job_queue.h"
#include "video/task_message.h"

namespace sluice {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::milliseconds kNoWait{0};

class QueueCommands : public testing::Test {
 protected:
  // A video that waits for its prepare task; the task's message.
  std::string queued_video(const std::string& name) {
    const VideoId id{name};
    Video video;
    video.id = id;
    video.user_id = owner_.id;
    video.title = name;
    video.created_at = video.updated_at = clock_.now();
    EXPECT_TRUE(
        catalog_->create_video(video, {id, 1, "", 0, clock_.now() + std::chrono::hours{1}}));
    EXPECT_TRUE(catalog_->complete_upload(id, 1, clock_.now()));
    const auto entries = catalog_->unpublished(1).value();
    EXPECT_TRUE(catalog_->mark_published({entries.front().message.task_id}));
    return to_json(entries.front().message);
  }

  // The id of a dead letter with this body.
  std::string bury(const std::string& body, std::string_view reason = "bad") {
    EXPECT_TRUE(queue_.publish(Lane::rest, body));
    EXPECT_TRUE(queue_.reject(queue_.receive(kNoWait).value().value(), reason));
    return queue_.list(100)->back().id;
  }

  Result<std::string> replay(const std::string& id) {
    return replay_dead_letter({*catalog_, queue_, clock_}, id);
  }
  VideoStatus status(const std::string& name) {
    return catalog_->find_video(VideoId{name})->status;
  }

  TemporaryDatabase file_;
  FakeClock clock_;
  std::unique_ptr<SqlCatalog> catalog_ = SqlCatalog::open(file_.url()).value();
  User owner_ = catalog_->create_user("user@example.com", "hash", clock_.now()).value();
  SqlJobQueue queue_{catalog_->database(), clock_};
};

TEST_F(QueueCommands, ListsDeadLettersAsATable) {
  EXPECT_EQ(list_dead_letters(queue_, false).value(), "There are no dead letters.\n");
  const auto first = bury(queued_video("video-1"), "delivered too often");
  const auto second = bury("\x1b[31mnonsense", "not a\ntask message\x1b[0m");
  EXPECT_EQ(list_dead_letters(queue_, false).value(),
            "ID  KIND     VIDEO    DELIVERIES  PUBLISHED                 REASON\n" + first +
                "   prepare  video-1  1           2023-11-14T22:13:20.000Z  delivered too often\n" +
                second +
                "   ?        ?        1           2023-11-14T22:13:20.000Z  "
                "not a?task message?[0m\n");
}

TEST_F(QueueCommands, ListsDeadLettersAsJson) {
  EXPECT_EQ(list_dead_letters(queue_, true).value(), "");
  const auto body = queued_video("video-1");
  const auto id = bury(body);
  bury("\xff");
  const auto lines = list_dead_letters(queue_, true).value();
  const auto end = lines.find('\n');
  const auto letter = nlohmann::json::parse(lines.substr(0, end));
  EXPECT_EQ(letter["id"], id);
  EXPECT_EQ(letter["kind"], "prepare");
  EXPECT_EQ(letter["video_id"], "video-1");
  EXPECT_EQ(letter["deliveries"], 1);
  EXPECT_EQ(letter["reason"], "bad");
  EXPECT_EQ(letter["published_at"], "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(letter["body"], body);
  EXPECT_TRUE(nlohmann::json::parse(lines.substr(end + 1))["kind"].is_null());
}

TEST_F(QueueCommands, ReplayRetriesAVideoThatFailed) {
  const auto body = queued_video("video-1");
  const auto id = bury(body);
  const auto task = task_message_from_json(body)->task_id;
  ASSERT_TRUE(catalog_->fail_undeliverable(task, clock_.now(), clock_.now()));
  ASSERT_EQ(status("video-1"), VideoStatus::failed);

  EXPECT_THAT(replay(id).value(), HasSubstr("video-1 is on the queue again"));
  EXPECT_EQ(status("video-1"), VideoStatus::queued);
  EXPECT_EQ(catalog_->unpublished(10)->size(), 1u);
  EXPECT_TRUE(queue_.list(10)->empty());
  EXPECT_EQ(replay(id).error().code, "dead_letter_not_found");
}

TEST_F(QueueCommands, ReplayRingsAgainForAVideoThatHasNotFailed) {
  const auto body = queued_video("video-1");
  EXPECT_THAT(replay(bury(body)).value(), HasSubstr("has not failed"));
  EXPECT_EQ(queue_.receive(kNoWait).value()->body, body);
  EXPECT_TRUE(queue_.list(10)->empty());
}

TEST_F(QueueCommands, ReplayDropsTheLetterOfAVideoThatIsGone) {
  const auto id = bury(queued_video("video-1"));
  ASSERT_TRUE(catalog_->remove_video(VideoId{"video-1"}, clock_.now()));
  EXPECT_THAT(replay(id).value(), HasSubstr("does not exist any more"));
  EXPECT_TRUE(queue_.list(10)->empty());
  EXPECT_FALSE(queue_.receive(kNoWait).value());
}

TEST_F(QueueCommands, ReplayPublishesAgainWhatAnotherVersionWrote) {
  const std::string body = R"({"version":2})";
  EXPECT_TRUE(replay(bury(body)));
  EXPECT_EQ(queue_.receive(kNoWait).value()->body, body);
}

TEST_F(QueueCommands, ReplayLeavesWhatNobodyCanRead) {
  const auto refused = replay(bury("nonsense"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "dead_letter_unreadable");
  EXPECT_EQ(queue_.list(10)->size(), 1u);
}

}  // namespace
}  // namespace sluice
