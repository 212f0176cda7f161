// Who may write, when several believe that a task is theirs.
#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

TEST_P(CatalogContract, ATaskIsClaimedOnce) {
  const auto id = add_queued("v1");
  const auto prepare = task(id, 0);
  const auto held = claim(prepare, "worker-1");
  pass(kLease / 2);
  const auto second = tasks().claim(prepare, "worker-2", now(), kLease).value();
  EXPECT_FALSE(second.claim);
  EXPECT_EQ(second.busy_until, held.lease_until);
}

TEST_P(CatalogContract, ADoneTaskIsNobodysAndNeverBusy) {
  const auto id = add_complete("v1");
  const auto failed = add_failed("v2");
  (void)failed;
  const auto prepared = add_prepared("v3");
  const auto chunk = task(prepared, 0);
  finish(chunk);
  for (const auto& each : {chunk, TaskId("unknown")}) {
    const auto result = tasks().claim(each, "worker-1", now(), kLease).value();
    EXPECT_FALSE(result.claim);
    EXPECT_FALSE(result.busy_until);
  }
  EXPECT_EQ(video(id).status, VideoStatus::complete);
}

TEST_P(CatalogContract, AnExpiredLeaseCanBeTakenOver) {
  const auto id = add_queued("v1");
  const auto prepare = task(id, 0);
  const auto old = claim(prepare, "worker-1");
  pass(kLease);
  const auto taken = claim(prepare, "worker-2");
  EXPECT_GT(taken.fence, old.fence);
  EXPECT_EQ(code_of(tasks().finish_prepare(old, prepared(), now())), "lease_lost");
  EXPECT_TRUE(tasks().finish_prepare(taken, prepared(), now()));
}

// Ways in which a claim ceases to count.
struct Staleness {
  const char* name;
  std::function<void(const Claim&)> cause;
};

TEST_P(CatalogContract, AStaleHolderCanChangeNothing) {
  const std::vector<Staleness> ways = {
      {"done", [&](const Claim& held) { must(tasks().finish_task(held, now())); }},
      {"given_back", [&](const Claim& held) { must(tasks().give_back(held, now())); }},
      {"put_back",
       [&](const Claim& held) { tasks().fail_task(held, transient_error(), now()).value(); }},
      {"failed",
       [&](const Claim& held) { tasks().fail_task(held, permanent_error(), now()).value(); }},
      {"canceled",
       [&](const Claim& held) {
         const auto other = claim(task(held.task.video_id, 0));
         tasks().fail_task(other, permanent_error(), now()).value();
       }},
      {"retried",
       [&](const Claim& held) {
         tasks().fail_task(held, permanent_error(), now()).value();
         tasks().retry_video(held.task.video_id, now()).value();
       }},
      {"swept",
       [&](const Claim&) {
         pass(kLease);
         tasks().sweep(now()).value();
       }},
      {"released", [&](const Claim&) { tasks().release_all_leases(now()).value(); }},
      {"taken_over",
       [&](const Claim& held) {
         pass(kLease);
         claim(held.task.id, "worker-2");
       }},
      {"given_back_and_claimed",
       [&](const Claim& held) {
         must(tasks().give_back(held, now()));
         claim(held.task.id, "worker-1");
       }},
  };
  for (const auto& way : ways) {
    SCOPED_TRACE(way.name);
    const auto id = add_prepared(way.name);
    const auto held = claim(task(id, 0));
    way.cause(held);
    const auto before = video(id);
    const auto waiting = outbox(id);
    const auto counts = tasks().count_tasks().value();

    const std::string lost = "lease_lost";
    EXPECT_EQ(code_of(tasks().extend_lease(held, now(), kLease)), lost);
    EXPECT_EQ(code_of(tasks().record_segments(held, {segment("240p", 0)}, now())), lost);
    EXPECT_EQ(code_of(tasks().record_poster(held, {"images/poster-00000.jpg", 1}, now())), lost);
    EXPECT_EQ(code_of(tasks().record_notes(held, {{"cut_off", "Cut off."}}, now())), lost);
    EXPECT_EQ(code_of(tasks().record_loudness(held, {"audio-0", 0, {{-230, 1}}, 1}, now())), lost);
    EXPECT_EQ(code_of(tasks().finish_prepare(held, prepared(), now())), lost);
    EXPECT_EQ(code_of(tasks().finish_task(held, now())), lost);
    EXPECT_EQ(code_of(tasks().fail_task(held, transient_error(), now())), lost);
    EXPECT_EQ(code_of(tasks().fail_task(held, permanent_error(), now())), lost);
    EXPECT_EQ(code_of(tasks().give_back(held, now())), lost);
    EXPECT_EQ(tasks().give_back(held, now()).error().kind, ErrorKind::conflict);

    EXPECT_EQ(video(id).status, before.status);
    EXPECT_EQ(video(id).updated_at, before.updated_at);
    EXPECT_EQ(video(id).work_done, before.work_done);
    EXPECT_EQ(video(id).poster, "");
    EXPECT_EQ(video(id).notes, before.notes);
    EXPECT_TRUE(videos().stored_segments(id, "").value().empty());
    EXPECT_EQ(outbox(id), waiting);
    EXPECT_EQ(tasks().count_tasks().value().running, counts.running);
    EXPECT_EQ(tasks().count_tasks().value().waiting, counts.waiting);
    must(videos().remove_video(id, now()));
  }
}

