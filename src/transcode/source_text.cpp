#include "transcode/source_text.h"

#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {
namespace {

TextTrack track_of(const Plan& plan, const TextRendition& text, const StoredBytes& stored) {
  TextTrack track;
  track.name = text.name;
  track.kind = text.captions ? TextKind::captions : TextKind::subtitles;
  track.language = text.language;
  track.label = text.title;
  track.forced = text.forced;
  track.is_default = text.is_default;
  track.from_source = true;
  track.segment_seconds = text_segment_seconds(plan.timeline.duration_seconds);
  const auto folder = text_name(text.name, "");
  for (auto i = stored.lower_bound(folder); i != stored.end() && i->first.starts_with(folder); ++i) {
    track.size_bytes += i->second;
  }
  return track;
}

}  // namespace

std::vector<TextTrack> finished_text(const Plan& plan, const StoredBytes& stored) {
  std::vector<TextTrack> tracks;
  for (const auto& text : plan.text) {
    if (stored.contains(text_name(text.name, kWholeText))) {
      tracks.push_back(track_of(plan, text, stored));
    }
  }
  return tracks;
}

}  // namespace sluice
