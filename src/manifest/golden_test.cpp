// Golden manifests. golden/NAME.txt is a JSON object, a line of dashes, and the text that is
// expected; a new file is a new test. SLUICE_RENEW_GOLDEN=1 writes what is rendered now.
//
// {"render": "multivariant", "dash", "storyboard", a track's name or "TRACK/iframes",
//  "growth": "growing"|"stopped"|"complete",
//  "frame_rate": [30000, 1001], "timescale": 30000, "base_url": "", "query": "",
//  "renditions": [{"name", "width", "height", "max_rate_bps", "codecs"}],
//  "storyboard": [interval, width, height], "duration": 10, "chunks": [[0, 1], [1, 3]],
//  "audio": [{"name", "stream", "role", "language", "title", "is_default", "channels", "bitrate_bps", "codecs"}],
//  "text": [{"name", "kind", "language", "label", "forced", "is_default"}], with "duration",
//  "stored": {"720p": [[duration_ticks, size_bytes, first_sample_end_bytes if known],
//                      null for one that is missing, …]}}

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "manifest/dash.h"
#include "manifest/hls.h"
#include "manifest/storyboard_vtt.h"
#include "plan/timeline.h"

namespace sluice {
namespace {

using nlohmann::json;

constexpr std::string_view kDashes = "\n----\n";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Plan plan_of(const json& input) {
  Plan plan;
  plan.timeline.timescale = input.value("timescale", 30000);
  if (input.contains("frame_rate")) {
    plan.frame_rate = Rational::of(input["frame_rate"][0], input["frame_rate"][1]);
  }
  if (input.contains("storyboard")) {
    const json& one = input["storyboard"];
    plan.storyboard = Storyboard{one.at(0), one.at(1), one.at(2)};
    plan.timeline.duration_seconds = input.at("duration");
    for (const json& chunk : input.at("chunks")) {
      plan.timeline.chunks.push_back({chunk.at(0), chunk.at(1)});
    }
  }
  plan.timeline.duration_seconds = input.value("duration", 0.0);
  plan.timeline.segment_count = count_segments(plan.timeline.duration_seconds);
  for (const json& one : input.value("renditions", json::array())) {
    Rendition rendition;
    rendition.name = one.at("name");
    rendition.width = one.at("width");
    rendition.height = one.at("height");
    rendition.max_rate_bps = one.value("max_rate_bps", 1'000'000);
    rendition.codecs = one.value("codecs", "avc1.64001f");
    plan.renditions.push_back(rendition);
  }
  for (const json& one : input.value("audio", json::array())) {
    AudioRendition audio;
    audio.name = one.at("name");
    audio.stream_index = one.value("stream", static_cast<int>(plan.audio.size()));
    audio.role = one.value("role", "");
    audio.language = one.value("language", "");
    audio.title = one.value("title", "");
    audio.is_default = one.value("is_default", false);
    audio.channels = one.value("channels", 2);
    audio.bitrate_bps = one.value("bitrate_bps", 128'000);
    audio.codecs = one.value("codecs", "mp4a.40.2");
    plan.audio.push_back(audio);
  }
  return plan;
}

std::vector<TextTrack> text_of(const json& input) {
  std::vector<TextTrack> tracks;
  for (const json& one : input.value("text", json::array())) {
    TextTrack track;
    track.name = one.at("name");
    track.kind = parse_text_kind(one.value("kind", "subtitles")).value();
    track.language = one.value("language", "");
    track.label = one.value("label", "");
    track.forced = one.value("forced", false);
    track.is_default = one.value("is_default", false);
    track.segment_seconds = 60;
    tracks.push_back(std::move(track));
  }
  return tracks;
}

PublishedTracks tracks_of(const json& input) {
  std::vector<StoredSegment> stored;
  for (const auto& [track, segments] : input.at("stored").items()) {
    int index = 0;
    std::int64_t start = 0;
    for (const json& one : segments) {
      if (!one.is_null()) {
        const std::int64_t first_sample_end = one.size() > 2 ? one[2].get<std::int64_t>() : 0;
        stored.push_back({track, index, start, one[0], one[1], 0, 0, first_sample_end});
      }
      start += one.is_null() ? 0 : one[0].get<std::int64_t>();
      ++index;
    }
  }
  return publish(std::move(stored));
}

Growth growth_of(const json& input) {
  const std::string name = input.at("growth");
  return name == "growing"   ? Growth::growing
         : name == "stopped" ? Growth::stopped
                             : Growth::complete;
}

std::string render(const json& input) {
  const Plan plan = plan_of(input);
  const PublishedTracks tracks = tracks_of(input);
  const auto text = text_of(input);
  const std::string what = input.at("render");
  if (what == "multivariant") {
    return hls_multivariant_playlist(plan, tracks, growth_of(input), text).value();
  }
  const MediaUrls urls{input.value("base_url", ""), input.value("query", "")};
  if (what == "dash") return dash_manifest(plan, tracks, growth_of(input), urls, text).value();
  if (what == "storyboard") return storyboard_vtt(plan, tracks, urls).value();
  for (const auto& track : text) {
    if (track.name == what) return hls_text_playlist(plan, track, urls);
  }
  constexpr std::string_view kIframes = "/iframes";
  if (what.ends_with(kIframes)) {
    const std::string track = what.substr(0, what.size() - kIframes.size());
    return hls_iframe_playlist(plan, track, tracks.at(track), growth_of(input), urls).value();
  }
  return hls_media_playlist(plan, what, tracks.at(what), growth_of(input), urls).value();
}

class Golden : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Golden, RendersAsExpected) {
  const std::string text = read_file(GetParam());
  const auto dashes = text.find(kDashes);
  ASSERT_NE(dashes, std::string::npos) << "no line of dashes in " << GetParam();
  const std::string rendered = render(json::parse(text.substr(0, dashes)));
  if (std::getenv("SLUICE_RENEW_GOLDEN") != nullptr) {
    std::ofstream(GetParam(), std::ios::binary) << text.substr(0, dashes) << kDashes << rendered;
    return;
  }
  EXPECT_EQ(rendered, text.substr(dashes + kDashes.size()));
}

std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SLUICE_MANIFEST_GOLDEN)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(golden_files()), [](const auto& file) {
  std::string name = file.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace sluice
