#include <set>

#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

using Ids = std::vector<std::string>;

Ids listed(Videos& videos, const VideoQuery& query) {
  Ids found;
  const auto page = videos.list_videos(query).value();
  for (const auto& video : page.videos) found.push_back(video.id.str());
  return found;
}

TEST_P(CatalogContract, StoresAVideoAndItsUploadTogether) {
  auto wanted = new_video("v1");
  wanted.visibility = Visibility::unlisted;
  wanted.title = "Ein Titel 🎬";
  add_video(wanted);
  const auto stored = video(wanted.id);
  EXPECT_EQ(stored.user_id, owner());
  EXPECT_EQ(stored.title, "Ein Titel 🎬");
  EXPECT_EQ(stored.original_filename, "v1.mp4");
  EXPECT_EQ(stored.status, VideoStatus::pending);
  EXPECT_EQ(stored.visibility, Visibility::unlisted);
  EXPECT_EQ(stored.created_at, now());
  EXPECT_EQ(stored.updated_at, now());
  EXPECT_EQ(stored.size_bytes, 1000);
  EXPECT_FALSE(stored.facts || stored.error || stored.started_at || stored.playable);
  const auto upload = videos().find_upload(wanted.id).value();
  EXPECT_EQ(upload.video_id, wanted.id);
  EXPECT_EQ(upload.size_bytes, 1000);
  EXPECT_EQ(upload.upload_id, "upload-of-v1");
  EXPECT_EQ(upload.part_size, 500);
  EXPECT_EQ(upload.expires_at, now() + kUploadTime);
}

TEST_P(CatalogContract, RefusesAVideoThatIsAlreadyThere) {
  add_pending("v1");
  auto again = new_video("v1");
  again.title = "another";
  EXPECT_FALSE(videos().create_video(again, Upload{}));
  EXPECT_EQ(video(VideoId("v1")).title, "Video v1");
}

TEST_P(CatalogContract, SaysWhenThereIsNoSuchVideo) {
  const VideoId none("none");
  const std::string code = "video_not_found";
  EXPECT_EQ(code_of(videos().find_video(none)), code);
  EXPECT_EQ(code_of(videos().find_upload(none)), code);
  EXPECT_EQ(code_of(videos().update_video(none, {}, now())), code);
  EXPECT_EQ(code_of(videos().remove_video(none, now())), code);
  EXPECT_EQ(code_of(videos().find_plan(none)), code);
  EXPECT_EQ(code_of(videos().stored_segments(none, "")), code);
  EXPECT_EQ(code_of(tasks().complete_upload(none, 1, now())), code);
  EXPECT_EQ(code_of(tasks().retry_video(none, now())), code);
  EXPECT_EQ(videos().find_video(none).error().kind, ErrorKind::not_found);
}

TEST_P(CatalogContract, FindsSeveralVideosAtOnce) {
  add_pending("v1");
  add_pending("v2");
  add_pending("v3");
  const auto found = [&](std::vector<VideoId> ids) {
    std::set<std::string> titles;
    const auto these = videos().find_videos(ids).value();
    for (const auto& video : these) titles.insert(video.title);
    return titles;
  };
  EXPECT_EQ(found({VideoId("v3"), VideoId("none"), VideoId("\"'{},"), VideoId("v1")}),
            (std::set<std::string>{"Video v1", "Video v3"}));
  EXPECT_EQ(found({VideoId("v2")}), std::set<std::string>{"Video v2"});
  EXPECT_TRUE(found({VideoId("none")}).empty());
  EXPECT_TRUE(found({}).empty());
}

TEST_P(CatalogContract, ChangesTitleAndVisibility) {
  const auto id = add_pending("v1");
  VideoChanges title;
  title.title = "Another title";
  const auto renamed = videos().update_video(id, title, now()).value();
  EXPECT_EQ(renamed.title, "Another title");
  EXPECT_EQ(renamed.visibility, Visibility::public_);
  VideoChanges hidden;
  hidden.visibility = Visibility::private_;
  videos().update_video(id, hidden, now()).value();
  EXPECT_EQ(video(id).title, "Another title");
  EXPECT_EQ(video(id).visibility, Visibility::private_);
}

