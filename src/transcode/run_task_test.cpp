// Whole tasks with the real engine, catalog and store: what they leave behind, and that one failing
// call at any point costs a retry and nothing else.
#include "transcode/run_task.h"

#include <functional>

#include "storage/faulty_object_store.h"
#include "transcode/engine_process.h"
#include "transcode/testing/faulty_tasks.h"
#include "transcode/testing/installation.h"

namespace sluice {
namespace {

// Five seconds at 320x180: one rendition and sound, two segments in two chunks.
constexpr const char* kClip = "fragmented_51.mp4";

using Objects = std::map<std::string, std::string>;

class RunTask : public testing::Test {
 protected:
  Result<TaskRun> run(const Claim& claim) {
    return run_task(installation_.parts(engine_), claim, 2, {});
  }

  // Runs what waits until nothing does.
  void run_all() {
    while (const auto claim = installation_.claim_next()) {
      const auto done = run(*claim);
      ASSERT_TRUE(done) << to_string(claim->task.spec.kind) << ": " << done.error().code;
    }
  }

  TestInstallation installation_;
  ProcessEngine engine_;
};

TEST_F(RunTask, MakesAWholeVideo) {
  const auto id = installation_.upload("v", read_test_media(kClip));
  run_all();
  const auto video = installation_.video(id);
  EXPECT_EQ(video.status, VideoStatus::complete);
  EXPECT_TRUE(video.playable);
  EXPECT_NEAR(video.facts->duration_seconds, 5, 0.1);
  EXPECT_EQ(progress(video), 1);
  const auto objects = installation_.objects(id);
  for (const auto* name : {"180p/init.mp4", "180p/00000.m4s", "180p/00001.m4s", "audio-0/init.mp4",
                           "audio-0/00001.m4s", "images/00000.jpg", "images/00001.jpg"}) {
    EXPECT_TRUE(objects.contains(name)) << name;
  }
  ASSERT_TRUE(objects.contains(video.poster)) << video.poster;
  for (const auto& [name, bytes] : objects) {
    EXPECT_TRUE(!name.starts_with("images/poster-") || name == video.poster) << name << " has lost";
    EXPECT_EQ(name.ends_with(".jpg"), bytes.starts_with("\xff\xd8\xff")) << name;
  }
}

TEST_F(RunTask, FailsForGoodWhenTheFileIsNoVideo) {
  installation_.upload("v", "this is not a video at all");
  const auto claim = installation_.claim_next();
  const auto done = run(*claim);
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().permanent());
  EXPECT_FALSE(done.error().message.empty());
}

TEST_F(RunTask, FailsForGoodWhenTheSourceIsOfAnotherSizeThanAnnounced) {
  const auto id = installation_.upload("v", read_test_media(kClip));
  ASSERT_TRUE(installation_.uploads().put(source_key(id), "shorter"));
  const auto done = run(*installation_.claim_next());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "size_mismatch");
  EXPECT_TRUE(done.error().permanent());
}

TEST_F(RunTask, EndsOnlyWhenEverythingIsThere) {
  const auto id = installation_.upload("v", read_test_media(kClip));
  auto claim = installation_.claim_next();
  while (claim && claim->task.spec.kind != TaskKind::finish) {
    ASSERT_TRUE(run(*claim));
    claim = installation_.claim_next();
  }
  ASSERT_TRUE(claim);
  const auto lost = init_key(id, "audio-0");
  const auto bytes = installation_.objects(id).at("audio-0/init.mp4");
  ASSERT_TRUE(installation_.media().put(lost, bytes + "x"));
  const auto changed = run(*claim);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, kOutputInvalid);
  EXPECT_TRUE(changed.error().permanent()) << "a retry by the owner makes it anew";
  ASSERT_TRUE(installation_.media().put(lost, bytes));
  EXPECT_TRUE(run(*claim));
  EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
}

