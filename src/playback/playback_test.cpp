#include "playback/playback.h"

#include <gmock/gmock.h>

#include <set>

#include "library/api_fixture.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using sluice::testing::Answer;
using sluice::testing::Api;
using sluice::testing::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// One address of each route.
constexpr const char* kEveryKind[] = {
    "/master.m3u8",   "/manifest.mpd",   "/720p/playlist.m3u8", "/240p/iframes.m3u8",
    "/720p/init.mp4", "/720p/00000.m4s", "/storyboard.vtt",     "/images/00000.jpg"};

class PlaybackTest : public ::testing::Test {
 protected:
  // ".../play/TOKEN" of a video, from now.
  std::string play(const std::string& video) {
    const auto url =
        api_.playback().sign(api_.catalog().find_video(VideoId(video)).value(), api_.clock().now());
    return url.hls.substr(0, url.hls.size() - std::string("/master.m3u8").size());
  }
  std::string token_path(const VideoId& video, std::chrono::seconds open,
                         std::chrono::seconds fetch) {
    const Timestamp now = api_.clock().now();
    return "/play/" + api_.tokens().make({video, now + open, now + fetch});
  }
  Answer get(const std::string& target, http::Fields headers = {}) {
    return api_.call("GET", target, "", nullptr, std::move(headers));
  }

  Api api_;
};

