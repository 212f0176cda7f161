#include "library/video_json.h"

#include <cmath>

namespace sluice {
namespace {

using nlohmann::json;

json error_json(const std::optional<VideoError>& error) {
  if (!error) return nullptr;
  return {{"code", error->code}, {"message", error->message}};
}

// Whole seconds are as much as an estimate is worth.
json eta_json(const Video& video, Timestamp now) {
  const auto eta = eta_seconds(video, now);
  return eta ? json(std::llround(*eta)) : json(nullptr);
}

json progress_value(const Video& video) { return std::floor(progress(video) * 1000) / 1000; }

json url_json(const std::optional<std::string>& url) { return url ? json(*url) : json(nullptr); }

json playback_json(const std::optional<PlaybackUrl>& playback) {
  if (!playback) return nullptr;
  return {{"hls", playback->hls},
          {"dash", url_json(playback->dash)},
          {"expires_at", to_rfc3339(playback->expires_at)}};
}

void add_facts(json& value, const std::optional<PictureFacts>& facts) {
  const bool picture = facts && facts->width > 0;
  const bool rate = picture && facts->frame_rate.num > 0;
  value["duration_seconds"] = facts ? json(facts->duration_seconds) : json(nullptr);
  value["width"] = picture ? json(facts->width) : json(nullptr);
  value["height"] = picture ? json(facts->height) : json(nullptr);
  value["frame_rate"] =
      rate ? json(std::round(facts->frame_rate.value() * 1000) / 1000) : json(nullptr);
}

json rendition_json(const RenditionUrl& rendition) {
  return {{"name", rendition.name},     {"width", rendition.width},
          {"height", rendition.height}, {"bitrate_bps", rendition.bitrate_bps},
          {"codecs", rendition.codecs}, {"url", rendition.url}};
}

json notes_json(const std::vector<Note>& notes) {
  json list = json::array();
  for (const Note& note : notes) list.push_back({{"code", note.code}, {"message", note.message}});
  return list;
}

// Written by this program; null before the source was probed.
json source_of(const Video& video) {
  json source = json::parse(video.source_json, nullptr, false);
  return source.is_object() ? source : json(nullptr);
}

}  // namespace

json track_json(const TextTrackUrl& one) {
  const TextTrack& track = one.track;
  return {{"name", track.name},
          {"kind", to_string(track.kind)},
          {"language", track.language.empty() ? json(nullptr) : json(track.language)},
          {"label", track.label},
          {"forced", track.forced},
          {"default", track.is_default},
          {"from_source", track.from_source},
          {"url", one.url}};
}

json progress_json(const Video& video, Timestamp now) {
  return {{"status", to_string(video.status)},
          {"progress", progress_value(video)},
          {"eta_seconds", eta_json(video, now)},
          {"playable", video.playable},
          {"error", error_json(video.error)}};
}

json video_summary_json(const Video& video, const VideoUrls& urls, Timestamp now) {
  json value = progress_json(video, now);
  value["id"] = video.id.str();
  value["user_id"] = video.user_id.str();
  value["title"] = video.title;
  value["original_filename"] = video.original_filename;
  value["visibility"] = to_string(video.visibility);
  value["created_at"] = to_rfc3339(video.created_at);
  value["updated_at"] = to_rfc3339(video.updated_at);
  value["size_bytes"] = video.size_bytes;
  add_facts(value, video.facts);
  value["playback"] = playback_json(urls.playback);
  value["poster"] = url_json(urls.poster);
  return value;
}

json video_json(const Video& video, const VideoUrls& urls, Viewer viewer, Timestamp now) {
  json value = video_summary_json(video, urls, now);
  value["renditions"] = json::array();
  for (const RenditionUrl& one : urls.renditions) value["renditions"].push_back(rendition_json(one));
  value["storyboard"] = url_json(urls.storyboard);
  value["tracks"] = json::array();
  for (const TextTrackUrl& one : urls.tracks) value["tracks"].push_back(track_json(one));
  value["source"] = source_of(video);
  value["notes"] = viewer == Viewer::owner ? notes_json(video.notes) : json::array();
  return value;
}

}  // namespace sluice
