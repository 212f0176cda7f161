#include "queue/job_queue_contract.h"

#include <barrier>
#include <future>
#include <set>
#include <thread>

namespace sluice {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JobQueueContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JobQueueVisibilityContract);

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kNoWait{0};
constexpr milliseconds kLongWait = std::chrono::minutes{2};
// A message that is there; a broker may need a moment to bring it.
constexpr milliseconds kSomeWait{2000};

}  // namespace

JobQueueContract::JobQueueContract() : under_test_(GetParam().make()) {}

void JobQueueContract::publish(const std::string& body, Lane lane) {
  ASSERT_TRUE(queue().publish(lane, body));
}

Delivery JobQueueContract::take() { return queue().receive(kSomeWait).value().value(); }

std::vector<DeadLetter> JobQueueContract::dead(std::size_t count) {
  const auto give_up = std::chrono::steady_clock::now() + seconds{10};
  while (true) {
    auto letters = queue().dead_letters().list(100).value();
    if (letters.size() >= count || std::chrono::steady_clock::now() > give_up) return letters;
  }
}

bool JobQueueContract::is_empty() { return !queue().receive(kNoWait).value().has_value(); }

namespace {

TEST_P(JobQueueContract, DeliversInOrderWhatWasPublished) {
  EXPECT_TRUE(is_empty());
  for (const auto* body : {"one", "two", "three"}) publish(body);
  for (const auto* body : {"one", "two", "three"}) {
    const auto delivery = take();
    EXPECT_EQ(delivery.body, body);
    EXPECT_EQ(delivery.deliveries, 1);
  }
  EXPECT_TRUE(is_empty());
}

TEST_P(JobQueueContract, KeepsABodyAsItIs) {
  const std::string body = R"({"text":"' \" \\ ; -- :id ? $1 % é 🎬"})" + std::string(100000, 'x');
  publish(body);
  EXPECT_EQ(take().body, body);
}

TEST_P(JobQueueContract, ServesTheFirstLaneBeforeTheRest) {
  publish("rest-1", Lane::rest);
  publish("first-1", Lane::first);
  publish("rest-2", Lane::rest);
  publish("first-2", Lane::first);
  for (const auto* body : {"first-1", "first-2", "rest-1"}) EXPECT_EQ(take().body, body);
  publish("first-3", Lane::first);
  EXPECT_EQ(take().body, "first-3");
  EXPECT_EQ(take().body, "rest-2");
}

TEST_P(JobQueueContract, AnAcknowledgedMessageNeverComesBack) {
  publish("one");
  const auto delivery = take();
  EXPECT_TRUE(queue().acknowledge(delivery));
  EXPECT_TRUE(queue().acknowledge(delivery)) << "again";
  under_test().lose_holders();
  EXPECT_TRUE(is_empty());
  EXPECT_TRUE(queue().give_back(delivery, kNoWait, false)) << "too late";
  EXPECT_TRUE(queue().extend(delivery)) << "too late";
  EXPECT_TRUE(is_empty());
}

TEST_P(JobQueueContract, AMessageGivenBackComesAgainAfterItsDelay) {
  publish("one");
  ASSERT_TRUE(queue().give_back(take(), seconds{1}, false));
  EXPECT_TRUE(is_empty());
  pass(seconds{1});
  const auto again = take();
  EXPECT_EQ(again.body, "one");
  EXPECT_EQ(again.deliveries, 2);
  ASSERT_TRUE(queue().give_back(again, kNoWait, false));
  EXPECT_EQ(take().deliveries, 3);
}

TEST_P(JobQueueContract, ADelayedMessageHoldsUpNobody) {
  publish("one");
  publish("two");
  ASSERT_TRUE(queue().give_back(take(), seconds{1}, false));
  EXPECT_EQ(take().body, "two");
  pass(seconds{1});
  EXPECT_EQ(take().body, "one");
}

TEST_P(JobQueueContract, AMessageWhoseHolderVanishedComesBack) {
  publish("one");
  const auto lost = take();
  EXPECT_TRUE(is_empty());
  under_test().lose_holders();
  const auto again = take();
  EXPECT_EQ(again.body, "one");
  EXPECT_EQ(again.deliveries, 2);
  EXPECT_TRUE(queue().acknowledge(lost)) << "late, and harmless";
  EXPECT_TRUE(queue().give_back(lost, kNoWait, false)) << "late, and harmless";
  EXPECT_TRUE(queue().reject(lost, "late")) << "and harmless";
  EXPECT_TRUE(is_empty());
  EXPECT_TRUE(queue().acknowledge(again));
  under_test().lose_holders();
  EXPECT_TRUE(is_empty());
  EXPECT_EQ(queue().depth()->dead, 0);
}

TEST_P(JobQueueContract, AMessageGivenBackTooOftenGoesToTheDeadLetters) {
  publish("bad");
  for (int i = 1; i <= kMaxDeliveries; ++i) {
    const auto delivery = take();
    ASSERT_EQ(delivery.body, "bad");
    EXPECT_EQ(delivery.deliveries, i);
    EXPECT_TRUE(dead(0).empty());
    ASSERT_TRUE(queue().give_back(delivery, kNoWait, false));
  }
  publish("good");
  EXPECT_EQ(take().body, "good");
  EXPECT_TRUE(is_empty());
  const auto letters = dead(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].body, "bad");
  EXPECT_EQ(letters[0].deliveries, kMaxDeliveries);
  EXPECT_EQ(letters[0].reason, kDeliveredTooOften);
}