TEST_F(RunTask, DoesNotEncodeWhatIsRecordedAlready) {
  installation_.upload("v", read_test_media(kClip));
  ASSERT_TRUE(run(*installation_.claim_next()));
  const auto claim = installation_.claim_next();
  ASSERT_EQ(claim->task.spec.kind, TaskKind::video);
  // Everything is stored and recorded, the poster and one segment of each track at a time; only the
  // commit fails.
  const auto commit = 1 + static_cast<int>(claim->task.spec.tracks.size());
  const auto parts = installation_.parts(engine_);
  FaultyTasks failing{installation_.catalog(), commit, false};
  const TaskParts faulty{parts.videos, failing,      parts.text,  parts.uploads,
                         parts.media,  parts.engine, parts.clock, {}};
  ASSERT_FALSE(run_task(faulty, *claim, 2, {}));
  ASSERT_EQ(failing.calls(), commit + 1);
  ProcessEngine none{{}, "/does/not/exist"};
  EXPECT_TRUE(run_task(installation_.parts(none), *claim, 2, {}));
}

// H.264 at 640x360 that fits, 13 s, a key frame every 2 s.
constexpr const char* kFits = "fits_360p.mp4";

TEST_F(RunTask, CopiesWhatFitsAndLeavesNothingElseBehind) {
  const auto id = installation_.upload("v", read_test_media(kFits));
  run_all();
  EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
  EXPECT_EQ(progress(installation_.video(id)), 1);
  const auto objects = installation_.objects(id);
  EXPECT_TRUE(objects.contains("360p/00003.m4s"));
  EXPECT_TRUE(objects.contains("240p/00003.m4s"));
  EXPECT_FALSE(objects.contains("360p-encoded/init.mp4"));
  std::size_t copied = 0;
  for (const auto& [name, bytes] : objects) copied += name.starts_with("360p/0") ? bytes.size() : 0;
  EXPECT_NEAR(static_cast<double>(copied), 380'000, 30'000) << "the source's own pictures";
}

// Playable with the copied rendition and the sound alone.
TEST_F(RunTask, IsPlayableBeforeAnythingIsEncoded) {
  const auto id = installation_.upload("v", read_test_media(kFits));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run(*installation_.claim_next()));
  EXPECT_TRUE(installation_.video(id).playable);
  EXPECT_TRUE(installation_.catalog().stored_segments(id, "240p")->empty());
}

// A picture in the middle is damaged in a way that only a decoder sees.
TEST_F(RunTask, EncodesAfterAllWhatCannotBeDecodedWithoutErrors) {
  auto source = read_test_media(kFits);
  source.replace(source.size() * 6 / 10, 600, std::string(600, '\xAA'));
  const auto id = installation_.upload("v", source);
  bool replaced = false;
  while (const auto claim = installation_.claim_next()) {
    const auto done = run(*claim);
    ASSERT_TRUE(done) << to_string(claim->task.spec.kind) << ": " << done.error().code;
    const auto plan = plan_from_json(installation_.catalog().find_plan(id).value().value()).value();
    replaced = replaced || (plan.spare && !plan.renditions.front().copied);
  }
  EXPECT_TRUE(replaced);
  const auto video = installation_.video(id);
  EXPECT_EQ(video.status, VideoStatus::complete);
  EXPECT_EQ(progress(video), 1);
  const auto objects = installation_.objects(id);
  EXPECT_TRUE(objects.contains("360p-encoded/00003.m4s"));
  for (const auto& [name, bytes] : objects) EXPECT_FALSE(name.starts_with("360p/")) << name;
}

TEST_F(RunTask, StopsWhenTheClaimIsLost) {
  const auto id = installation_.upload("v", read_test_media(kClip));
  const auto claim = installation_.claim_next();
  installation_.clock().advance(2 * TestInstallation::kLease);
  ASSERT_TRUE(installation_.claim(claim->task.id)) << "somebody else takes it";
  const auto done = run(*claim);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "lease_lost");
  EXPECT_EQ(installation_.video(id).status, VideoStatus::processing);
}

