// Failures, retries, deadlines and removal.
#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

TEST_P(CatalogContract, APermanentErrorFailsTheVideoAtOnce) {
  const auto id = add_prepared("v1");
  const auto other = add_prepared("v2");
  const auto work = outbox(id);
  finish(work[0]);
  const auto bad = claim(work[1]);
  const auto good = claim(work[2]);
  EXPECT_FALSE(tasks().fail_task(bad, permanent_error(), now()).value());

  EXPECT_EQ(video(id).status, VideoStatus::failed);
  EXPECT_EQ(failure(id), "corrupt_source");
  EXPECT_EQ(video(id).error.value().message, "The file is damaged.");
  EXPECT_TRUE(outbox(id).empty());
  for (const auto& each : work) EXPECT_FALSE(can_claim(each));
  EXPECT_EQ(code_of(tasks().finish_task(good, now())), "lease_lost");
  EXPECT_EQ(video(other).status, VideoStatus::processing);
  EXPECT_EQ(outbox(other).size(), 4u);
}

TEST_P(CatalogContract, ATransientErrorPutsTheTaskBackUntilTheLimit) {
  const auto id = add_prepared("v1");
  const auto chunk = task(id, 0);
  for (int failure = 1; failure < kMaxDeliveries; ++failure) {
    const auto held = claim(chunk);
    EXPECT_EQ(held.task.failures, failure - 1);
    EXPECT_TRUE(tasks().fail_task(held, transient_error(), now()).value());
    EXPECT_EQ(video(id).status, VideoStatus::processing);
  }
  EXPECT_FALSE(tasks().fail_task(claim(chunk), transient_error(), now()).value());
  EXPECT_EQ(video(id).status, VideoStatus::failed);
  EXPECT_EQ(failure(id), "processing_failed");
  EXPECT_NE(video(id).error.value().message, "The storage does not answer.")
      << "not the owner's business";
  EXPECT_FALSE(can_claim(chunk));
}

TEST_P(CatalogContract, WhoeverFailedTransientlyStillHasTheMessage) {
  const auto id = add_prepared("v1");
  const auto chunk = task(id, 0);
  const auto held = claim(chunk);
  tasks().fail_task(held, transient_error(), now()).value();
  EXPECT_EQ(outbox(id).size(), 3u) << "a second message would undo the back-off";
  EXPECT_GT(claim(chunk).fence, held.fence);
}

TEST_P(CatalogContract, GivingBackCountsAsNothing) {
  const auto id = add_prepared("v1");
  const auto chunk = task(id, 0);
  for (int i = 0; i < kMaxDeliveries + kMaxLosses + 1; ++i) {
    ASSERT_TRUE(tasks().give_back(claim(chunk), now()));
  }
  EXPECT_EQ(claim(chunk).task.failures, 0);
  EXPECT_EQ(video(id).status, VideoStatus::processing);
}

TEST_P(CatalogContract, ARetryGoesOnWithWhatIsNotDone) {
  const auto id = add_prepared("v1");
  const auto work = outbox(id);
  const auto chunk = claim(work[0]);
  must(tasks().record_segments(chunk, {segment("240p", 0), segment("audio-0", 0)}, now()));
  must(tasks().finish_task(chunk, now()));
  must(tasks().mark_published(work));
  for (int i = 0; i < kMaxDeliveries; ++i) {
    tasks().fail_task(claim(work[1]), transient_error(), now()).value();
  }
  ASSERT_EQ(video(id).status, VideoStatus::failed);
  EXPECT_TRUE(video(id).playable) << "what is stored stays";

  const auto queued = tasks().retry_video(id, now()).value();
  EXPECT_EQ(queued.status, VideoStatus::queued);
  EXPECT_FALSE(queued.error);
  EXPECT_EQ(queued.work_done, 2) << "segments stay";
  EXPECT_EQ(outbox(id), (std::vector{work[1], work[2], work[3]})) << "all to be published again";
  pass(std::chrono::seconds{3});
  const auto again = claim(work[1]);
  EXPECT_EQ(again.task.failures, 0);
  EXPECT_EQ(video(id).status, VideoStatus::processing);
  EXPECT_EQ(video(id).started_at, now());
  must(tasks().finish_task(again, now()));
  finish(work[2]);
  finish(work[3]);
  finish(task(id, 0));
  EXPECT_EQ(video(id).status, VideoStatus::complete);
}