TEST_F(PlaybackTest, LeadsFromTheMasterToEverySegment) {
  const std::string video = api_.complete_video();
  const std::string base = play(video);
  const Answer master = get(base + "/master.m3u8");
  ASSERT_EQ(master.status, 200) << master.text;
  EXPECT_EQ(master.headers.at("content-type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(master.headers.at("access-control-allow-origin"), "*");
  EXPECT_THAT(master.text, HasSubstr("\n720p/playlist.m3u8\n"));
  EXPECT_THAT(master.text, HasSubstr("URI=\"audio-0/playlist.m3u8\""));

  for (const std::string track : {"720p", "240p", "audio-0"}) {
    const Answer playlist = get(base + "/" + track + "/playlist.m3u8");
    ASSERT_EQ(playlist.status, 200) << playlist.text;
    EXPECT_THAT(playlist.text, HasSubstr("#EXT-X-MAP:URI=\"init.mp4\""));
    EXPECT_THAT(playlist.text, HasSubstr("#EXTINF:2.000000,\n00002.m4s\n#EXT-X-ENDLIST"));
    EXPECT_EQ(get(base + "/" + track + "/init.mp4").text, "init of " + track);
    const Answer segment = get(base + "/" + track + "/00002.m4s");
    EXPECT_EQ(segment.status, 200);
    EXPECT_EQ(segment.text, segment_key(VideoId(video), track, 2));
    EXPECT_EQ(segment.headers.at("content-type"), track == "audio-0" ? "audio/mp4" : "video/mp4");
    EXPECT_EQ(segment.headers.at("access-control-allow-origin"), "*");
  }
}

TEST_F(PlaybackTest, LeadsFromTheDashManifestToEverySegment) {
  const std::string base = play(api_.complete_video());
  const Answer mpd = get(base + "/manifest.mpd");
  ASSERT_EQ(mpd.status, 200) << mpd.text;
  EXPECT_EQ(mpd.headers.at("content-type"), "application/dash+xml");
  EXPECT_EQ(mpd.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(mpd.headers.at("cache-control"), "private, max-age=300");
  EXPECT_THAT(mpd.text, HasSubstr("media=\"$RepresentationID$/$Number%05d$.m4s\""));
  for (const std::string track : {"720p", "240p", "audio-0"}) {
    EXPECT_THAT(mpd.text, HasSubstr("<Representation id=\"" + track + "\""));
  }
}

TEST_F(PlaybackTest, HasADashManifestWhenNothingIsToComeAnyMore) {
  const std::string video = api_.upload();
  const auto dash_url = [&] {
    const Video known = api_.catalog().find_video(VideoId(video)).value();
    return api_.playback().sign(known, api_.clock().now()).dash.value_or("");
  };
  api_.prepare(video);
  EXPECT_EQ(get(play(video) + "/manifest.mpd").code(), "not_playable");
  api_.store(video, "240p", 0);
  api_.store(video, "audio-0", 0);
  EXPECT_EQ(get(play(video) + "/manifest.mpd").code(), "dash_not_ready");
  EXPECT_EQ(dash_url(), "");
  api_.fail(video);
  EXPECT_EQ(dash_url(), play(video) + "/manifest.mpd");
  EXPECT_THAT(get(dash_url()).text, HasSubstr("mediaPresentationDuration=\"PT4.000000S\""));
}

TEST_F(PlaybackTest, LeadsToTheFirstPictureOfEachSegment) {
  const std::string base = play(api_.complete_video());
  EXPECT_THAT(get(base + "/master.m3u8").text, HasSubstr(",URI=\"240p/iframes.m3u8\"\n"));
  const Answer playlist = get(base + "/240p/iframes.m3u8");
  ASSERT_EQ(playlist.status, 200) << playlist.text;
  EXPECT_THAT(playlist.text, HasSubstr("#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"init.mp4\"\n"));
  EXPECT_THAT(playlist.text, HasSubstr("\n#EXT-X-BYTERANGE:9@0\n00002.m4s\n#EXT-X-ENDLIST"));
  EXPECT_EQ(get(base + "/240p/00002.m4s", {{"range", "bytes=0-8"}}).text.size(), 9u);
  for (const char* without : {"720p", "audio-0", "1080p"}) {
    EXPECT_EQ(get(base + "/" + without + "/iframes.m3u8").code(), "rendition_not_found");
  }
}

TEST_F(PlaybackTest, GrowsWithTheVideo) {
  const std::string video = api_.upload();
  EXPECT_EQ(get(play(video) + "/master.m3u8").code(), "not_playable");
  api_.prepare(video);
  api_.store(video, "240p", 0);
  EXPECT_EQ(get(play(video) + "/master.m3u8").code(), "not_playable") << "no sound yet";
  api_.store(video, "audio-0", 0);

  const std::string base = play(video);
  const Answer first = get(base + "/master.m3u8");
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.at("cache-control"), "no-cache");
  EXPECT_THAT(first.text, HasSubstr("240p/playlist.m3u8"));
  EXPECT_THAT(first.text, Not(HasSubstr("720p")));
  EXPECT_EQ(get(base + "/720p/playlist.m3u8").code(), "rendition_not_found");

  api_.store(video, "720p", 0);
  EXPECT_THAT(get(base + "/master.m3u8").text, HasSubstr("720p"));
  const Answer growing = get(base + "/240p/playlist.m3u8");
  EXPECT_EQ(growing.headers.at("cache-control"), "no-cache");
  EXPECT_THAT(growing.text, HasSubstr("#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0\n"));
  EXPECT_THAT(growing.text, Not(HasSubstr("ENDLIST")));
  api_.store(video, "240p", 2);
  EXPECT_THAT(get(base + "/240p/playlist.m3u8").text, Not(HasSubstr("00002.m4s"))) << "a gap";
  api_.store(video, "240p", 1);
  EXPECT_THAT(get(base + "/240p/playlist.m3u8").text, HasSubstr("00002.m4s"));
}

TEST_F(PlaybackTest, EndsThePlaylistsOfAFailedVideo) {
  const std::string video = api_.upload();
  api_.prepare(video);
  api_.store(video, "240p", 0);
  api_.store(video, "audio-0", 0);
  api_.fail(video);
  EXPECT_THAT(get(play(video) + "/240p/playlist.m3u8").text, HasSubstr("#EXT-X-ENDLIST"));
}

TEST_F(PlaybackTest, LeadsFromTheStoryboardToItsSheets) {
  const std::string video = api_.complete_video();
  const std::string base = play(video);
  const Answer index = get(base + "/storyboard.vtt");
  ASSERT_EQ(index.status, 200) << index.text;
  EXPECT_EQ(index.headers.at("content-type"), "text/vtt; charset=utf-8");
  EXPECT_EQ(index.headers.at("access-control-allow-origin"), "*");
  EXPECT_THAT(index.text, StartsWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n"
                                     "images/00000.jpg#xywh=0,0,256,144\n"));
  EXPECT_THAT(index.text, HasSubstr("00:00:09.000 --> 00:00:10.000\n"
                                    "images/00001.jpg#xywh=0,144,256,144\n"));
  for (const char* name : {"/images/00000.jpg", "/images/00001.jpg", "/images/poster-00000.jpg"}) {
    const Answer image = get(base + name);
    EXPECT_EQ(image.status, 200) << name;
    EXPECT_EQ(image.text, "videos/" + video + name);
    EXPECT_EQ(image.headers.at("content-type"), "image/jpeg");
    EXPECT_EQ(image.headers.at("cache-control"), "private, max-age=920, immutable");
    EXPECT_EQ(image.headers.at("access-control-allow-origin"), "*");
  }
}

TEST_F(PlaybackTest, GrowsTheStoryboardByWholeChunks) {
  const std::string video = api_.upload();
  api_.prepare(video);
  EXPECT_EQ(get(play(video) + "/storyboard.vtt").code(), "storyboard_not_found");
  api_.store(video, "720p", 0);
  api_.store(video, "audio-0", 0);
  EXPECT_EQ(get(play(video) + "/storyboard.vtt").text, "WEBVTT\n") << "nothing of 240p yet";
  api_.store(video, "240p", 0);
  const Answer first = get(play(video) + "/storyboard.vtt");
  EXPECT_EQ(first.headers.at("cache-control"), "no-cache");
  EXPECT_THAT(first.text, HasSubstr("--> 00:00:04.000\n"));
  EXPECT_THAT(first.text, Not(HasSubstr("00001.jpg")));
  api_.store(video, "240p", 1);
  EXPECT_EQ(get(play(video) + "/storyboard.vtt").text, first.text);
  api_.store(video, "240p", 2);
  EXPECT_THAT(get(play(video) + "/storyboard.vtt").text, HasSubstr("00001.jpg"));
}

TEST_F(PlaybackTest, APosterCanBeFetchedForAWhileAndOpensNothing) {
  const std::string video = api_.complete_video();
  const auto url_now = [&] {
    const Video known = api_.catalog().find_video(VideoId(video)).value();
    return api_.playback().poster(known, api_.clock().now()).value().value();
  };
  const std::string url = url_now();
  EXPECT_THAT(url, HasSubstr("/images/poster-00000.jpg"));
  EXPECT_EQ(get(url).status, 200);
  const std::string base = url.substr(0, url.find("/images/"));
  EXPECT_EQ(get(base + "/master.m3u8").status, 403);

  std::set<std::string> urls;
  for (int minute = 0; minute < 30; ++minute) {
    urls.insert(url_now());
    api_.clock().advance(std::chrono::minutes{1});
  }
  EXPECT_LE(urls.size(), 3u) << "the same for a quarter of an hour";
  api_.clock().advance(std::chrono::minutes{5});
  EXPECT_EQ(get(url).code(), "expired_token");
}

TEST_F(PlaybackTest, APosterIsThereBeforeTheVideoIsPlayable) {
  const std::string video = api_.upload();
  const auto poster = [&] {
    const Video known = api_.catalog().find_video(VideoId(video)).value();
    return api_.playback().poster(known, api_.clock().now()).value().value_or("");
  };
  api_.prepare(video);
  EXPECT_EQ(poster(), "");
  api_.store_images(video, 1, 0.2);
  EXPECT_EQ(get(poster()).status, 200);
  EXPECT_THAT(poster(), HasSubstr("poster-00001.jpg"));
  api_.store_images(video, 0, 0.4);
  EXPECT_THAT(poster(), HasSubstr("poster-00000.jpg"));
}

TEST_F(PlaybackTest, SeparatesOpeningFromFetching) {
  const std::string video = api_.complete_video();
  const std::string base = play(video);
  api_.clock().advance(std::chrono::minutes{15} - std::chrono::milliseconds{1});
  EXPECT_EQ(get(base + "/master.m3u8").status, 200);
  api_.clock().advance(std::chrono::milliseconds{1});
  EXPECT_EQ(get(base + "/master.m3u8").status, 403);
  EXPECT_EQ(get(base + "/master.m3u8").code(), "expired_token");
  EXPECT_EQ(get(base + "/manifest.mpd").code(), "expired_token");
  EXPECT_EQ(get(base + "/720p/playlist.m3u8").status, 200);
  EXPECT_EQ(get(base + "/720p/00000.m4s").status, 200);
  api_.clock().advance(std::chrono::seconds{20});  // twice the duration
  for (const char* path : kEveryKind) {
    const Answer answer = get(base + path);
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_EQ(answer.code(), "expired_token") << path;
    EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "*") << path;
  }
}

