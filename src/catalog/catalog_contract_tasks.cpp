// The life of a video that nothing disturbs, and what its status and progress say meanwhile.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

TEST_P(CatalogContract, CompletingAnUploadQueuesTheVideoAndItsPrepareTask) {
  const auto id = add_pending("v1");
  EXPECT_TRUE(outbox(id).empty());
  const auto queued = tasks().complete_upload(id, 1234, now()).value();
  EXPECT_EQ(queued.status, VideoStatus::queued);
  EXPECT_EQ(queued.size_bytes, 1234);
  EXPECT_EQ(video(id).status, VideoStatus::queued);

  const auto entries = tasks().unpublished(10).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].lane, Lane::first);
  EXPECT_EQ(entries[0].message.kind, TaskKind::prepare);
  EXPECT_EQ(entries[0].message.video_id, id);
  EXPECT_EQ(entries[0].message.source_bucket, "uploads");
  EXPECT_EQ(entries[0].message.source_key, "videos/v1/source/original");
  EXPECT_FALSE(entries[0].message.chunk);
}

TEST_P(CatalogContract, CompletingAnUploadAgainIsHarmlessInEveryState) {
  const std::vector<std::pair<VideoId, VideoStatus>> videos = {
      {add_queued("queued"), VideoStatus::queued},
      {add_prepared("processing"), VideoStatus::processing},
      {add_complete("complete"), VideoStatus::complete},
      {add_failed("failed"), VideoStatus::failed}};
  for (const auto& [id, status] : videos) {
    SCOPED_TRACE(id.str());
    const auto waiting = outbox(id);
    EXPECT_EQ(tasks().complete_upload(id, 77, now()).value().status, status);
    EXPECT_EQ(video(id).status, status);
    EXPECT_EQ(video(id).size_bytes, 1000);
    EXPECT_EQ(outbox(id), waiting);
  }
  EXPECT_EQ(code_of(tasks().complete_upload(add_expired("expired"), 77, now())), "upload_expired");
}

TEST_P(CatalogContract, TheFirstClaimStartsProcessing) {
  const auto id = add_queued("v1");
  pass(std::chrono::seconds{5});
  const auto prepare = claim(task(id, 0), "worker-7");
  EXPECT_EQ(prepare.task.video_id, id);
  EXPECT_EQ(prepare.task.spec.kind, TaskKind::prepare);
  EXPECT_EQ(prepare.task.state, TaskState::running);
  EXPECT_EQ(prepare.lease_until, now() + kLease);
  EXPECT_EQ(video(id).status, VideoStatus::processing);
  EXPECT_EQ(video(id).started_at, now());
}

TEST_P(CatalogContract, PrepareStoresThePlanAndInsertsTheTasksInOrder) {
  const auto id = add_queued("v1");
  const auto prepare = claim(task(id, 0));
  ASSERT_TRUE(tasks().finish_prepare(prepare, prepared(), now()));

  const auto stored = video(id);
  EXPECT_EQ(stored.status, VideoStatus::processing);
  EXPECT_EQ(stored.work_total, 10);
  EXPECT_EQ(stored.facts->duration_seconds, 8);
  EXPECT_EQ(stored.facts->width, 640);
  EXPECT_EQ(stored.facts->height, 360);
  EXPECT_EQ(stored.facts->frame_rate, (Rational{30000, 1001}));

  const auto entries = tasks().unpublished(10).value();
  ASSERT_EQ(entries.size(), 4u);
  const std::vector<std::optional<int>> chunks = {0, 1, 0, std::nullopt};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    SCOPED_TRACE(i);
    const auto wanted = prepared().tasks[i];
    EXPECT_EQ(entries[i].lane, wanted.lane);
    EXPECT_EQ(entries[i].message.kind, wanted.kind);
    EXPECT_EQ(entries[i].message.chunk, chunks[i]);
    const auto spec = claim(entries[i].message.task_id).task.spec;
    EXPECT_EQ(spec.kind, wanted.kind);
    EXPECT_EQ(spec.lane, wanted.lane);
    EXPECT_EQ(spec.tracks, wanted.tracks);
    EXPECT_EQ(spec.first_chunk, wanted.first_chunk);
    EXPECT_EQ(spec.end_chunk, wanted.end_chunk);
    EXPECT_EQ(spec.work, wanted.work);
  }
}