TEST_P(CatalogContract, UpdatedAtMovesWithEveryChangeThatCanBeSeen) {
  const auto id = add_pending("v1");
  auto last = video(id).updated_at;
  const auto moved = [&] {
    const auto before = std::exchange(last, video(id).updated_at);
    return before < last;
  };
  VideoChanges title;
  title.title = "Another title";
  videos().update_video(id, title, now()).value();
  EXPECT_TRUE(moved()) << "title";
  videos().update_video(id, {}, now()).value();
  EXPECT_FALSE(moved()) << "nothing";
  tasks().complete_upload(id, 1000, now()).value();
  EXPECT_TRUE(moved()) << "queued";
  const auto prepare = claim(task(id, 0));
  EXPECT_TRUE(moved()) << "processing";
  must(tasks().finish_prepare(prepare, prepared(), now()));
  EXPECT_TRUE(moved()) << "plan";
  const auto chunk = claim(task(id, 0));
  EXPECT_FALSE(moved()) << "second claim";
  must(tasks().record_segments(chunk, {segment("240p", 0)}, now()));
  EXPECT_TRUE(moved()) << "progress";
  must(tasks().record_segments(chunk, {segment("240p", 0)}, now()));
  EXPECT_FALSE(moved()) << "known segment";
  tasks().fail_task(chunk, permanent_error(), now()).value();
  EXPECT_TRUE(moved()) << "failed";
  tasks().retry_video(id, now()).value();
  EXPECT_TRUE(moved()) << "retried";
}

TEST_P(CatalogContract, ListsForThePublicOnlyCompletePublicVideosNewestFirst) {
  for (const auto* id : {"old", "hidden", "unlisted", "new"}) {
    pass(std::chrono::seconds{1});
    add_complete(id);
  }
  pass(std::chrono::seconds{1});
  add_prepared("processing");
  add_failed("failed");
  add_pending("pending");
  VideoChanges changes;
  changes.visibility = Visibility::private_;
  videos().update_video(VideoId("hidden"), changes, now()).value();
  changes.visibility = Visibility::unlisted;
  videos().update_video(VideoId("unlisted"), changes, now()).value();
  EXPECT_EQ(listed(videos(), {}), (Ids{"new", "old"}));
}

TEST_P(CatalogContract, ListsForAnOwnerEverythingOfHis) {
  pass(std::chrono::seconds{1});
  add_complete("a");
  pass(std::chrono::seconds{1});
  add_failed("b");
  pass(std::chrono::seconds{1});
  add_pending("c");
  auto foreign = new_video("foreign");
  foreign.user_id = add_user("other@example.com");
  add_video(foreign);
  VideoQuery mine;
  mine.owner = owner();
  EXPECT_EQ(listed(videos(), mine), (Ids{"c", "b", "a"}));
}

TEST_P(CatalogContract, ListsPageByPageVideosOfTheSameMoment) {
  std::set<std::string> expected;
  for (int i = 0; i < 7; ++i) {
    if (i % 4 == 0) pass(std::chrono::milliseconds{1});  // groups of equal created_at
    expected.insert(add_pending("v" + std::to_string(i)).str());
  }
  for (const int limit : {1, 2, 3, 7, 100}) {
    SCOPED_TRACE(limit);
    VideoQuery query;
    query.owner = owner();
    query.limit = limit;
    std::vector<Video> seen;
    for (;;) {
      const auto page = videos().list_videos(query).value();
      EXPECT_LE(page.videos.size(), static_cast<std::size_t>(limit));
      seen.insert(seen.end(), page.videos.begin(), page.videos.end());
      if (!page.next_cursor) break;
      EXPECT_EQ(page.videos.size(), static_cast<std::size_t>(limit));
      query.cursor = *page.next_cursor;
      ASSERT_LE(seen.size(), expected.size());
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      names.insert(seen[i].id.str());
      EXPECT_GE(seen[i > 0 ? i - 1 : 0].created_at, seen[i].created_at);
    }
    EXPECT_EQ(names, expected);
    EXPECT_EQ(seen.size(), expected.size());
  }
}

TEST_P(CatalogContract, ListsFromTheSamePlaceWhenNewerVideosArrive) {
  for (const auto* id : {"a", "b", "c"}) {
    pass(std::chrono::seconds{1});
    add_pending(id);
  }
  VideoQuery query;
  query.owner = owner();
  query.limit = 2;
  query.cursor = videos().list_videos(query).value().next_cursor.value();
  pass(std::chrono::seconds{1});
  add_pending("d");
  EXPECT_EQ(listed(videos(), query), (Ids{"a"}));
}

TEST_P(CatalogContract, ListRefusesACursorThatIsNotItsOwn) {
  for (const auto* cursor : {"x", "!!", "MTIz", "OnYx", "MTJ4OnYx", "%27", "MTI6/w", "AAAA"}) {
    VideoQuery query;
    query.cursor = cursor;
    const auto page = videos().list_videos(query);
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().kind, ErrorKind::invalid);
    EXPECT_EQ(page.error().code, "invalid_cursor");
  }
}