TEST_F(PlaybackTest, RefusesEveryTokenThatIsNotOurs) {
  const std::string video = api_.complete_video();
  std::string token = play(video).substr(std::string(sluice::testing::kPublicUrl).size() + 6);
  std::string tampered = token;
  tampered[20] = tampered[20] == 'A' ? 'B' : 'A';
  const Timestamp later = api_.clock().now() + std::chrono::hours{1};
  const std::string foreign =
      PlaybackTokens(Secret("somebody else's key")).make({VideoId(video), later, later});
  const std::string tokens[] = {tampered,
                                foreign,
                                "x",
                                "-",
                                token + "A",
                                token.substr(1),
                                token.substr(0, token.size() - 1),
                                "%00",
                                std::string(4000, 'A')};
  for (const std::string& bad : tokens) {
    for (const char* path : kEveryKind) {
      const Answer answer = get("/play/" + bad + path);
      EXPECT_TRUE(answer.status == 403 || (bad == "%00" && answer.status == 400)) << bad << path;
      EXPECT_FALSE(answer.headers.contains("location"));
    }
  }
}

TEST_F(PlaybackTest, AnswersForItsOwnVideoOnly) {
  const std::string video = api_.complete_video();
  const VideoId nobody("nobodysvideo");
  const std::string base = token_path(nobody, std::chrono::hours{1}, std::chrono::hours{1});
  EXPECT_EQ(get(base + "/master.m3u8").code(), "video_not_found");
  EXPECT_EQ(get(base + "/720p/00000.m4s").status, 404);
}

