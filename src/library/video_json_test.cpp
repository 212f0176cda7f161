#include "library/video_json.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using nlohmann::json;

Video processing_video() {
  Video video;
  video.id = VideoId("v1");
  video.user_id = UserId("u1");
  video.title = "Holiday";
  video.original_filename = "IMG_0001.MOV";
  video.status = VideoStatus::processing;
  video.visibility = Visibility::unlisted;
  video.created_at = from_unix_ms(1'700'000'000'000);
  video.updated_at = from_unix_ms(1'700'000'010'000);
  video.started_at = from_unix_ms(1'700'000'000'000);
  video.size_bytes = 1234;
  video.facts = PictureFacts{10.01, 1280, 720, {30000, 1001}};
  video.playable = true;
  video.work_total = 3;
  video.work_done = 1;
  video.source_json = R"({"container": "avi", "video": null})";
  video.notes = {{"cut_off", "The file ends after 0:12."}};
  return video;
}

const Timestamp kNow = from_unix_ms(1'700'000'010'000);

TEST(VideoJson, IsWhatTheInterfacePromises) {
  VideoUrls urls;
  urls.playback = PlaybackUrl{"http://a/play/T/master.m3u8", from_unix_ms(1'700'000'900'000),
                              "http://a/play/T/manifest.mpd"};
  urls.poster = "http://a/play/P/images/poster-00000.jpg";
  urls.storyboard = "http://a/play/T/storyboard.vtt";
  urls.renditions = {
      {"720p", 1280, 720, 2'000'000, "avc1.64001f", "http://a/play/T/720p/playlist.m3u8"}};
  const json expected = json::parse(R"({
    "id": "v1", "user_id": "u1", "title": "Holiday", "original_filename": "IMG_0001.MOV",
    "status": "processing", "visibility": "unlisted",
    "created_at": "2023-11-14T22:13:20.000Z", "updated_at": "2023-11-14T22:13:30.000Z",
    "size_bytes": 1234, "duration_seconds": 10.01, "width": 1280, "height": 720,
    "frame_rate": 29.97, "progress": 0.333, "eta_seconds": 20, "playable": true, "error": null,
    "playback": {"hls": "http://a/play/T/master.m3u8", "dash": "http://a/play/T/manifest.mpd",
                 "expires_at": "2023-11-14T22:28:20.000Z"},
    "renditions": [{"name": "720p", "width": 1280, "height": 720, "bitrate_bps": 2000000,
                    "codecs": "avc1.64001f", "url": "http://a/play/T/720p/playlist.m3u8"}],
    "poster": "http://a/play/P/images/poster-00000.jpg",
    "storyboard": "http://a/play/T/storyboard.vtt", "tracks": [],
    "source": {"container": "avi", "video": null},
    "notes": [{"code": "cut_off", "message": "The file ends after 0:12."}]})");
  EXPECT_EQ(video_json(processing_video(), urls, Viewer::owner, kNow), expected);
}

TEST(VideoJson, HasNullForWhatIsNotKnown) {
  Video video;
  video.id = VideoId("v1");
  const json value = video_json(video, {}, Viewer::owner, kNow);
  for (const char* name : {"duration_seconds", "width", "height", "frame_rate", "eta_seconds",
                           "error", "playback", "poster", "storyboard", "source"}) {
    EXPECT_TRUE(value.at(name).is_null()) << name;
  }
  EXPECT_EQ(value.at("renditions"), json::array());
  EXPECT_EQ(value.at("progress"), 0);
}

TEST(VideoJson, HasNoPictureForSoundAlone) {
  Video video = processing_video();
  video.facts = PictureFacts{10, 0, 0, {}};
  const json value = video_json(video, {}, Viewer::owner, kNow);
  EXPECT_EQ(value.at("duration_seconds"), 10);
  EXPECT_TRUE(value.at("width").is_null());
  EXPECT_TRUE(value.at("frame_rate").is_null());
}

TEST(VideoJson, SaysWhyAVideoFailed) {
  Video video = processing_video();
  video.status = VideoStatus::failed;
  video.error = VideoError{"no_media", "There is nothing to play in the file."};
  const json value = video_json(video, {}, Viewer::owner, kNow);
  EXPECT_EQ(value.at("error"),
            json({{"code", "no_media"}, {"message", "There is nothing to play in the file."}}));
}

TEST(VideoJson, ShowsNotesToTheOwnerOnly) {
  const json value = video_json(processing_video(), {}, Viewer::anybody, kNow);
  EXPECT_EQ(value.at("notes"), json::array());
  EXPECT_EQ(value.at("source").at("container"), "avi");
}

TEST(VideoSummaryJson, LeavesOutRenditionsAndStoryboard) {
  const json value = video_summary_json(processing_video(), {}, kNow);
  EXPECT_FALSE(value.contains("renditions"));
  EXPECT_FALSE(value.contains("storyboard"));
  EXPECT_EQ(value.at("title"), "Holiday");
}

}  // namespace
}  // namespace sluice