TEST_P(CatalogContract, ARetryWithoutAPlanStartsWithPrepare) {
  const auto id = add_queued("v1");
  const auto prepare = task(id, 0);
  tasks().fail_task(claim(prepare), permanent_error(), now()).value();
  ASSERT_EQ(video(id).status, VideoStatus::failed);
  tasks().retry_video(id, now()).value();
  ASSERT_EQ(outbox(id).size(), 1u);
  EXPECT_EQ(tasks().unpublished(1).value()[0].message.kind, TaskKind::prepare);
  must(tasks().finish_prepare(claim(task(id, 0)), prepared(), now()));
  EXPECT_EQ(outbox(id).size(), 4u);
}

TEST_P(CatalogContract, ARetryOfAFailedFinishOnlyFinishes) {
  const auto id = add_prepared("v1");
  for (const auto& each : outbox(id)) finish(each);
  tasks().fail_task(claim(task(id, 0)), permanent_error(), now()).value();
  tasks().retry_video(id, now()).value();
  ASSERT_EQ(outbox(id).size(), 1u);
  finish(task(id, 0));
  EXPECT_EQ(video(id).status, VideoStatus::complete);
}

TEST_P(CatalogContract, ARetryOfWhatCameOutWrongMakesItAnew) {
  const auto id = add_prepared("v1");
  const auto first = outbox(id);
  const auto chunk = claim(first[0]);
  must(tasks().record_segments(chunk, {segment("240p", 0), segment("audio-0", 0)}, now()));
  must(tasks().finish_task(chunk, now()));
  for (std::size_t i = 1; i < first.size(); ++i) finish(first[i]);
  TextTrack of_source, added;
  of_source.name = "text-0";
  of_source.from_source = true;
  added.name = "text-added";
  for (const auto& track : {of_source, added}) must(text().add_text_track(id, track, now()));
  const Error wrong{ErrorKind::invalid, kOutputInvalid, "It did not pass the last check."};
  tasks().fail_task(claim(task(id, 0)), wrong, now()).value();
  ASSERT_EQ(failure(id), kOutputInvalid);
  EXPECT_TRUE(video(id).playable);

  const auto queued = tasks().retry_video(id, now()).value();
  EXPECT_EQ(queued.status, VideoStatus::queued);
  EXPECT_EQ(queued.work_done, 0);
  EXPECT_FALSE(queued.playable);
  EXPECT_TRUE(videos().stored_segments(id, "").value().empty());
  EXPECT_FALSE(videos().find_plan(id).value());
  const auto tracks = text().text_tracks(id).value();
  ASSERT_EQ(tracks.size(), 1u) << "what was added was not made of the source";
  EXPECT_EQ(tracks[0].name, "text-added");
  ASSERT_EQ(outbox(id).size(), 1u);
  EXPECT_EQ(tasks().unpublished(1).value()[0].message.kind, TaskKind::prepare);
  EXPECT_FALSE(tasks().claim(first[0], "late", now(), std::chrono::seconds{30}).value().claim)
      << "an old message finds nothing";

  must(tasks().finish_prepare(claim(task(id, 0)), prepared(), now()));
  for (const auto& each : outbox(id)) finish(each);
  finish(task(id, 0));
  EXPECT_EQ(video(id).status, VideoStatus::complete);
}

TEST_P(CatalogContract, OnlyAFailedVideoIsRetried) {
  for (const auto& id : {add_pending("pending"), add_queued("queued"), add_prepared("processing"),
                         add_complete("complete")}) {
    SCOPED_TRACE(id.str());
    const auto before = video(id);
    const auto waiting = outbox(id);
    const auto retried = tasks().retry_video(id, now());
    ASSERT_FALSE(retried);
    EXPECT_EQ(retried.error().kind, ErrorKind::conflict);
    EXPECT_EQ(retried.error().code, "not_failed");
    EXPECT_EQ(video(id).updated_at, before.updated_at);
    EXPECT_EQ(outbox(id), waiting);
  }
}

TEST_P(CatalogContract, AnUploadPastItsDeadlineFailsForGood) {
  const auto id = add_pending("v1");
  const auto queued = add_queued("v2");
  pass(kUploadTime - std::chrono::milliseconds{1});
  EXPECT_EQ(tasks().sweep(now()).value(), 0);
  EXPECT_EQ(video(id).status, VideoStatus::pending);
  pass(std::chrono::milliseconds{1});
  EXPECT_EQ(tasks().sweep(now()).value(), 1);
  EXPECT_EQ(video(id).status, VideoStatus::failed);
  EXPECT_EQ(failure(id), "upload_expired");
  EXPECT_EQ(video(queued).status, VideoStatus::queued);
  EXPECT_EQ(tasks().sweep(now()).value(), 0) << "once";

  EXPECT_EQ(code_of(tasks().retry_video(id, now())), "upload_expired");
  EXPECT_EQ(code_of(tasks().complete_upload(id, 1000, now())), "upload_expired");
  EXPECT_EQ(video(id).status, VideoStatus::failed) << "a refused retry changes nothing";
}

