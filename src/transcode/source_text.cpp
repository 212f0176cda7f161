#include "transcode/source_text.h"

#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {
namespace {

TextTrack track_of(const Plan& plan, const TextRendition& text) {
  TextTrack track;
  track.name = text.name;
  track.kind = text.captions ? TextKind::captions : TextKind::subtitles;
  track.language = text.language;
  track.label = text.title;
  track.forced = text.forced;
  track.is_default = text.is_default;
  track.from_source = true;
  track.segment_seconds = text_segment_seconds(plan.timeline.duration_seconds);
  return track;
}

}  // namespace

std::vector<TextTrack> finished_text(const Plan& plan, const std::set<std::string>& stored) {
  std::vector<TextTrack> tracks;
  for (const auto& text : plan.text) {
    if (stored.contains(text_name(text.name, kWholeText))) tracks.push_back(track_of(plan, text));
  }
  return tracks;
}

}  // namespace sluice