TEST_P(CatalogContract, ListSearchesTitlesWithoutRegardToCaseAndWithNothingSpecial) {
  const std::vector<std::pair<std::string, std::string>> titles = {
      {"bunny", "Big Buck Bunny"}, {"percent", "100% of it"}, {"hundred", "1000 of it"},
      {"snake", "snake_case"},     {"camel", "snakeXcase"},   {"bang", "wow! %done"},
      {"umlaut", "ÜBER Öl"},       {"cyrillic", "Моё ВИДЕО"}};
  for (const auto& [id, title] : titles) {
    pass(std::chrono::seconds{1});
    auto video = new_video(id);
    video.title = title;
    add_video(video);
  }
  const auto search = [&](const std::string& text) {
    VideoQuery query;
    query.owner = owner();
    query.title_contains = text;
    return listed(videos(), query);
  };
  EXPECT_EQ(search("BUCK"), Ids{"bunny"});
  EXPECT_EQ(search("100%"), Ids{"percent"});
  EXPECT_EQ(search("e_c"), Ids{"snake"});
  EXPECT_EQ(search("! %"), Ids{"bang"});
  EXPECT_EQ(search("über ö"), Ids{"umlaut"});
  EXPECT_EQ(search("видео"), Ids{"cyrillic"});
  EXPECT_EQ(search("%"), (Ids{"bang", "percent"}));
  EXPECT_EQ(search("nothing like it"), Ids{});
  EXPECT_EQ(search("").size(), titles.size());

  VideoChanges renamed;
  renamed.title = "Elephants DREAM";
  videos().update_video(VideoId("bunny"), renamed, now()).value();
  EXPECT_EQ(search("buck"), Ids{});
  EXPECT_EQ(search("dream"), Ids{"bunny"});
}

TEST_P(CatalogContract, ListSearchesOnlyWhatMayBeSeenAndRefusesAnEndlessText) {
  add_pending("mine");
  VideoQuery query;
  query.title_contains = "video";
  EXPECT_EQ(listed(videos(), query), Ids{});
  query.title_contains = std::string(1001, 'x');
  EXPECT_EQ(code_of(videos().list_videos(query)), "search_too_long");
}

TEST_P(CatalogContract, RemovesEveryRowOfAVideoAndRemembersItsObjects) {
  const auto id = add_prepared("v1");
  const auto other = add_prepared("v2");
  const auto chunk = claim(task(id, 0));
  must(tasks().record_segments(chunk, {segment("240p", 0)}, now()));
  const auto waiting = task(id, 0);

  pass(std::chrono::seconds{1});
  EXPECT_TRUE(videos().remove_video(id, now()));

  EXPECT_EQ(code_of(videos().find_video(id)), "video_not_found");
  EXPECT_EQ(code_of(videos().find_upload(id)), "video_not_found");
  EXPECT_EQ(code_of(videos().find_plan(id)), "video_not_found");
  EXPECT_EQ(code_of(videos().stored_segments(id, "")), "video_not_found");
  EXPECT_EQ(code_of(videos().remove_video(id, now())), "video_not_found") << "again";
  EXPECT_TRUE(outbox(id).empty());
  EXPECT_FALSE(can_claim(waiting));
  EXPECT_EQ(outbox(other).size(), 4u) << "others are untouched";

  EXPECT_TRUE(tasks().removed_videos(now()).value().empty()) << "not before this moment";
  const auto later = now() + std::chrono::milliseconds{1};
  EXPECT_EQ(tasks().removed_videos(later).value(), std::vector{id});
  EXPECT_TRUE(tasks().forget_removed(id));
  EXPECT_TRUE(tasks().forget_removed(id)) << "again";
  EXPECT_TRUE(tasks().removed_videos(later).value().empty());
}

TEST_P(CatalogContract, HasAPlanOnlyAfterPrepare) {
  const auto queued = add_queued("v1");
  EXPECT_FALSE(videos().find_plan(queued).value());
  EXPECT_EQ(videos().find_plan(add_prepared("v2")).value(), prepared().plan_json);
}

TEST_P(CatalogContract, ListsStoredSegmentsByTrackAndIndex) {
  const auto id = add_prepared("v1");
  const auto chunk = claim(task(id, 0));
  must(tasks().record_segments(chunk, {segment("360p", 1), segment("360p", 0)}, now()));
  must(tasks().record_segments(chunk, {segment("240p", 10), segment("240p", 9)}, now()));
  EXPECT_EQ(videos().stored_segments(id, "").value(),
            (std::vector{segment("240p", 9), segment("240p", 10), segment("360p", 0),
                         segment("360p", 1)}));
  EXPECT_EQ(videos().stored_segments(id, "360p").value(),
            (std::vector{segment("360p", 0), segment("360p", 1)}));
  EXPECT_TRUE(videos().stored_segments(id, "720p").value().empty());
}

}  // namespace
}  // namespace sluice
