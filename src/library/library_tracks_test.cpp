#include <gmock/gmock.h>

#include "library/api_fixture.h"
#include "library/library.h"
#include "text/cue.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using sluice::testing::Answer;
using sluice::testing::Api;
using sluice::testing::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kSubRip = "1\n00:00:01,000 --> 00:00:02,500\nHello <i>you</i>\n";
constexpr const char* kWebVtt = "WEBVTT\n\n00:01.000 --> 00:02.000 line:0\nHallo\n";

class LibraryTracks : public ::testing::Test {
 protected:
  static std::string at(const std::string& video) { return "/api/videos/" + video + "/tracks"; }
  Answer add(const std::string& video, const json& text = kSubRip,
             const std::string& query = "?language=en", std::string_view who = "alice") {
    return api_.call("POST", at(video) + query, who, text);
  }
  json tracks(const std::string& video) {
    return api_.call("GET", "/api/videos/" + video, "alice").body["tracks"];
  }
  std::vector<std::string> objects(const std::string& video) {
    std::vector<std::string> names;
    const auto found = api_.objects().list(video_prefix(VideoId(video)) + "text-").value();
    for (const auto& object : found) names.push_back(object.key);
    return names;
  }
  std::string master(const std::string& video) {
    const auto url = api_.call("GET", "/api/videos/" + video).body["playback"]["hls"];
    return api_.call("GET", url.get<std::string>()).text;
  }

  Api api_;
};

TEST_F(LibraryTracks, AnOwnerAddsSubtitlesThatPlayAtOnce) {
  const std::string video = api_.complete_video();
  EXPECT_THAT(master(video), Not(HasSubstr("SUBTITLES")));
  const Answer added = add(video, kSubRip, "?language=pt-BR&label=Portugu%C3%AAs&kind=captions");
  ASSERT_EQ(added.status, 201) << added.text;
  EXPECT_EQ(added.body["language"], "pt-BR");
  EXPECT_EQ(added.body["label"], "Português");
  EXPECT_EQ(added.body["kind"], "captions");
  EXPECT_EQ(added.body["from_source"], false);
  const std::string name = added.body["name"];

  EXPECT_THAT(master(video), HasSubstr("NAME=\"Português\",LANGUAGE=\"pt-BR\",DEFAULT=NO"));
  EXPECT_THAT(master(video), HasSubstr("SUBTITLES=\"subs\""));
  const std::string url = added.body["url"];
  const std::string base = url.substr(0, url.rfind('/'));
  const Answer whole = api_.call("GET", url);
  EXPECT_EQ(whole.headers.at("content-type"), "text/vtt; charset=utf-8");
  EXPECT_EQ(whole.text, "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello <i>you</i>\n");
  const Answer playlist = api_.call("GET", base + "/playlist.m3u8");
  EXPECT_THAT(playlist.text, HasSubstr("#EXTINF:10.000,\n00000.vtt\n#EXT-X-ENDLIST"));
  EXPECT_THAT(api_.call("GET", base + "/00000.vtt").text, StartsWith("WEBVTT\nX-TIMESTAMP-MAP="));
  EXPECT_EQ(tracks(video).size(), 1u);
  EXPECT_EQ(tracks(video)[0]["name"], name);
}

TEST_F(LibraryTracks, AGrowingVideoTakesThemToo) {
  const std::string video = api_.upload();
  EXPECT_EQ(add(video).code(), "not_planned");
  EXPECT_EQ(add(video).status, 409);
  api_.prepare(video);
  EXPECT_EQ(add(video, kWebVtt).status, 201);
  api_.store(video, "240p", 0);
  api_.store(video, "audio-0", 0);
  EXPECT_THAT(master(video), HasSubstr("TYPE=SUBTITLES"));
}

TEST_F(LibraryTracks, RemovingOneTakesItsObjectsAndItsNameAway) {
  const std::string video = api_.complete_video();
  const std::string first = add(video).body["name"];
  const std::string second = add(video).body["name"];
  EXPECT_NE(first, second);
  EXPECT_EQ(api_.call("DELETE", at(video) + "/" + first, "alice").status, 204);
  ASSERT_EQ(tracks(video).size(), 1u);
  EXPECT_EQ(tracks(video)[0]["name"], second);
  for (const auto& object : objects(video)) EXPECT_THAT(object, HasSubstr(second));
  EXPECT_THAT(master(video), Not(HasSubstr(first)));
  EXPECT_EQ(api_.call("DELETE", at(video) + "/" + first, "alice").code(), "track_not_found");
  EXPECT_EQ(api_.call("DELETE", at(video) + "/720p", "alice").code(), "track_not_found");
}

TEST_F(LibraryTracks, AreTheOwnersBusinessOnly) {
  const std::string video = api_.complete_video();
  const std::string name = add(video).body["name"];
  EXPECT_EQ(add(video, kSubRip, "?language=en", "").status, 401);
  EXPECT_EQ(add(video, kSubRip, "?language=en", "bob").status, 404);
  EXPECT_EQ(add("unknown").status, 404);
  EXPECT_EQ(api_.call("DELETE", at(video) + "/" + name).status, 401);
  EXPECT_EQ(api_.call("DELETE", at(video) + "/" + name, "bob").status, 404);
  EXPECT_EQ(tracks(video).size(), 1u);
}

TEST_F(LibraryTracks, RefusesWhatCannotBeShownAndLeavesNothing) {
  const std::string video = api_.complete_video();
  const std::pair<const char*, const char*> bad[] = {
      {"?language=", "invalid_language"},
      {"?language=english", "invalid_language"},
      {"?language=e", "invalid_language"},
      {"?language=en-%22", "invalid_language"},
      {"?language=en&label=a%0Ab", "invalid_label"},
      {"?language=en&kind=metadata", "invalid_kind"},
      {"?language=en&forced=yes", "invalid_flag"},
  };
  for (const auto& [query, code] : bad) {
    const Answer answer = add(video, kSubRip, query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.code(), code) << query;
  }
  EXPECT_EQ(add(video, "Dear Sir or Madam").code(), "no_cues");
  EXPECT_EQ(add(video, "1\n00:10:00,000 --> 00:11:00,000\nafter the end\n").code(), "no_cues");
  EXPECT_EQ(add(video, "WEBVTT\n\n00:01.000 --> 00:02.000\n\xCF\xF0\xE8\xE2\xE5\xF2\n").code(),
            "unknown_encoding");
  EXPECT_EQ(add(video, std::string(kMaxTextBytes + 1, ' ')).code(), "text_too_large");
  EXPECT_EQ(tracks(video).size(), 0u);
  EXPECT_THAT(objects(video), IsEmpty());
}

TEST_F(LibraryTracks, OneTooManyLeavesNoObjects) {
  const std::string video = api_.complete_video();
  for (int i = 0; i < kMaxTextTracks; ++i) ASSERT_EQ(add(video).status, 201);
  const auto before = objects(video);
  EXPECT_EQ(add(video).code(), "too_many_tracks");
  EXPECT_EQ(objects(video), before);
}

TEST_F(LibraryTracks, GoWithTheirVideo) {
  const std::string video = api_.complete_video();
  ASSERT_EQ(add(video).status, 201);
  EXPECT_EQ(api_.call("DELETE", "/api/videos/" + video, "alice").status, 204);
  EXPECT_THAT(objects(video), IsEmpty());
}

}  // namespace
}  // namespace sluice
