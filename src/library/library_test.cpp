#include "library/library.h"

#include <gmock/gmock.h>

#include "library/api_fixture.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using sluice::testing::Answer;
using sluice::testing::Api;
using sluice::testing::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LibraryTest : public ::testing::Test {
 protected:
  static std::string at(const std::string& video) { return "/api/videos/" + video; }
  Answer show(const std::string& video, std::string_view who = "") {
    return api_.call("GET", at(video), who);
  }
  std::vector<std::string> titles(const std::string& query, std::string_view who = "") {
    const Answer answer = api_.call("GET", "/api/videos" + query, who);
    EXPECT_EQ(answer.status, 200) << answer.text;
    std::vector<std::string> found;
    for (const json& video : answer.body["videos"]) found.push_back(video["title"]);
    return found;
  }

  Api api_;
};

TEST_F(LibraryTest, ShowsACompleteVideoToEverybody) {
  const std::string video = api_.complete_video({{"title", "Holiday"}});
  const Answer answer = show(video);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_EQ(answer.body["title"], "Holiday");
  EXPECT_EQ(answer.body["status"], "complete");
  EXPECT_EQ(answer.body["progress"], 1);
  ASSERT_EQ(answer.body["renditions"].size(), 2u);
  EXPECT_EQ(answer.body["renditions"][0]["name"], "720p");
  EXPECT_GT(answer.body["renditions"][0]["bitrate_bps"], 0);
  EXPECT_EQ(api_.call("GET", answer.body["playback"]["hls"].get<std::string>()).status, 200);
  EXPECT_EQ(api_.call("GET", answer.body["renditions"][1]["url"].get<std::string>()).status, 200);
}

TEST_F(LibraryTest, ShowsNotesToTheOwnerOnly) {
  const std::string video = api_.complete_video();
  const auto notes = json::array({{{"code", "cut_off"}, {"message", "The file ends after 0:10."}}});
  EXPECT_EQ(api_.call("GET", "/api/videos/" + video, "alice").body["notes"], notes);
  EXPECT_EQ(api_.call("GET", "/api/videos/" + video, "bob").body["notes"], json::array());
  EXPECT_EQ(api_.call("GET", "/api/videos/" + video).body["notes"], json::array());
  EXPECT_EQ(api_.call("GET", "/api/videos/" + video).body["source"]["video"]["codec"], "h264");
}

TEST_F(LibraryTest, HasNothingToPlayBeforeTheFirstSegments) {
  const std::string video = api_.upload();
  EXPECT_TRUE(show(video).body["playback"].is_null());
  EXPECT_EQ(show(video).body["status"], "queued");
  api_.prepare(video);
  api_.store(video, "240p", 0);
  api_.store(video, "audio-0", 0);
  const Answer playable = show(video);
  EXPECT_EQ(playable.body["status"], "processing");
  EXPECT_EQ(playable.body["playable"], true);
  ASSERT_EQ(playable.body["renditions"].size(), 1u);
  EXPECT_EQ(playable.body["renditions"][0]["name"], "240p");
}

TEST_F(LibraryTest, ShowsAPrivateVideoToItsOwnerOnly) {
  const std::string video = api_.complete_video({{"visibility", "private"}});
  EXPECT_EQ(show(video, "alice").status, 200);
  for (const char* who : {"", "bob", "nobody"}) {
    const Answer answer = show(video, who);
    EXPECT_EQ(answer.status, 404) << who;
    EXPECT_EQ(answer.code(), "video_not_found");
    EXPECT_EQ(answer.text, show("unknown", who).text) << "the same as one that isn't there";
    EXPECT_EQ(api_.call("GET", at(video) + "/events", who).status, 404);
  }
}

TEST_F(LibraryTest, AnswersEachOfSeveralRequestsAsIfItWereAlone) {
  const std::string open = api_.complete_video({{"title", "Holiday"}});
  const std::string hidden = api_.complete_video({{"visibility", "private"}});
  std::vector<http::Request> requests;
  for (const auto& [video, who] : std::initializer_list<std::pair<std::string, std::string>>{
           {open, ""}, {hidden, "alice"}, {"unknown", ""}, {hidden, ""}, {open, "bob"}}) {
    http::Request request;
    request.params.add("id", video);
    if (!who.empty()) request.headers.add("authorization", "Bearer " + who);
    requests.push_back(std::move(request));
  }
  std::vector<const http::Request*> together;
  for (const auto& request : requests) together.push_back(&request);
  const auto match = api_.router().match("GET", at(open));
  ASSERT_NE(match.group, nullptr);
  const auto responses = (*match.group)(together);
  const auto text = [&](std::size_t i) { return std::get<std::string>(responses.at(i).body); };
  EXPECT_EQ(responses.size(), requests.size());
  EXPECT_EQ(text(0), show(open).text);
  EXPECT_EQ(text(1), show(hidden, "alice").text);
  EXPECT_EQ(text(2), show("unknown").text);
  EXPECT_EQ(text(3), show(hidden).text);
  EXPECT_EQ(text(4), text(0));
}