// The real engine, but for subtitles: those end with this error.
class NoTextEngine final : public Engine {
 public:
  explicit NoTextEngine(Error error) : error_(std::move(error)) {}
  Result<EngineResult> run(const EngineJob& job, const ByteSource& source,
                           const EngineCallbacks& callbacks, std::stop_token stop) override {
    if (job.kind == TaskKind::text) return fail(error_);
    return engine_.run(job, source, callbacks, stop);
  }

 private:
  ProcessEngine engine_;
  Error error_;
};

constexpr const char* kClipWithText = "webvtt_subtitles.webm";

TEST_F(RunTask, MakesTextTracksOfTheSource) {
  const auto id = installation_.upload("v", read_test_media(kClipWithText));
  run_all();
  EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
  const auto tracks = installation_.catalog().text_tracks(id).value();
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(tracks[0].name, "text-0");
  EXPECT_TRUE(tracks[0].from_source);
  const auto objects = installation_.objects(id);
  EXPECT_TRUE(objects.at("text-0/captions.vtt").starts_with("WEBVTT\n\n00:00:00.000 --> "));
  EXPECT_TRUE(objects.at("text-0/00000.vtt").starts_with("WEBVTT\nX-TIMESTAMP-MAP="));
}

// A video with one text track of its source and one that was added, of which only `finish` is left.
class FinishWithText : public RunTask {
 protected:
  void SetUp() override {
    id_ = installation_.upload("v", read_test_media(kClipWithText));
    claim_ = installation_.claim_next();
    while (claim_ && claim_->task.spec.kind != TaskKind::finish) {
      ASSERT_TRUE(run(*claim_));
      claim_ = installation_.claim_next();
    }
    ASSERT_TRUE(claim_);
    const auto source = installation_.catalog().text_tracks(id_).value().at(0);
    const auto objects = installation_.objects(id_);
    for (const auto& [name, bytes] : objects) {
      if (!name.starts_with("text-0/")) continue;
      source_bytes_ += static_cast<std::int64_t>(bytes.size());
      put("text-added/" + name.substr(std::string("text-0/").size()), bytes);
    }
    auto added = source;
    added.name = "text-added";
    added.label = "Deutsch";
    added.from_source = false;
    EXPECT_TRUE(installation_.catalog().add_text_track(id_, added, installation_.clock().now()));
    recorded_bytes_ = source.size_bytes;
  }

  void put(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(installation_.media().put(video_prefix(id_) + name, bytes));
  }
  void remove(const std::string& name) {
    ASSERT_TRUE(installation_.media().remove(video_prefix(id_) + name));
  }
  std::vector<std::string> tracks() {
    std::vector<std::string> names;
    const auto present = installation_.catalog().text_tracks(id_).value();
    for (const auto& track : present) names.push_back(track.name);
    return names;
  }

  VideoId id_;
  std::optional<Claim> claim_;
  std::int64_t source_bytes_ = 0, recorded_bytes_ = 0;
};

using Names = std::vector<std::string>;

TEST_F(FinishWithText, PassesWhatIsThere) {
  EXPECT_EQ(recorded_bytes_, source_bytes_);
  EXPECT_TRUE(run(*claim_));
  EXPECT_EQ(installation_.video(id_).status, VideoStatus::complete);
  EXPECT_EQ(tracks(), (Names{"text-0", "text-added"}));
}

TEST_F(FinishWithText, SeesATrackOfTheSourceThatIsBroken) {
  const auto objects = installation_.objects(id_);
  const auto& good = objects.at("text-0/00000.vtt");
  auto changed = good;
  changed.replace(0, 6, "WEBVTX");
  for (const auto& bad : {changed, good + "x"}) {
    put("text-0/00000.vtt", bad);
    const auto done = run(*claim_);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, kOutputInvalid);
    EXPECT_TRUE(done.error().permanent());
  }
  put("text-0/00000.vtt", good);
  remove("text-0/captions.vtt");
  EXPECT_FALSE(run(*claim_));
  put("text-0/captions.vtt", objects.at("text-0/captions.vtt"));
  EXPECT_TRUE(run(*claim_));
}