TEST_P(CatalogContract, TheLastTaskToEndBringsFinishAndFinishCompletesTheVideo) {
  const auto id = add_prepared("v1");
  const auto work = outbox(id);
  // Not in the order in which they were inserted.
  for (const std::size_t i : {3u, 1u, 2u}) {
    finish(work[i]);
    EXPECT_EQ(outbox(id).size(), i == 3 ? 3u : i == 1 ? 2u : 1u);
  }
  finish(work[0]);
  const auto entries = tasks().unpublished(10).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].message.kind, TaskKind::finish);
  EXPECT_EQ(entries[0].lane, Lane::first);
  EXPECT_EQ(video(id).status, VideoStatus::processing);
  EXPECT_FALSE(video(id).playable);

  finish(entries[0].message.task_id);
  EXPECT_EQ(video(id).status, VideoStatus::complete);
  EXPECT_TRUE(video(id).playable);
  EXPECT_FALSE(video(id).error);
  EXPECT_EQ(progress(video(id)), 1);
  EXPECT_TRUE(outbox(id).empty());
}

TEST_P(CatalogContract, APlanWithoutTasksGoesStraightToFinish) {
  const auto id = add_queued("v1");
  auto empty = prepared();
  empty.tasks.clear();
  must(tasks().finish_prepare(claim(task(id, 0)), empty, now()));
  ASSERT_EQ(outbox(id).size(), 1u);
  EXPECT_EQ(tasks().unpublished(1).value()[0].message.kind, TaskKind::finish);
}

TEST_P(CatalogContract, ATaskEndsOnlyAsItsKindDoes) {
  const auto id = add_queued("v1");
  const auto prepare = claim(task(id, 0));
  EXPECT_EQ(code_of(tasks().finish_task(prepare, now())), "wrong_task_kind");
  must(tasks().finish_prepare(prepare, prepared(), now()));
  const auto chunk = claim(task(id, 0));
  EXPECT_EQ(code_of(tasks().finish_prepare(chunk, prepared(), now())), "wrong_task_kind");
  EXPECT_TRUE(tasks().finish_task(chunk, now())) << "and is still running after that";
}

TEST_P(CatalogContract, CountsTheWorkOfEachSegmentOnce) {
  const auto id = add_prepared("v1");
  const auto chunk = claim(task(id, 0));
  must(tasks().record_segments(chunk, {segment("240p", 0, 1.5), segment("360p", 0, 2)}, now()));
  EXPECT_EQ(video(id).work_done, 3.5);
  // A repeated chunk stores the same segments again, and perhaps one more.
  must(tasks().record_segments(chunk, {segment("240p", 0, 1.5), segment("240p", 1, 0.5)}, now()));
  EXPECT_EQ(video(id).work_done, 4);
  auto other = segment("240p", 0, 100);
  other.size_bytes = 1;
  must(tasks().record_segments(chunk, {other, other}, now()));
  EXPECT_EQ(video(id).work_done, 4);
  EXPECT_EQ(videos().stored_segments(id, "240p").value()[0], segment("240p", 0, 1.5));
  EXPECT_TRUE(tasks().record_segments(chunk, {}, now()));
}

struct PlayableCase {
  const char* name;
  std::vector<std::string> video_tracks, audio_tracks;
  std::vector<StoredSegment> stored;
  bool playable;
};