TEST_F(LibraryTest, AnswersUnknownIdsAlike) {
  for (const char* id : {"unknown", "0", "a'%20OR%201=1--", "%F0%9F%8E%AC", "videos"}) {
    EXPECT_EQ(show(id).status, 404) << id;
    EXPECT_EQ(api_.call("PATCH", at(id), "alice", {{"title", "x"}}).status, 404) << id;
    EXPECT_EQ(api_.call("DELETE", at(id), "alice").status, 404) << id;
    EXPECT_EQ(api_.call("POST", at(id) + "/retry", "alice").status, 404) << id;
    EXPECT_EQ(api_.call("GET", at(id) + "/events").status, 404) << id;
  }
  for (const char* id : {"..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "%FF", "%"}) {
    const int status = show(id).status;
    EXPECT_TRUE(status == 404 || status == 400) << id << " " << status;
  }
}

TEST_F(LibraryTest, LetsOnlyTheOwnerChangeAVideo) {
  const std::string video = api_.complete_video();
  const std::pair<const char*, std::string> actions[] = {
      {"PATCH", at(video)}, {"DELETE", at(video)}, {"POST", at(video) + "/retry"}};
  for (const auto& [method, target] : actions) {
    const Answer nobody = api_.call(method, target, "", {{"title", "Mine"}});
    EXPECT_EQ(nobody.status, 401) << method;
    EXPECT_EQ(nobody.headers.at("www-authenticate"), "Bearer");
    EXPECT_EQ(api_.call(method, target, "bob", {{"title", "Mine"}}).status, 404) << method;
  }
  EXPECT_EQ(show(video).body["title"], "film");
}

TEST_F(LibraryTest, ChangesTitleAndVisibility) {
  const std::string video = api_.complete_video();
  const Answer changed =
      api_.call("PATCH", at(video), "alice", {{"title", "New"}, {"visibility", "private"}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body["title"], "New");
  EXPECT_EQ(changed.body["visibility"], "private");
  EXPECT_EQ(changed.body["renditions"].size(), 2u);
  EXPECT_EQ(show(video).status, 404);
  EXPECT_EQ(api_.call("PATCH", at(video), "alice", json::object()).body["title"], "New");
}

TEST_F(LibraryTest, RefusesMalformedChanges) {
  const std::string video = api_.upload();
  for (const char* body :
       {"", "{", "[]", "null", "\"title\"", "{\"title\":", "\xFF", "{\"title\":5}"}) {
    EXPECT_EQ(api_.call("PATCH", at(video), "alice", json(std::string(body))).status, 400) << body;
  }
  EXPECT_EQ(
      api_.call("PATCH", at(video), "alice", {{"title", "x"}}, {{"content-type", "text/plain"}})
          .code(),
      "unsupported_media_type");
  EXPECT_EQ(show(video).body["title"], "film");
}

TEST_F(LibraryTest, ListsCompletePublicVideosNewestFirst) {
  for (const char* title : {"one", "two", "three"}) {
    api_.complete_video({{"title", title}});
    api_.clock().advance(std::chrono::seconds{1});
  }
  api_.complete_video({{"title", "private"}, {"visibility", "private"}});
  api_.complete_video({{"title", "unlisted"}, {"visibility", "unlisted"}});
  api_.clock().advance(std::chrono::seconds{1});
  api_.upload({{"title", "unfinished"}});
  EXPECT_THAT(titles(""), ElementsAre("three", "two", "one"));
  EXPECT_THAT(titles("?q=T", "bob"), ElementsAre("three", "two"));
  EXPECT_THAT(titles("?mine=true", "bob"), IsEmpty());
  EXPECT_EQ(titles("?mine=true", "alice").size(), 6u);
  EXPECT_EQ(titles("?mine=true", "alice").front(), "unfinished");
}

TEST_F(LibraryTest, HandsOutPages) {
  for (const char* title : {"one", "two", "three"}) {
    api_.complete_video({{"title", title}});
    api_.clock().advance(std::chrono::seconds{1});
  }
  const Answer first = api_.call("GET", "/api/videos?limit=2");
  EXPECT_EQ(first.body["videos"].size(), 2u);
  EXPECT_TRUE(first.body["videos"][0]["playback"]["hls"].is_string());
  const std::string cursor = first.body["next_cursor"];
  const Answer second = api_.call("GET", "/api/videos?limit=2&cursor=" + cursor);
  ASSERT_EQ(second.body["videos"].size(), 1u);
  EXPECT_EQ(second.body["videos"][0]["title"], "one");
  EXPECT_TRUE(second.body["next_cursor"].is_null());
}

TEST_F(LibraryTest, RefusesMalformedQueries) {
  EXPECT_EQ(api_.call("GET", "/api/videos?limit=0").code(), "invalid_limit");
  EXPECT_EQ(api_.call("GET", "/api/videos?cursor=nonsense").code(), "invalid_cursor");
  EXPECT_EQ(api_.call("GET", "/api/videos?q=%FF").code(), "invalid_query");
  EXPECT_EQ(api_.call("GET", "/api/videos?mine=true").status, 401);
  EXPECT_THAT(titles("?q=%25"), IsEmpty()) << "a wildcard of LIKE";
}

TEST_F(LibraryTest, RemovesAVideoWithItsObjects) {
  const std::string video = api_.complete_video();
  EXPECT_EQ(api_.call("DELETE", at(video), "alice").status, 204);
  EXPECT_EQ(show(video, "alice").status, 404);
  EXPECT_EQ(api_.call("DELETE", at(video), "alice").status, 404);
  EXPECT_THAT(api_.objects().list(video_prefix(VideoId(video))).value(), IsEmpty());
}

TEST_F(LibraryTest, RemovingAPendingVideoTakesItsPartsAlong) {
  const Answer initiated =
      api_.call("POST", "/api/uploads/initiate", "alice",
                {{"filename", "a.mp4"}, {"size_bytes", 5}, {"multipart", true}});
  const std::string video = initiated.body["video_id"];
  const std::string part = initiated.body["upload"]["parts"][0]["url"];
  ASSERT_EQ(api_.put(part, "bytes"), "");
  ASSERT_EQ(api_.call("DELETE", at(video), "alice").status, 204);
  EXPECT_NE(api_.put(part, "bytes"), "");
}

TEST_F(LibraryTest, RetriesAFailedVideo) {
  const std::string video = api_.upload();
  EXPECT_EQ(api_.call("POST", at(video) + "/retry", "alice").code(), "not_failed");
  api_.fail(video);
  EXPECT_EQ(show(video).body["error"]["code"], "not_a_video");
  const Answer retried = api_.call("POST", at(video) + "/retry", "alice");
  EXPECT_EQ(retried.status, 202);
  EXPECT_EQ(retried.body["status"], "queued");
  EXPECT_TRUE(retried.body["error"].is_null());
}

TEST_F(LibraryTest, DoesNotRetryAnUploadThatNeverEnded) {
  const Answer initiated = api_.call("POST", "/api/uploads/initiate", "alice",
                                     {{"filename", "a.mp4"}, {"size_bytes", 5}});
  const std::string video = initiated.body["video_id"];
  api_.clock().advance(std::chrono::hours{25});
  ASSERT_TRUE(api_.catalog().sweep(api_.clock().now()));
  EXPECT_EQ(show(video).body["status"], "failed");
  const Answer retried = api_.call("POST", at(video) + "/retry", "alice");
  EXPECT_EQ(retried.status, 409);
  EXPECT_EQ(retried.code(), "upload_expired");
}

TEST_F(LibraryTest, FollowsAVideoToItsEnd) {
  const std::string video = api_.upload();
  const auto feed = api_.call("GET", at(video) + "/events").feed;
  const auto first = feed.poll();
  EXPECT_THAT(first.text, HasSubstr("event: status\n"));
  EXPECT_THAT(first.text, HasSubstr(R"("status":"queued")"));
  EXPECT_FALSE(first.last);
  EXPECT_EQ(feed.poll().text, "");
  api_.prepare(video);
  EXPECT_THAT(feed.poll().text, HasSubstr(R"("status":"processing")"));
  api_.store(video, "720p", 0);
  EXPECT_THAT(feed.poll().text, HasSubstr("event: progress\n"));
  api_.fail(video);
  const auto end = feed.poll();
  EXPECT_THAT(end.text, HasSubstr("not_a_video"));
  EXPECT_TRUE(end.last);
}

TEST_F(LibraryTest, SendsAFollowerAwayWhoHasSeenTheEnd) {
  const std::string video = api_.complete_video();
  const auto events = [&](http::Fields headers) {
    return api_.call("GET", at(video) + "/events", "", nullptr, std::move(headers));
  };
  EXPECT_TRUE(events({}).feed.poll().last);
  EXPECT_EQ(events({{"last-event-id", "end"}}).status, 204) << "so EventSource stops";
}

TEST_F(LibraryTest, StopsFollowingARemovedVideo) {
  const std::string video = api_.upload();
  const auto feed = api_.call("GET", at(video) + "/events").feed;
  feed.poll();
  api_.call("DELETE", at(video), "alice");
  EXPECT_TRUE(feed.poll().last);
}

}  // namespace
}  // namespace sluice
