#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

TextTrack track(const std::string& name, const std::string& language = "en") {
  TextTrack track;
  track.name = name;
  track.language = language;
  track.segment_seconds = 60;
  return track;
}

std::vector<std::string> names(TextTracks& text, const VideoId& video) {
  std::vector<std::string> found;
  const auto tracks = text.text_tracks(video).value();
  for (const auto& one : tracks) found.push_back(one.name);
  return found;
}

using Names = std::vector<std::string>;

TEST_P(CatalogContract, KeepsAllThatIsKnownOfATextTrack) {
  const auto id = add_complete("v1");
  TextTrack wanted = track("text-0", "pt-BR");
  wanted.kind = TextKind::captions;
  wanted.label = "Português 🎬";
  wanted.forced = wanted.is_default = true;
  wanted.size_bytes = 5'000'000'000;
  must(text().add_text_track(id, wanted, now()));
  const auto stored = text().text_tracks(id).value().at(0);
  EXPECT_EQ(stored.name, "text-0");
  EXPECT_EQ(stored.kind, TextKind::captions);
  EXPECT_EQ(stored.language, "pt-BR");
  EXPECT_EQ(stored.label, "Português 🎬");
  EXPECT_TRUE(stored.forced && stored.is_default && !stored.from_source);
  EXPECT_EQ(stored.segment_seconds, 60);
  EXPECT_EQ(stored.size_bytes, 5'000'000'000);
}

TEST_P(CatalogContract, ATextTaskEndsWithItsTracks) {
  const auto id = add_queued("v1");
  auto planned = prepared();
  planned.tasks = {{TaskKind::text, Lane::rest, {"text-0", "text-1"}, 0, 2, 0.5}};
  must(tasks().finish_prepare(claim(task(id, 0)), planned, now()));
  const auto held = claim(task(id, 0));
  EXPECT_EQ(held.task.spec.kind, TaskKind::text);
  EXPECT_EQ(code_of(tasks().finish_task(held, now())), "wrong_task_kind");
  auto from_source = track("text-1");
  from_source.from_source = true;
  const auto before = video(id).updated_at;
  must(tasks().finish_text(held, {from_source}, now()));
  EXPECT_EQ(names(text(), id), Names{"text-1"});
  EXPECT_TRUE(text().text_tracks(id)->front().from_source);
  EXPECT_GT(video(id).updated_at, before);
  EXPECT_EQ(tasks().unpublished(1).value()[0].message.kind, TaskKind::finish);
  EXPECT_EQ(code_of(tasks().finish_text(held, {track("text-9")}, now())), "lease_lost");
}

TEST_P(CatalogContract, OnlyATextTaskEndsWithTracks) {
  const auto id = add_prepared("v1");
  EXPECT_EQ(code_of(tasks().finish_text(claim(task(id, 2)), {}, now())), "wrong_task_kind");
}

TEST_P(CatalogContract, ListsTracksOfTheSourceFirst) {
  const auto id = add_queued("v1");
  auto planned = prepared();
  planned.tasks = {{TaskKind::text, Lane::rest, {"text-2", "text-10"}, 0, 2, 0.5}};
  must(tasks().finish_prepare(claim(task(id, 0)), planned, now()));
  must(text().add_text_track(id, track("text-zz"), now()));
  pass(std::chrono::seconds{1});
  must(text().add_text_track(id, track("text-aa"), now()));
  auto two = track("text-2"), ten = track("text-10");
  two.from_source = ten.from_source = true;
  must(tasks().finish_text(claim(task(id, 0)), {two, ten}, now()));
  EXPECT_EQ(names(text(), id), (Names{"text-2", "text-10", "text-zz", "text-aa"}));
}

TEST_P(CatalogContract, AddsAndRemovesTextTracks) {
  const auto id = add_complete("v1");
  auto last = video(id).updated_at;
  const auto moved = [&] {
    const auto before = std::exchange(last, video(id).updated_at);
    return last > before;
  };
  must(text().add_text_track(id, track("text-a"), now()));
  EXPECT_TRUE(moved());
  EXPECT_EQ(code_of(text().add_text_track(id, track("text-a"), now())), "track_exists");
  EXPECT_FALSE(moved());
  must(text().remove_text_track(id, "text-a", now()));
  EXPECT_TRUE(moved());
  EXPECT_EQ(code_of(text().remove_text_track(id, "text-a", now())), "track_not_found");
  EXPECT_FALSE(moved());
  EXPECT_EQ(names(text(), id), Names{});
}

TEST_P(CatalogContract, TheLastDefaultTextTrackIsTheOnlyOne) {
  const auto id = add_complete("v1");
  for (const auto* name : {"text-a", "text-b"}) {
    auto one = track(name);
    one.is_default = true;
    must(text().add_text_track(id, one, now()));
  }
  must(text().add_text_track(id, track("text-c"), now()));
  const auto tracks = text().text_tracks(id).value();
  for (const auto& one : tracks) EXPECT_EQ(one.is_default, one.name == "text-b") << one.name;
}

TEST_P(CatalogContract, BoundsTheTextTracksOfAVideo) {
  const auto id = add_complete("v1");
  for (int i = 0; i < kMaxTextTracks; ++i) {
    must(text().add_text_track(id, track("text-" + std::to_string(i)), now()));
  }
  EXPECT_EQ(code_of(text().add_text_track(id, track("text-x"), now())), "too_many_tracks");
  must(text().remove_text_track(id, "text-0", now()));
  must(text().add_text_track(id, track("text-x"), now()));
}

TEST_P(CatalogContract, TextTracksGoWithTheirVideo) {
  const auto id = add_complete("v1");
  must(text().add_text_track(id, track("text-a"), now()));
  must(videos().remove_video(id, now()));
  EXPECT_EQ(names(text(), id), Names{});
  EXPECT_EQ(code_of(text().add_text_track(id, track("text-b"), now())), "video_not_found");
  EXPECT_EQ(code_of(text().remove_text_track(id, "text-a", now())), "video_not_found");
}

}  // namespace
}  // namespace sluice