TEST_P(JobQueueContract, AMessageLostTooOftenGoesToTheDeadLetters) {
  publish("bad", Lane::rest);
  for (int i = 1; i <= kMaxDeliveries; ++i) {
    EXPECT_EQ(take().deliveries, i);
    EXPECT_TRUE(dead(0).empty()) << "still in somebody's hands";
    under_test().lose_holders();
  }
  EXPECT_TRUE(is_empty());
  const auto letters = dead(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].body, "bad");
  EXPECT_EQ(letters[0].deliveries, kMaxDeliveries);
  EXPECT_EQ(letters[0].reason, kDeliveredTooOften);
}

TEST_P(JobQueueContract, TheLastDeliveryCanStillSucceed) {
  publish("one");
  for (int i = 1; i < kMaxDeliveries; ++i) {
    ASSERT_TRUE(queue().give_back(take(), kNoWait, false));
  }
  ASSERT_TRUE(queue().acknowledge(take()));
  under_test().lose_holders();
  EXPECT_TRUE(is_empty());
  EXPECT_TRUE(dead(0).empty());
}

TEST_P(JobQueueContract, ARejectedMessageGoesStraightToTheDeadLetters) {
  const auto before = under_test().now();
  publish("bad");
  publish("good");
  const auto after = under_test().now();
  const auto delivery = take();
  ASSERT_TRUE(queue().reject(delivery, "not JSON"));
  EXPECT_TRUE(queue().reject(delivery, "not JSON")) << "again";
  EXPECT_TRUE(queue().give_back(delivery, kNoWait, false)) << "too late";
  EXPECT_EQ(take().body, "good");
  EXPECT_TRUE(is_empty());
  const auto letters = dead(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].body, "bad");
  EXPECT_EQ(letters[0].deliveries, 1);
  EXPECT_EQ(letters[0].reason, "not JSON");
  EXPECT_GE(letters[0].published_at, before);
  EXPECT_LE(letters[0].published_at, after);
}