TEST_P(CatalogContract, IsPlayableOnceOnePictureAndEverySoundHaveTheirFirstSegment) {
  const auto seg = [](const char* track, int index) { return segment(track, index); };
  const std::vector<PlayableCase> cases = {
      {"nothing", {"360p", "240p"}, {"audio-0"}, {}, false},
      {"picture_only", {"360p", "240p"}, {"audio-0"}, {seg("240p", 0)}, false},
      {"sound_only", {"360p", "240p"}, {"audio-0"}, {seg("audio-0", 0)}, false},
      {"smallest", {"360p", "240p"}, {"audio-0"}, {seg("240p", 0), seg("audio-0", 0)}, true},
      {"largest", {"360p", "240p"}, {"audio-0"}, {seg("audio-0", 0), seg("360p", 0)}, true},
      {"not_first", {"360p", "240p"}, {"audio-0"}, {seg("240p", 1), seg("audio-0", 0)}, false},
      {"mixed", {"360p", "240p"}, {"audio-0"}, {seg("240p", 0), seg("audio-0", 1)}, false},
      {"one_of_two_sounds",
       {"240p"},
       {"audio-0", "audio-1"},
       {seg("240p", 0), seg("audio-1", 0)},
       false},
      {"both_sounds",
       {"240p"},
       {"audio-0", "audio-1"},
       {seg("240p", 0), seg("audio-1", 0), seg("audio-0", 0)},
       true},
      {"silent", {"240p"}, {}, {seg("240p", 0)}, true},
      {"audio_only", {}, {"audio-0"}, {seg("audio-0", 0)}, true},
      {"audio_only_waits", {}, {"audio-0", "audio-1"}, {seg("audio-0", 0)}, false},
      {"unknown_track", {"240p"}, {}, {seg("720p", 0)}, false},
  };
  for (const auto& example : cases) {
    SCOPED_TRACE(example.name);
    const auto id = add_queued(example.name);
    auto plan = prepared();
    plan.video_tracks = example.video_tracks;
    plan.audio_tracks = example.audio_tracks;
    must(tasks().finish_prepare(claim(task(id, 0)), plan, now()));
    const auto chunk = claim(task(id, 0));
    for (const auto& stored : example.stored) {
      EXPECT_FALSE(video(id).playable) << "before the last of them";
      must(tasks().record_segments(chunk, {stored}, now()));
    }
    EXPECT_EQ(video(id).playable, example.playable);
  }
}

TEST_P(CatalogContract, TheOutboxHoldsTasksUntilTheyArePublishedOldestFirst) {
  const auto first = add_queued("v1");
  const auto second = add_queued("v2");
  const auto third = add_queued("v3");
  const auto first_task = task(first, 0), second_task = task(second, 0),
             third_task = task(third, 0);
  const auto two = tasks().unpublished(2).value();
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].message.task_id, first_task);
  EXPECT_EQ(two[1].message.task_id, second_task);

  EXPECT_TRUE(tasks().mark_published({first_task, third_task, TaskId("gone")}));
  ASSERT_EQ(tasks().unpublished(10).value().size(), 1u);
  EXPECT_EQ(tasks().unpublished(10).value()[0].message.task_id, second_task);
  EXPECT_TRUE(tasks().mark_published({first_task})) << "again";
  EXPECT_TRUE(can_claim(first_task)) << "published or not, it waits";
  EXPECT_TRUE(can_claim(second_task)) << "published or not, it waits";
  EXPECT_TRUE(tasks().unpublished(10).value().empty()) << "nobody needs to hear of a running task";
}

TEST_P(CatalogContract, CountsTasksByState) {
  const auto id = add_prepared("v1");
  add_failed("v2");
  const auto running = claim(task(id, 0));
  const auto counts = tasks().count_tasks().value();
  EXPECT_EQ(counts.running, 1);
  EXPECT_EQ(counts.waiting, 3);
  EXPECT_EQ(counts.done, 3);  // prepare twice, a chunk
  EXPECT_EQ(counts.failed, 1);
  EXPECT_DOUBLE_EQ(counts.work_waiting, 2.5 + 0.5 + 0.25);
}

TEST_P(CatalogContract, TheBestPosterWinsInWhateverOrderTheyCome) {
  std::vector<PosterCandidate> candidates = {{"images/poster-00000.jpg", 0.25},
                                             {"images/poster-00001.jpg", 1.75},
                                             {"images/poster-00002.jpg", 1.75},
                                             {"images/poster-00003.jpg", 1.5}};
  int round = 0;
  do {
    const auto id = add_prepared("v" + std::to_string(round++));
    const auto held = claim(task(id, 0));
    EXPECT_EQ(video(id).poster, "");
    for (const auto& candidate : candidates) must(tasks().record_poster(held, candidate, now()));
    EXPECT_EQ(video(id).poster, "images/poster-00001.jpg");
  } while (std::next_permutation(
      candidates.begin(), candidates.end(),
      [](const auto& one, const auto& other) { return one.name < other.name; }));
  EXPECT_EQ(round, 24);
}

