#include <nlohmann/json.hpp>

#include "plan/plan.h"

// The stored form of a plan. Every field is written; a field that is missing is an error, so an
// old plan is never read half. What later versions added may be missing: plans of before have none
// of it.
namespace sluice {

using nlohmann::json;

static void to_json(json& j, const Rational& r) { j = json::array({r.num, r.den}); }
static void from_json(const json& j, Rational& r) {
  r = Rational{j.at(0).get<std::int64_t>(), j.at(1).get<std::int64_t>()};
}

static void to_json(json& j, const Chunk& c) { j = json::array({c.first_segment, c.end_segment}); }
static void from_json(const json& j, Chunk& c) { c = Chunk{j.at(0).get<int>(), j.at(1).get<int>()}; }

NLOHMANN_JSON_SERIALIZE_ENUM(VideoMode, {{VideoMode::none, "none"},
                                         {VideoMode::chunked, "chunked"},
                                         {VideoMode::sequential, "sequential"}})


static void to_json(json& j, const VideoStreamFacts& v) {
  j = {{"stream_index", v.stream_index},
       {"codec", v.codec},
       {"pixel_format", v.pixel_format},
       {"coded_width", v.coded_width},
       {"coded_height", v.coded_height},
       {"sample_aspect", v.sample_aspect},
       {"rotation", v.rotation},
       {"mirrored", v.mirrored},
       {"frame_rate", v.frame_rate},
       {"time_base", v.time_base},
       {"start_ticks", v.start_ticks},
       {"frame_count", v.frame_count},
       {"interlaced", v.interlaced},
       {"may_be_interlaced", v.may_be_interlaced},
       {"dolby_vision_profile", v.dolby_vision_profile},
       {"max_content_nits", v.max_content_nits},
       {"mastering_nits", v.mastering_nits},
       {"full_range", v.full_range},
       {"color_primaries", v.color_primaries},
       {"color_transfer", v.color_transfer},
       {"color_matrix", v.color_matrix},
       {"keyframe_interval_seconds",
        v.keyframe_interval_seconds ? json(*v.keyframe_interval_seconds) : json(nullptr)}};
}
static void from_json(const json& j, VideoStreamFacts& v) {
  j.at("stream_index").get_to(v.stream_index);
  j.at("codec").get_to(v.codec);
  j.at("pixel_format").get_to(v.pixel_format);
  j.at("coded_width").get_to(v.coded_width);
  j.at("coded_height").get_to(v.coded_height);
  j.at("sample_aspect").get_to(v.sample_aspect);
  j.at("rotation").get_to(v.rotation);
  j.at("mirrored").get_to(v.mirrored);
  j.at("frame_rate").get_to(v.frame_rate);
  j.at("time_base").get_to(v.time_base);
  j.at("start_ticks").get_to(v.start_ticks);
  v.frame_count = j.value("frame_count", std::int64_t{0});
  j.at("interlaced").get_to(v.interlaced);
  v.may_be_interlaced = j.value("may_be_interlaced", false);
  v.dolby_vision_profile = j.value("dolby_vision_profile", 0);
  v.max_content_nits = j.value("max_content_nits", 0.0);
  v.mastering_nits = j.value("mastering_nits", 0.0);
  j.at("full_range").get_to(v.full_range);
  j.at("color_primaries").get_to(v.color_primaries);
  j.at("color_transfer").get_to(v.color_transfer);
  j.at("color_matrix").get_to(v.color_matrix);
  const auto& interval = j.at("keyframe_interval_seconds");
  if (!interval.is_null()) v.keyframe_interval_seconds = interval.get<double>();
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AacTrackFacts, first_sample, frame_count, peak_bps)

static void to_json(json& j, const AudioStreamFacts& a) {
  j = {{"stream_index", a.stream_index},
       {"codec", a.codec},
       {"sample_rate", a.sample_rate},
       {"channels", a.channels},
       {"language", a.language},
       {"title", a.title},
       {"is_default", a.is_default},
       {"start_seconds", a.start_seconds},
       {"channel_layout", a.channel_layout},
       {"role", a.role},
       {"aac", a.aac ? json(*a.aac) : json(nullptr)}};
}
static void from_json(const json& j, AudioStreamFacts& a) {
  j.at("stream_index").get_to(a.stream_index);
  j.at("codec").get_to(a.codec);
  j.at("sample_rate").get_to(a.sample_rate);
  j.at("channels").get_to(a.channels);
  j.at("language").get_to(a.language);
  j.at("title").get_to(a.title);
  j.at("is_default").get_to(a.is_default);
  j.at("start_seconds").get_to(a.start_seconds);
  a.channel_layout = j.value("channel_layout", "");
  a.role = j.value("role", "");
  const auto aac = j.find("aac");
  if (aac != j.end() && !aac->is_null()) a.aac = aac->get<AacTrackFacts>();
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TextStreamFacts, stream_index, codec, language, title,
                                   is_default, forced, for_the_deaf)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TextRendition, name, stream_index, language, title, is_default,
                                   forced, captions)