TEST_F(PlaybackTest, NamesNothingButMedia) {
  const std::string video = api_.complete_video();
  const std::string base = play(video);
  const char* paths[] = {"/720p/00009.m4s",
                         "/720p/0.m4s",
                         "/720p/00000.m4s.tmp",
                         "/720p/original",
                         "/source/original",
                         "/source/init.mp4",
                         "/..%2f..%2fother/init.mp4",
                         "/../init.mp4",
                         "/%2e%2e/00000.m4s",
                         "/720p/..%2f240p%2f00000.m4s",
                         "/720p/%2e%2e",
                         "/720p/-0001.m4s",
                         "/720p/00000.m4s%00",
                         "/720P/init.mp4",
                         "/.hidden/init.mp4",
                         "/720p/",
                         "//init.mp4",
                         "",
                         "/",
                         "/720p",
                         "/1080p/playlist.m3u8",
                         "/720p/240p/init.mp4",
                         "/images/00009.jpg",
                         "/images/0.jpg",
                         "/images/00000.m4s",
                         "/images/poster-.jpg",
                         "/images/poster-poster-00000.jpg",
                         "/images/..%2f720p%2finit.mp4",
                         "/images/playlist.m3u8",
                         "/720p/00000.jpg",
                         "/720p/storyboard.vtt"};
  for (const char* path : paths) {
    const int status = get(base + path).status;
    EXPECT_TRUE(status == 404 || status == 400) << path << " " << status;
  }
}

TEST_F(PlaybackTest, ServesRangesAndConditionalRequests) {
  const std::string url = play(api_.complete_video()) + "/720p/00000.m4s";
  const Answer whole = get(url);
  EXPECT_EQ(whole.headers.at("cache-control"), "private, max-age=920, immutable");
  const std::string etag = whole.headers.at("etag");
  const Answer range = get(url, {{"range", "bytes=2-4"}});
  EXPECT_EQ(range.status, 206);
  EXPECT_EQ(range.text, whole.text.substr(2, 3));
  EXPECT_EQ(get(url, {{"if-none-match", etag}}).status, 304);
  EXPECT_EQ(get(url, {{"if-none-match", "\"other\""}}).status, 200);
  EXPECT_EQ(get(url, {{"range", "bytes=2-4"}, {"if-range", "\"other\""}}).status, 200);
  EXPECT_EQ(get(url, {{"range", "bytes=100000-"}}).status, 416);
  EXPECT_EQ(api_.call("HEAD", url).status, 200);
}

TEST_F(PlaybackTest, AllowsPagesOfAnyOrigin) {
  const std::string base = play(api_.complete_video());
  for (const char* path : kEveryKind) {
    const Answer preflight = api_.call("OPTIONS", base + path);
    EXPECT_EQ(preflight.status, 204) << path;
    EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*");
    EXPECT_THAT(preflight.headers.at("access-control-allow-methods"), HasSubstr("GET"));
    EXPECT_EQ(api_.call("POST", base + path).status, 405) << path;
  }
}

TEST_F(PlaybackTest, EndsWithItsVideo) {
  const std::string video = api_.complete_video();
  const std::string base = play(video);
  ASSERT_EQ(get(base + "/master.m3u8").status, 200);
  ASSERT_EQ(get(base + "/720p/00000.m4s").status, 200);
  ASSERT_EQ(api_.call("DELETE", "/api/videos/" + video, "alice").status, 204);
  EXPECT_EQ(get(base + "/master.m3u8").status, 404);
  EXPECT_EQ(get(base + "/720p/playlist.m3u8").status, 404);
  EXPECT_EQ(get(base + "/720p/00001.m4s").status, 404);
  api_.clock().advance(std::chrono::seconds{30});
  EXPECT_EQ(get(base + "/720p/00000.m4s").status, 404);
}