TEST_F(FinishWithText, RemovesAnAddedTrackThatIsBrokenAndSaysSo) {
  remove("text-added/00000.vtt");
  ASSERT_TRUE(run(*claim_));
  const auto video = installation_.video(id_);
  EXPECT_EQ(video.status, VideoStatus::complete);
  EXPECT_EQ(tracks(), Names{"text-0"});
  ASSERT_EQ(video.notes.size(), 1u);
  EXPECT_EQ(video.notes[0].code, "subtitles_left_out");
  const auto objects = installation_.objects(id_);
  for (const auto& [name, bytes] : objects) EXPECT_FALSE(name.starts_with("text-added/")) << name;
}

TEST_F(FinishWithText, DoesNotMissATrackThatItsOwnerRemovesMeanwhile) {
  // The row goes first, then the objects; `finish` has read the row before.
  class LateList final : public TextTracks {
   public:
    LateList(TextTracks& inner, std::function<void()> then) : inner_(inner), then_(std::move(then)) {}
    Result<std::vector<TextTrack>> text_tracks(const VideoId& video) override {
      auto tracks = inner_.text_tracks(video);
      if (then_) std::exchange(then_, nullptr)();
      return tracks;
    }
    Result<> add_text_track(const VideoId& video, const TextTrack& track, Timestamp now) override {
      return inner_.add_text_track(video, track, now);
    }
    Result<> remove_text_track(const VideoId& video, std::string_view name,
                               Timestamp now) override {
      return inner_.remove_text_track(video, name, now);
    }

   private:
    TextTracks& inner_;
    std::function<void()> then_;
  };
  LateList late{installation_.catalog(), [&] {
                  EXPECT_TRUE(installation_.catalog().remove_text_track(
                      id_, "text-added", installation_.clock().now()));
                  remove("text-added/captions.vtt");
                }};
  const auto parts = installation_.parts(engine_);
  const TaskParts racing{parts.videos, parts.tasks,  late,        parts.uploads,
                         parts.media,  parts.engine, parts.clock, {}};
  EXPECT_TRUE(run_task(racing, *claim_, 2, {}));
  const auto video = installation_.video(id_);
  EXPECT_EQ(video.status, VideoStatus::complete);
  EXPECT_TRUE(video.notes.empty());
}

TEST_F(RunTask, SubtitlesThatCannotBeReadAreLeftOut) {
  for (const auto& error : {Error{ErrorKind::invalid, "corrupt_file", "It is damaged."},
                            Error{ErrorKind::internal, "engine_crashed", "It crashed."}}) {
    NoTextEngine engine(error);
    const auto id = installation_.upload(error.code, read_test_media(kClipWithText));
    int retries = 0;
    auto claim = installation_.claim_next();
    while (claim) {
      if (run_task(installation_.parts(engine), *claim, 2, {})) {
        claim = installation_.claim_next();
        continue;
      }
      ++retries;
      ASSERT_EQ(claim->task.spec.kind, TaskKind::text);
      ASSERT_TRUE(installation_.catalog().fail_task(*claim, error, installation_.clock().now()).value());
      claim = installation_.claim(claim->task.id);
    }
    EXPECT_EQ(retries, error.permanent() ? 0 : kMaxDeliveries - 1);
    EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
    EXPECT_TRUE(installation_.catalog().text_tracks(id)->empty());
  }
}

// --- The fault walk ---------------------------------------------------------------------------

enum class Place { media_before, media_after, uploads, tasks_before, tasks_after };