static void to_json(json& j, const Rendition& r) {
  j = {{"name", r.name},
       {"width", r.width},
       {"height", r.height},
       {"crf", r.crf},
       {"max_rate_bps", r.max_rate_bps},
       {"buffer_bits", r.buffer_bits},
       {"profile", r.profile},
       {"level", r.level},
       {"x264_params", r.x264_params},
       {"codecs", r.codecs},
       {"init_hash", r.init_hash}};
  if (r.copied) j["copied"] = true;
}
static void from_json(const json& j, Rendition& r) {
  j.at("name").get_to(r.name);
  j.at("width").get_to(r.width);
  j.at("height").get_to(r.height);
  j.at("crf").get_to(r.crf);
  j.at("max_rate_bps").get_to(r.max_rate_bps);
  j.at("buffer_bits").get_to(r.buffer_bits);
  j.at("profile").get_to(r.profile);
  j.at("level").get_to(r.level);
  j.at("x264_params").get_to(r.x264_params);
  j.at("codecs").get_to(r.codecs);
  j.at("init_hash").get_to(r.init_hash);
  r.copied = j.value("copied", false);
}

static void to_json(json& j, const AudioRendition& a) {
  j = {{"name", a.name},
       {"stream_index", a.stream_index},
       {"sample_rate", a.sample_rate},
       {"channels", a.channels},
       {"bitrate_bps", a.bitrate_bps},
       {"language", a.language},
       {"title", a.title},
       {"is_default", a.is_default},
       {"codecs", a.codecs},
       {"init_hash", a.init_hash},
       {"role", a.role},
       {"copied", a.copied},
       {"copy_shift", a.copy_shift}};
}
static void from_json(const json& j, AudioRendition& a) {
  j.at("name").get_to(a.name);
  j.at("stream_index").get_to(a.stream_index);
  j.at("sample_rate").get_to(a.sample_rate);
  j.at("channels").get_to(a.channels);
  j.at("bitrate_bps").get_to(a.bitrate_bps);
  j.at("language").get_to(a.language);
  j.at("title").get_to(a.title);
  j.at("is_default").get_to(a.is_default);
  j.at("codecs").get_to(a.codecs);
  j.at("init_hash").get_to(a.init_hash);
  a.role = j.value("role", "");
  a.copied = j.value("copied", false);
  a.copy_shift = j.value("copy_shift", std::int64_t{0});
}