TEST_F(PlaybackTest, MediaIsQuick) {
  EXPECT_TRUE(api_.router().match("GET", "/play/t/720p/00000.m4s").options.quick);
  EXPECT_TRUE(api_.router().match("GET", "/play/t/720p/init.mp4").options.quick);
  EXPECT_TRUE(api_.router().match("GET", "/play/t/images/00000.jpg").options.quick);
  EXPECT_FALSE(api_.router().match("GET", "/play/t/master.m3u8").options.quick);
  EXPECT_FALSE(api_.router().match("GET", "/play/t/720p/playlist.m3u8").options.quick);
}

// As a CDN's signer: other addresses for another time.
class StampingSigner final : public UrlSigner {
 public:
  Result<SignedPrefix> sign(const VideoId& video, Timestamp until) const override {
    return SignedPrefix{"https://cdn.example.com/" + video_prefix(video),
                        "?until=" + std::to_string(to_unix_ms(until)), until};
  }
};

class SignedElsewhere : public PlaybackTest {
 protected:
  SignedElsewhere() { playback_.add_routes(router_); }

  // The text at `name` for a token whose media can be fetched for so long, and its manifests, if
  // nothing else is said, not at all.
  std::string fetch(const std::string& name, std::chrono::seconds until,
                    std::chrono::seconds open = {}) {
    const auto path = token_path(VideoId(video_), open, until) + name;
    const auto match = router_.match("GET", path);
    http::Request request;
    request.method = "GET";
    request.params = match.params;
    return std::get<std::string>((*match.handler)(request).body);
  }
  std::string stamp(std::chrono::seconds until) {
    return "?until=" + std::to_string(to_unix_ms(api_.clock().now() + until));
  }

  const std::string video_ = api_.complete_video();
  const std::string base_ = "https://cdn.example.com/videos/" + video_ + "/";
  const StampingSigner signer_;
  Playback playback_{{api_.catalog(), api_.catalog(), api_.objects(), api_.tokens(), signer_, api_.clock()},
                     {.public_url = "http://media.example.com"}};
  http::Router router_;
};

TEST_F(SignedElsewhere, SendsPlayersThereForAsLongAsTheyMayFetch) {
  const auto playlist = fetch("/720p/playlist.m3u8", std::chrono::seconds{60});
  const auto query = stamp(std::chrono::seconds{60});
  EXPECT_THAT(playlist, HasSubstr("#EXT-X-MAP:URI=\"" + base_ + "720p/init.mp4" + query + "\"\n"));
  EXPECT_THAT(playlist, HasSubstr("\n" + base_ + "720p/00000.m4s" + query + "\n"));
  EXPECT_THAT(fetch("/240p/iframes.m3u8", std::chrono::seconds{60}),
              HasSubstr("\n" + base_ + "240p/00000.m4s" + query + "\n"));
  const auto mpd = fetch("/manifest.mpd", std::chrono::seconds{60}, std::chrono::seconds{1});
  EXPECT_THAT(mpd, HasSubstr("<BaseURL>" + base_ + "</BaseURL>"));
  EXPECT_THAT(mpd, HasSubstr("initialization=\"$RepresentationID$/init.mp4" + query + "\""));
  EXPECT_THAT(fetch("/storyboard.vtt", std::chrono::seconds{60}),
              HasSubstr("\n" + base_ + "images/00000.jpg" + query + "#xywh=0,0,256,144\n"));
}

TEST_F(SignedElsewhere, SendsPostersThere) {
  const Video known = api_.catalog().find_video(VideoId(video_)).value();
  EXPECT_THAT(playback_.poster(known, api_.clock().now()).value().value(),
              StartsWith(base_ + "images/poster-00000.jpg?until="));
}

TEST_F(SignedElsewhere, NeverHandsOnAddressesOfAnotherTime) {
  for (int again = 0; again < 2; ++again) {
    for (const std::chrono::seconds until : {std::chrono::seconds{60}, std::chrono::seconds{61}}) {
      EXPECT_THAT(fetch("/720p/playlist.m3u8", until), HasSubstr(stamp(until)));
      EXPECT_THAT(fetch("/storyboard.vtt", until), HasSubstr(stamp(until)));
    }
  }
}

}  // namespace
}  // namespace sluice