TEST_P(CatalogContract, RemembersWhatAnExpiredUploadMayHaveLeft) {
  const auto id = add_pending("v1");
  add_failed("v2");
  pass(kUploadTime);
  const auto later = now() + std::chrono::milliseconds{1};
  EXPECT_TRUE(tasks().expired_uploads(later).value().empty()) << "not failed yet";
  tasks().sweep(now()).value();
  EXPECT_TRUE(tasks().expired_uploads(now()).value().empty()) << "not before this moment";
  const auto expired = tasks().expired_uploads(later).value();
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0].video_id, id);
  EXPECT_EQ(expired[0].upload_id, "upload-of-v1");
  EXPECT_TRUE(tasks().forget_upload(id));
  EXPECT_TRUE(tasks().forget_upload(id)) << "again";
  EXPECT_TRUE(tasks().expired_uploads(later).value().empty());
  EXPECT_EQ(failure(id), "upload_expired") << "the video stays";
}

TEST_P(CatalogContract, SweepReturnsTasksWhoseLeaseRanOut) {
  const auto id = add_prepared("v1");
  const auto work = outbox(id);
  must(tasks().mark_published(work));
  const auto lost = claim(work[0]);
  pass(kLease / 2);
  claim(work[1]);
  pass(kLease / 2 - std::chrono::milliseconds{1});
  EXPECT_EQ(tasks().sweep(now()).value(), 0);
  pass(std::chrono::milliseconds{1});
  EXPECT_EQ(tasks().sweep(now()).value(), 1);
  EXPECT_EQ(outbox(id), std::vector{work[0]}) << "to be published again";
  EXPECT_EQ(code_of(tasks().finish_task(lost, now())), "lease_lost");
  EXPECT_EQ(claim(work[0]).task.failures, 0) << "a lost worker is no failure of the task";
}

TEST_P(CatalogContract, AnExtendedLeaseIsNotSwept) {
  const auto id = add_prepared("v1");
  const auto held = claim(task(id, 0));
  pass(kLease - std::chrono::milliseconds{1});
  const auto extended = tasks().extend_lease(held, now(), kLease).value();
  EXPECT_EQ(extended.lease_until, now() + kLease);
  EXPECT_EQ(extended.fence, held.fence);
  pass(kLease - std::chrono::milliseconds{1});
  EXPECT_EQ(tasks().sweep(now()).value(), 0);
  EXPECT_TRUE(tasks().finish_task(held, now()));
}

TEST_P(CatalogContract, ALateHolderMayGoOnWhileNobodyElseHasTheTask) {
  const auto id = add_prepared("v1");
  const auto held = claim(task(id, 0));
  pass(10 * kLease);
  EXPECT_TRUE(tasks().record_segments(held, {segment("240p", 0)}, now()));
  EXPECT_TRUE(tasks().extend_lease(held, now(), kLease));
  EXPECT_EQ(tasks().sweep(now()).value(), 0);
}

TEST_P(CatalogContract, ATaskThatLosesTooManyWorkersFailsItsVideo) {
  const auto by_sweep = add_prepared("swept");
  const auto by_claim = add_prepared("taken-over");
  const auto by_restart = add_prepared("released");
  const auto swept = task(by_sweep, 0), taken = task(by_claim, 0), released = task(by_restart, 0);
  for (int loss = 1; loss <= kMaxLosses; ++loss) {
    claim(released);
    ASSERT_EQ(tasks().release_all_leases(now()).value(), 1);
    claim(swept);
    pass(kLease);
    ASSERT_EQ(tasks().sweep(now()).value(), 1);
  }
  for (int taking = 0; taking <= kMaxLosses; ++taking) {
    claim(taken);
    pass(kLease);
  }
  for (const auto& id : {by_sweep, by_claim, by_restart}) {
    EXPECT_EQ(video(id).status, VideoStatus::processing) << id.str();
  }
  EXPECT_FALSE(can_claim(taken));
  claim(released);
  tasks().release_all_leases(now()).value();
  claim(swept);
  pass(kLease);
  tasks().sweep(now()).value();
  for (const auto& id : {by_sweep, by_claim, by_restart}) {
    EXPECT_EQ(video(id).status, VideoStatus::failed) << id.str();
    EXPECT_EQ(failure(id), "processing_failed") << id.str();
    EXPECT_TRUE(outbox(id).empty());
  }
}