TEST_P(CatalogContract, APosterIsThereAtOnceAndStays) {
  const auto id = add_prepared("v1");
  const auto held = claim(task(id, 0));
  const auto before = video(id).updated_at;
  must(tasks().record_poster(held, {"images/poster-00000.jpg", 0}, now()));
  EXPECT_EQ(video(id).poster, "images/poster-00000.jpg") << "even one of no merit";
  EXPECT_GT(video(id).updated_at, before);

  const auto first = video(id).updated_at;
  must(tasks().record_poster(held, {"images/poster-00000.jpg", 0}, now()));
  EXPECT_EQ(video(id).updated_at, first) << "nothing has changed";

  tasks().fail_task(held, permanent_error(), now()).value();
  tasks().retry_video(id, now()).value();
  reopen();
  EXPECT_EQ(video(id).poster, "images/poster-00000.jpg");
  VideoQuery query;
  query.owner = owner();
  const auto page = videos().list_videos(query).value();
  EXPECT_EQ(page.videos.at(0).poster, "images/poster-00000.jpg");
}

TEST_P(CatalogContract, NotesAreKeptOnceInTheOrderTheyCome) {
  const Note guessed = prepared().notes.front();
  const Note damaged{"picture_damaged", "The picture is damaged from 0:04 to 0:05."};
  const Note cut{"cut_off", "The file ends after 0:12."};
  const auto id = add_prepared("v1");
  EXPECT_EQ(video(id).source_json, prepared().source_json);
  EXPECT_EQ(video(id).notes, (std::vector{guessed}));

  const auto held = claim(task(id, 0));
  const auto before = video(id).updated_at;
  must(tasks().record_notes(held, {damaged}, now()));
  EXPECT_GT(video(id).updated_at, before);
  must(tasks().record_notes(claim(task(id, 1), "worker-2"), {cut, damaged}, now()));
  const auto last = video(id).updated_at;
  must(tasks().record_notes(held, {guessed, damaged, cut}, now()));
  EXPECT_EQ(video(id).updated_at, last) << "nothing has changed";

  tasks().fail_task(held, permanent_error(), now()).value();
  tasks().retry_video(id, now()).value();
  reopen();
  EXPECT_EQ(video(id).notes, (std::vector{guessed, damaged, cut}));
}

TEST_P(CatalogContract, TheLoudnessOfPartsIsThatOfTheTrackInWhateverOrderTheyCome) {
  const auto id = add_prepared("v1");
  const auto held = claim(task(id, 0));
  const auto loudness = [&] {
    const auto shown = nlohmann::json::parse(video(id).source_json).at("audio").at(0);
    return shown.value("loudness_lufs", 0.0);
  };
  const LoudnessPart first{"audio-0", 0, {{-230, 10}}, 0.5};
  const LoudnessPart second{"audio-0", 8, {{-230, 10}, {-500, 90}}, 0.25};
  must(tasks().record_loudness(held, second, now()));
  EXPECT_DOUBLE_EQ(loudness(), -23.0);
  must(tasks().record_loudness(held, {"audio-0", 0, {{-170, 10}}, 0.5}, now()));
  EXPECT_DOUBLE_EQ(loudness(), -19.0);
  must(tasks().record_loudness(held, first, now()));
  EXPECT_DOUBLE_EQ(loudness(), -23.0) << "a part done again counts once";
  const auto before = video(id).updated_at;
  must(tasks().record_loudness(held, first, now()));
  EXPECT_EQ(video(id).updated_at, before) << "nothing has changed";
  reopen();
  EXPECT_DOUBLE_EQ(loudness(), -23.0);
}

}  // namespace
}  // namespace sluice