TEST_P(JobQueueContract, ADeadLetterStaysUntilItIsRemoved) {
  for (const auto* body : {"a", "b", "c"}) publish(body);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue().reject(take(), "bad"));
  const auto letters = dead(3);
  ASSERT_EQ(letters.size(), 3u);
  EXPECT_EQ(letters[0].body + letters[1].body + letters[2].body, "abc") << "oldest first";
  const auto oldest = queue().dead_letters().list(2).value();
  ASSERT_EQ(oldest.size(), 2u);
  EXPECT_EQ(oldest[0].id, letters[0].id);
  EXPECT_EQ(oldest[1].id, letters[1].id);

  auto other = under_test().other_process();
  ASSERT_TRUE(other->queue().dead_letters().remove(letters[1].id));
  for (const auto* id : {letters[1].id.c_str(), "0", "", "no such id"}) {
    const auto removed = queue().dead_letters().remove(id);
    ASSERT_FALSE(removed) << id;
    EXPECT_EQ(removed.error().kind, ErrorKind::not_found);
    EXPECT_EQ(removed.error().code, "dead_letter_not_found");
  }
  const auto left = dead(2);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(left[0].id, letters[0].id);
  EXPECT_EQ(left[1].id, letters[2].id);
  EXPECT_EQ(queue().depth()->dead, 2);
}

TEST_P(JobQueueContract, OnlyADeadMessageIsADeadLetter) {
  publish("waiting");
  publish("held");
  ASSERT_TRUE(queue().reject(take(), "bad"));
  const auto held = take();
  const auto letters = dead(1);
  ASSERT_EQ(letters.size(), 1u);
  ASSERT_TRUE(queue().dead_letters().remove(letters[0].id));
  EXPECT_TRUE(dead(0).empty());
  publish(letters[0].body);
  EXPECT_FALSE(queue().dead_letters().remove(letters[0].id)) << "it lives again";
  EXPECT_EQ(take().body, "waiting");
  EXPECT_TRUE(queue().acknowledge(held));
}

TEST_P(JobQueueContract, PublishesManyAtOnceInOrder) {
  std::vector<OutgoingMessage> messages;
  for (int i = 0; i < 25; ++i) messages.push_back({Lane::rest, std::to_string(i)});
  messages.push_back({Lane::first, "first"});
  ASSERT_TRUE(queue().publish(messages));
  EXPECT_EQ(take().body, "first");
  for (int i = 0; i < 25; ++i) EXPECT_EQ(take().body, std::to_string(i));
  EXPECT_TRUE(is_empty());
  EXPECT_TRUE(queue().publish({})) << "none";
}

TEST_P(JobQueueContract, WhatWasGivenBackUndeliveredDoesNotCount) {
  publish("one");
  for (int i = 0; i < 2 * kMaxDeliveries; ++i) {
    const auto delivery = take();
    EXPECT_EQ(delivery.deliveries, 1);
    ASSERT_TRUE(queue().give_back(delivery, kNoWait, true));
  }
  EXPECT_TRUE(dead(0).empty());
  EXPECT_EQ(take().body, "one");
}

TEST_P(JobQueueContract, CountsWhatWaitsByLaneWhatIsHeldAndWhatIsDead) {
  publish("dead");
  for (int i = 0; i < kMaxDeliveries; ++i) ASSERT_TRUE(queue().give_back(take(), kNoWait, false));
  for (const auto* body : {"a", "b", "c"}) publish(body, Lane::first);
  publish("d", Lane::rest);
  take();
  ASSERT_TRUE(queue().give_back(take(), seconds{1}, false));
  ASSERT_EQ(dead(1).size(), 1u);
  const auto depth = queue().depth().value();
  EXPECT_EQ(depth.first_waiting, 2) << "one of them delayed";
  EXPECT_EQ(depth.rest_waiting, 1);
  EXPECT_EQ(depth.in_flight, 1);
  EXPECT_EQ(depth.dead, 1);
}

TEST_P(JobQueueContract, AWaitingReceiverHearsAtOnceOfAMessage) {
  auto received = std::async(std::launch::async, [&] { return queue().receive(kLongWait); });
  publish("one");
  ASSERT_EQ(received.wait_for(kLongWait / 4), std::future_status::ready);
  EXPECT_EQ(received.get().value()->body, "one");
}

TEST_P(JobQueueContract, AWaitingReceiverHearsOfAMessageFromAnotherProcess) {
  auto received = std::async(std::launch::async, [&] { return queue().receive(kLongWait); });
  auto other = under_test().other_process();
  ASSERT_TRUE(other->queue().publish(Lane::first, "one"));
  ASSERT_EQ(received.wait_for(kLongWait / 4), std::future_status::ready);
  const auto delivery = received.get().value().value();
  EXPECT_EQ(delivery.body, "one");
  EXPECT_FALSE(other->queue().receive(kNoWait).value()) << "it is in our hands";
}

TEST_P(JobQueueContract, MessagesOutliveTheProcess) {
  {
    auto other = under_test().other_process();
    ASSERT_TRUE(other->queue().publish(Lane::rest, "one"));
  }
  EXPECT_EQ(take().body, "one");
}

TEST_P(JobQueueContract, InterruptWakesReceiversNowAndFromThenOn) {
  auto first = std::async(std::launch::async, [&] { return queue().receive(kLongWait); });
  auto second = std::async(std::launch::async, [&] { return queue().receive(kLongWait); });
  queue().interrupt();
  for (auto* waiting : {&first, &second}) {
    ASSERT_EQ(waiting->wait_for(kLongWait / 4), std::future_status::ready);
    EXPECT_FALSE(waiting->get().value());
  }
  publish("one");
  EXPECT_FALSE(queue().receive(kLongWait).value());
  // What a request that was under way still brought is on its way back.
  const auto give_up = std::chrono::steady_clock::now() + seconds{10};
  while (queue().depth()->first_waiting == 0 && std::chrono::steady_clock::now() < give_up) {
  }
  EXPECT_EQ(queue().depth().value().first_waiting, 1) << "for the next process";
}

TEST_P(JobQueueContract, ReceiversSideBySideGetDifferentMessages) {
  constexpr int kMessages = 60;
  constexpr int kReceivers = 4;
  for (int i = 0; i < kMessages; ++i) publish(std::to_string(i), i % 2 ? Lane::first : Lane::rest);
  std::vector<std::vector<std::string>> received(kReceivers);
  {
    std::barrier start(kReceivers);
    std::vector<std::jthread> threads;
    for (auto& mine : received) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        while (const auto delivery = queue().receive(kNoWait).value()) {
          mine.push_back(delivery->body);
          EXPECT_TRUE(queue().acknowledge(*delivery));
        }
      });
    }
  }
  std::set<std::string> different;
  std::size_t count = 0;
  for (const auto& mine : received) {
    count += mine.size();
    different.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(count, static_cast<std::size_t>(kMessages));
  EXPECT_EQ(different.size(), static_cast<std::size_t>(kMessages));
}

TEST_P(JobQueueVisibilityContract, AMessageInSomebodysHandsComesBackAfterTheTimeOut) {
  publish("one");
  const auto lost = take();
  pass(kVisibility - seconds{1});
  EXPECT_TRUE(is_empty());
  pass(seconds{1});
  const auto again = take();
  EXPECT_EQ(again.body, "one");
  EXPECT_EQ(again.deliveries, 2);
  EXPECT_TRUE(queue().acknowledge(lost)) << "late, and harmless";
  EXPECT_TRUE(queue().acknowledge(again));
  pass(2 * kVisibility);
  EXPECT_TRUE(is_empty());
}

TEST_P(JobQueueVisibilityContract, ExtendingKeepsAMessageInItsHoldersHands) {
  publish("one");
  const auto held = take();
  for (int i = 0; i < 3; ++i) {
    pass(kVisibility - seconds{1});
    ASSERT_TRUE(queue().extend(held));
    EXPECT_TRUE(is_empty());
  }
  pass(kVisibility);
  EXPECT_EQ(take().deliveries, 2) << "an extension is no delivery";
}

}  // namespace
}  // namespace sluice
