#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

using std::chrono::seconds;

std::vector<TaskId> ids_of(const std::vector<OutboxEntry>& entries) {
  std::vector<TaskId> ids;
  for (const auto& entry : entries) ids.push_back(entry.message.task_id);
  return ids;
}

TEST_P(CatalogContract, EachEntryOfTheOutboxIsClaimedByOne) {
  const auto id = add_prepared("v1");
  const auto all = outbox(id);
  const auto mine = ids_of(tasks().claim_unpublished(3, now()).value());
  const auto theirs = ids_of(tasks().claim_unpublished(3, now()).value());
  EXPECT_EQ(mine, std::vector(all.begin(), all.begin() + 3)) << "oldest first";
  EXPECT_EQ(theirs, std::vector(all.begin() + 3, all.end()));
  EXPECT_TRUE(tasks().claim_unpublished(3, now())->empty());
  EXPECT_EQ(outbox(id), all) << "claimed is not published";

  must(tasks().mark_published(mine));
  pass(kOutboxLease);
  EXPECT_EQ(ids_of(tasks().claim_unpublished(10, now()).value()), theirs) << "they died";
}

TEST_P(CatalogContract, AnEntryGivenBackCanBeClaimedAtOnce) {
  add_queued("v1");
  const auto claimed = ids_of(tasks().claim_unpublished(10, now()).value());
  must(tasks().give_back_unpublished(claimed));
  EXPECT_EQ(ids_of(tasks().claim_unpublished(10, now()).value()), claimed);
  must(tasks().mark_published(claimed));
  must(tasks().give_back_unpublished(claimed));
  EXPECT_TRUE(tasks().claim_unpublished(10, now())->empty()) << "published is published";
}

TEST_P(CatalogContract, ALostTaskIsPublishedAtOnceWhoeverPublishedItBefore) {
  const auto id = add_queued("v1");
  const auto claimed = ids_of(tasks().claim_unpublished(10, now()).value());
  claim(claimed[0]);
  pass(kLease);
  EXPECT_EQ(tasks().sweep(now()).value(), 1);
  EXPECT_EQ(ids_of(tasks().claim_unpublished(10, now()).value()), claimed);
}

TEST_P(CatalogContract, WhatAQueueHasForgottenIsPublishedAgain) {
  const auto id = add_prepared("v1");
  const auto work = outbox(id);
  must(tasks().mark_published(work));
  const auto published_at = now();
  claim(work[0]);
  finish(work[1]);
  pass(seconds{1});
  must(tasks().give_back(claim(work[2]), now()));

  EXPECT_EQ(tasks().republish_lost(published_at - seconds{1}, now()).value(), 0) << "too early";
  EXPECT_EQ(tasks().republish_lost(published_at, now()).value(), 1);
  EXPECT_EQ(outbox(id), std::vector{work[3]}) << "neither running, done nor waiting for less long";
  EXPECT_EQ(tasks().republish_lost(published_at, now()).value(), 0) << "once";
}

TEST_P(CatalogContract, WhatStoodInTheOutboxForLongWasNotLost) {
  add_queued("v1");
  pass(seconds{600});
  must(tasks().mark_published(ids_of(tasks().claim_unpublished(10, now()).value())));
  pass(seconds{10});
  EXPECT_EQ(tasks().republish_lost(now() - seconds{20}, now()).value(), 0) << "ten seconds ago";
  pass(kOutboxLease);
  EXPECT_EQ(tasks().republish_lost(now() - seconds{5}, now()).value(), 1);
}

TEST_P(CatalogContract, RepublishesAnyNumberOfTasks) {
  auto many = prepared();
  many.tasks.assign(1203, {TaskKind::video, Lane::rest, {"240p"}, 0, 1, 1});
  const auto id = add_queued("v1");
  must(tasks().finish_prepare(claim(task(id, 0)), many, now()));
  const auto work = outbox(id);
  must(tasks().mark_published(work));
  EXPECT_EQ(tasks().republish_lost(now(), now()).value(), 1203);
  EXPECT_EQ(outbox(id), work);
}

TEST_P(CatalogContract, CountsTheBacklogByLane) {
  const auto id = add_prepared("v1");  // first: 2.5 and 0.5, rest: 2.5 and 0.25
  claim(task(id, 0));
  const auto counts = tasks().count_tasks().value();
  EXPECT_EQ(counts.first.waiting, 1);
  EXPECT_EQ(counts.first.running, 1);
  EXPECT_DOUBLE_EQ(counts.first.work_waiting, 0.5);
  EXPECT_DOUBLE_EQ(counts.first.work_running, 2.5);
  EXPECT_EQ(counts.rest.waiting, 2);
  EXPECT_EQ(counts.rest.running, 0);
  EXPECT_DOUBLE_EQ(counts.rest.work_waiting, 2.75);
  EXPECT_DOUBLE_EQ(counts.rest.work_running, 0);
  EXPECT_EQ(counts.waiting, 3);
  EXPECT_EQ(counts.running, 1);
  EXPECT_DOUBLE_EQ(counts.work_waiting, 3.25);
}

}  // namespace
}  // namespace sluice