// One store or catalog of which the n-th call fails.
struct FaultyParts {
  FaultyParts(TestInstallation& installation, Engine& engine, Place place, int n)
      : media(installation.media(), is_media(place) ? n : kNever,
              place == Place::media_after ? FaultyObjectStore::Fault::after
                                          : FaultyObjectStore::Fault::before),
        uploads(installation.uploads(), place == Place::uploads ? n : kNever),
        tasks(installation.catalog(), is_tasks(place) ? n : kNever, place == Place::tasks_after),
        parts{installation.catalog(), tasks,  installation.catalog(), uploads,
              media,                  engine, installation.clock(),   {}} {}

  static bool is_media(Place place) {
    return place == Place::media_before || place == Place::media_after;
  }
  static bool is_tasks(Place place) {
    return place == Place::tasks_before || place == Place::tasks_after;
  }

  static constexpr int kNever = 1'000'000;
  FaultyObjectStore media;
  FaultyObjectStore uploads;
  FaultyTasks tasks;
  TaskParts parts;
};

class FaultWalk : public testing::TestWithParam<Place> {
 protected:
  // Takes the task of `claim` to its end, with the n-th call failing in the n-th run, and a run
  // without a fault after each that failed. Says how many calls failed.
  int walk(const VideoId& id, Claim claim) {
    for (int n = 0;; ++n) {
      const auto before = installation_.objects(id);
      FaultyParts faulty{installation_, engine_, GetParam(), n};
      const auto done = run_task(faulty.parts, claim, 2, {});
      if (done) return n;
      EXPECT_EQ(done.error().code, "injected_fault");
      EXPECT_FALSE(done.error().permanent());
      for (const auto& [name, bytes] : before) {
        if (name.starts_with("images/poster-")) continue;  // only the best one stays
        EXPECT_EQ(installation_.objects(id).at(name), bytes) << name << " has changed";
      }
      if (is_done(claim)) return n + 1;
      give_again(claim);
      if (testing::Test::HasFailure()) return n;
    }
  }

  // The commit's answer may be what was lost.
  bool is_done(const Claim& claim) {
    return !installation_.catalog().extend_lease(claim, installation_.clock().now(),
                                                 TestInstallation::kLease);
  }

  // As a worker that was killed: the lease runs out, and somebody else takes the task.
  void give_again(Claim& claim) {
    installation_.clock().advance(2 * TestInstallation::kLease);
    auto again = installation_.claim(claim.task.id);
    ASSERT_TRUE(again) << "the task can be taken again";
    claim = std::move(*again);
  }

  TestInstallation installation_;
  ProcessEngine engine_;
};

Objects undisturbed() {
  TestInstallation installation;
  ProcessEngine engine;
  const auto id = installation.upload("v", read_test_media(kClip));
  while (const auto claim = installation.claim_next()) {
    EXPECT_TRUE(run_task(installation.parts(engine), *claim, 2, {}));
  }
  return installation.objects(id);
}

TEST_P(FaultWalk, EndsWithTheSameBytes) {
  const auto id = installation_.upload("v", read_test_media(kClip));
  int failed = 0;
  while (const auto claim = installation_.claim_next()) {
    failed += walk(id, *claim);
    ASSERT_NE(installation_.video(id).status, VideoStatus::failed);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(failed, 3) << "calls that failed";
  EXPECT_EQ(installation_.video(id).status, VideoStatus::complete);
  static const auto expected = undisturbed();
  EXPECT_TRUE(installation_.objects(id) == expected);
}

std::string name_of(const testing::TestParamInfo<Place>& place) {
  switch (place.param) {
    case Place::media_before: return "MediaBefore";
    case Place::media_after: return "MediaAfter";
    case Place::uploads: return "Uploads";
    case Place::tasks_before: return "TasksBefore";
    case Place::tasks_after: return "TasksAfter";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Everywhere, FaultWalk,
                         testing::Values(Place::media_before, Place::media_after, Place::uploads,
                                         Place::tasks_before, Place::tasks_after),
                         name_of);

}  // namespace
}  // namespace sluice