static void to_json(json& j, const Timeline& t) {
  j = {{"timescale", t.timescale},
       {"duration_seconds", t.duration_seconds},
       {"segment_count", t.segment_count},
       {"chunks", t.chunks}};
  if (!t.boundaries.empty()) j["boundaries"] = t.boundaries;
}
static void from_json(const json& j, Timeline& t) {
  j.at("timescale").get_to(t.timescale);
  j.at("duration_seconds").get_to(t.duration_seconds);
  j.at("segment_count").get_to(t.segment_count);
  j.at("chunks").get_to(t.chunks);
  if (const auto found = j.find("boundaries"); found != j.end()) found->get_to(t.boundaries);
}

static void to_json(json& j, const TimeJump& t) {
  j = json::array({t.position_bytes, t.shift_seconds});
}
static void from_json(const json& j, TimeJump& t) {
  t = TimeJump{j.at(0).get<std::int64_t>(), j.at(1).get<double>()};
}

static void to_json(json& j, const SourceFacts& s) {
  j = {{"container", s.container},
       {"size_bytes", s.size_bytes},
       {"duration_seconds", s.duration_seconds},
       {"origin_seconds", s.origin_seconds},
       {"video", s.video ? json(*s.video) : json(nullptr)},
       {"audio", s.audio},
       {"text", s.text},
       {"picture_subtitles", s.picture_subtitles},
       {"bitrate_bps", s.bitrate_bps},
       {"time_jumps", s.time_jumps},
       {"notes", json::parse(to_json(s.notes))}};
}
static void from_json(const json& j, SourceFacts& s) {
  j.at("container").get_to(s.container);
  j.at("size_bytes").get_to(s.size_bytes);
  j.at("duration_seconds").get_to(s.duration_seconds);
  j.at("origin_seconds").get_to(s.origin_seconds);
  if (!j.at("video").is_null()) s.video = j.at("video").get<VideoStreamFacts>();
  j.at("audio").get_to(s.audio);
  if (const auto text = j.find("text"); text != j.end()) text->get_to(s.text);
  s.picture_subtitles = j.value("picture_subtitles", 0);
  j.at("bitrate_bps").get_to(s.bitrate_bps);
  if (j.contains("time_jumps")) j.at("time_jumps").get_to(s.time_jumps);
  if (j.contains("notes")) s.notes = notes_from_json(j.at("notes").dump());
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Storyboard, interval_seconds, tile_width, tile_height)

static void to_json(json& j, const Plan& p) {
  j = {{"version", p.version},
       {"source", p.source},
       {"width", p.width},
       {"height", p.height},
       {"frame_rate", p.frame_rate},
       {"mode", p.mode},
       {"timeline", p.timeline},
       {"renditions", p.renditions},
       {"audio", p.audio},
       {"text", p.text},
       {"storyboard", p.storyboard ? json(*p.storyboard) : json(nullptr)},
       {"pass_through", p.pass_through}};
  if (p.spare) j["spare"] = *p.spare;
}
static void from_json(const json& j, Plan& p) {
  j.at("version").get_to(p.version);
  j.at("source").get_to(p.source);
  j.at("width").get_to(p.width);
  j.at("height").get_to(p.height);
  j.at("frame_rate").get_to(p.frame_rate);
  j.at("mode").get_to(p.mode);
  j.at("timeline").get_to(p.timeline);
  j.at("renditions").get_to(p.renditions);
  j.at("audio").get_to(p.audio);
  if (const auto text = j.find("text"); text != j.end()) text->get_to(p.text);
  const auto storyboard = j.find("storyboard");
  if (storyboard != j.end() && !storyboard->is_null()) p.storyboard = storyboard->get<Storyboard>();
  p.pass_through = j.value("pass_through", "");
  if (const auto spare = j.find("spare"); spare != j.end()) p.spare = spare->get<Rendition>();
}

std::string to_json(const Plan& plan) {
  json j;
  to_json(j, plan);
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Plan> plan_from_json(std::string_view text) {
  try {
    return json::parse(text).get<Plan>();
  } catch (const json::exception&) {
    return fail(ErrorKind::internal, "bad_plan", "The stored plan of this video can't be read.");
  }
}

}  // namespace sluice