TEST_P(CatalogContract, FencesRiseWithEveryClaim) {
  const auto id = add_prepared("v1");
  const auto chunk = task(id, 0);
  std::int64_t last = 0;
  for (int i = 0; i < 3; ++i) {
    const auto held = claim(chunk);
    EXPECT_GT(held.fence, last);
    last = held.fence;
    must(tasks().give_back(held, now()));
  }
}

// Runs `work(i)` on `count` threads that start together.
void together(int count, const std::function<void(int)>& work) {
  std::barrier start(count);
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
}

TEST_P(CatalogContract, OfManyThreadsExactlyOneClaims) {
  const auto id = add_queued("v1");
  const auto prepare = task(id, 0);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> winners = 0, busy = 0;
    std::optional<Claim> held;
    together(4, [&](int i) {
      auto result = tasks().claim(prepare, "worker-" + std::to_string(i), now(), kLease).value();
      if (result.busy_until) ++busy;
      if (!result.claim) return;
      ++winners;
      held = result.claim;
    });
    ASSERT_EQ(winners, 1);
    ASSERT_EQ(busy, 3);
    must(tasks().give_back(*held, now()));
  }
}

TEST_P(CatalogContract, ATakeoverASweepAndALateHolderNeverBothWin) {
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    const auto id = add_prepared("v" + std::to_string(round));
    const auto chunk = task(id, 0);
    const auto old = claim(chunk, "worker-old");
    pass(kLease);
    std::optional<Claim> taken;
    bool finished = false;
    together(3, [&](int i) {
      if (i == 0) taken = tasks().claim(chunk, "worker-new", now(), kLease).value().claim;
      if (i == 1) finished = tasks().finish_task(old, now()).has_value();
      if (i == 2) tasks().sweep(now()).value();
    });
    EXPECT_NE(finished, taken && tasks().extend_lease(*taken, now(), kLease).has_value());
    must(videos().remove_video(id, now()));
  }
}

TEST_P(CatalogContract, WorkersSideBySideBringEveryVideoToItsEndOnce) {
  std::vector<VideoId> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(add_prepared("v" + std::to_string(i)));
  std::atomic<int> finished = 0;
  together(4, [&](int i) {
    const auto name = "worker-" + std::to_string(i);
    for (;;) {
      const auto open = tasks().unpublished(100).value();
      for (const auto& entry : open) {
        const auto held = tasks().claim(entry.message.task_id, name, now(), kLease).value().claim;
        if (!held) continue;
        if (!tasks().record_segments(*held, {segment(name, 0)}, now())) ADD_FAILURE();
        if (!tasks().finish_task(*held, now())) ADD_FAILURE();
        ++finished;
      }
      const auto counts = tasks().count_tasks().value();
      if (counts.waiting + counts.running == 0) return;
    }
  });
  EXPECT_EQ(finished, 6 * 5) << "four tasks and one finish each";
  for (const auto& id : ids) EXPECT_EQ(video(id).status, VideoStatus::complete);
}

}  // namespace
}  // namespace sluice