TEST_P(CatalogContract, ReleasesEveryLeaseAtStartUp) {
  const auto id = add_prepared("v1");
  const auto work = outbox(id);
  must(tasks().mark_published(work));
  const auto first = claim(work[0]);
  claim(work[2]);
  EXPECT_EQ(tasks().release_all_leases(now()).value(), 2);
  EXPECT_EQ(outbox(id), (std::vector{work[0], work[2]}));
  EXPECT_EQ(code_of(tasks().extend_lease(first, now(), kLease)), "lease_lost");
  EXPECT_EQ(tasks().release_all_leases(now()).value(), 0);
}

TEST_P(CatalogContract, PublishesAgainWhatHasWaitedTooLong) {
  const auto id = add_queued("v1");
  const auto prepare = task(id, 0);
  must(tasks().mark_published({prepare}));
  pass(kRepublishAfter - std::chrono::milliseconds{1});
  tasks().sweep(now()).value();
  EXPECT_TRUE(outbox(id).empty());
  pass(std::chrono::milliseconds{1});
  tasks().sweep(now()).value();
  EXPECT_EQ(outbox(id), std::vector{prepare});
  must(tasks().mark_published({prepare}));
  tasks().sweep(now()).value();
  EXPECT_TRUE(outbox(id).empty()) << "not every time from then on";
}

TEST_P(CatalogContract, ADeadLetterFailsAVideoOnlyIfItsTaskStillWaits) {
  const auto id = add_prepared("v1");
  const auto work = outbox(id);
  must(tasks().mark_published(work));
  finish(work[0]);
  const auto running = claim(work[1]);
  EXPECT_TRUE(tasks().fail_undeliverable(work[0], now(), now())) << "done";
  EXPECT_TRUE(tasks().fail_undeliverable(work[1], now(), now())) << "running";
  EXPECT_TRUE(tasks().fail_undeliverable(TaskId("gone"), now(), now()));
  tasks().release_all_leases(now()).value();
  EXPECT_TRUE(tasks().fail_undeliverable(work[1], now(), now())) << "gets a new message";
  EXPECT_EQ(video(id).status, VideoStatus::processing);

  EXPECT_TRUE(tasks().fail_undeliverable(work[2], now(), now())) << "waiting";
  EXPECT_EQ(video(id).status, VideoStatus::failed);
  EXPECT_EQ(failure(id), "processing_failed");
  EXPECT_TRUE(tasks().fail_undeliverable(work[2], now(), now())) << "again";
  tasks().retry_video(id, now()).value();
  EXPECT_EQ(outbox(id).size(), 3u);
}

TEST_P(CatalogContract, ADeadLetterFromBeforeARetryChangesNothing) {
  const auto id = add_queued("v1");
  const auto prepare = task(id, 0);
  must(tasks().mark_published({prepare}));
  const auto published_at = now();
  pass(std::chrono::seconds{1});
  must(tasks().fail_undeliverable(prepare, published_at, now()));
  ASSERT_EQ(video(id).status, VideoStatus::failed);

  pass(std::chrono::seconds{1});
  tasks().retry_video(id, now()).value();
  must(tasks().mark_published({prepare}));
  must(tasks().fail_undeliverable(prepare, published_at, now()));
  EXPECT_EQ(video(id).status, VideoStatus::queued);
  must(tasks().fail_undeliverable(prepare, now(), now()));
  EXPECT_EQ(video(id).status, VideoStatus::failed) << "the message of after the retry";
}

TEST_P(CatalogContract, RemovingAVideoStopsItsRunningTasks) {
  const auto id = add_prepared("v1");
  const auto held = claim(task(id, 0));
  must(videos().remove_video(id, now()));
  EXPECT_EQ(code_of(tasks().record_segments(held, {segment("240p", 0)}, now())), "lease_lost");
  EXPECT_EQ(code_of(tasks().extend_lease(held, now(), kLease)), "lease_lost");
  EXPECT_EQ(code_of(tasks().finish_task(held, now())), "lease_lost");
  EXPECT_FALSE(can_claim(held.task.id));
  pass(kLease);
  EXPECT_EQ(tasks().sweep(now()).value(), 0);
}

}  // namespace
}  // namespace sluice
