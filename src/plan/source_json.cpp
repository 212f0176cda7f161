#include "plan/source_json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json rate_or_null(Rational rate) {
  return rate.num > 0 ? json(std::round(rate.value() * 1000) / 1000) : json(nullptr);
}

json video_json(const VideoStreamFacts& video) {
  return {{"codec", video.codec},
          {"width", video.coded_width},
          {"height", video.coded_height},
          {"sample_aspect", json::array({video.sample_aspect.num, video.sample_aspect.den})},
          {"frame_rate", rate_or_null(video.frame_rate)},
          {"rotation", video.rotation},
          {"mirrored", video.mirrored},
          {"interlaced", video.interlaced},
          {"hdr", text_or_null(hdr_format(video))},
          {"pixel_format", video.pixel_format},
          {"color",
           {{"primaries", text_or_null(video.color_primaries)},
            {"transfer", text_or_null(video.color_transfer)},
            {"matrix", text_or_null(video.color_matrix)},
            {"full_range", video.full_range}}}};
}

json audio_json(const AudioStreamFacts& audio) {
  return {{"codec", audio.codec},
          {"channels", audio.channels},
          {"sample_rate", audio.sample_rate},
          {"language", text_or_null(audio.language)},
          {"title", text_or_null(audio.title)},
          {"is_default", audio.is_default},
          {"loudness_lufs", nullptr},  // once it is measured; see with_loudness()
          {"true_peak_dbtp", nullptr}};
}

}  // namespace

std::string hdr_format(const VideoStreamFacts& video) {
  const bool pq = video.color_transfer == "smpte2084";
  const bool hlg = video.color_transfer == "arib-std-b67";
  if ((pq || hlg) && video.dolby_vision_profile > 0) return "dolby_vision";
  return pq ? "hdr10" : hlg ? "hlg" : "";
}

std::string source_json(const SourceFacts& source) {
  json audio = json::array();
  for (const auto& track : source.audio) {
    if (audio.size() < kMaxShownTracks) audio.push_back(audio_json(track));
  }
  const json value = {{"container", source.container},
                      {"size_bytes", source.size_bytes},
                      {"duration_seconds", source.duration_seconds},
                      {"video", source.video ? video_json(*source.video) : json(nullptr)},
                      {"audio", std::move(audio)}};
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice
