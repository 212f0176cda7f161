#include "manifest/sound.h"

#include <algorithm>

#include <fmt/format.h>

#include "manifest/printable_text.h"

namespace sluice {

AudioChoice published_audio(const Plan& plan, const PublishedTracks& tracks) {
  AudioChoice audio;
  for (const AudioRendition& rendition : plan.audio) {
    if (tracks.contains(rendition.name)) audio.push_back(&rendition);
  }
  return audio;
}

std::vector<AudioGroup> audio_groups(const Plan& plan, const PublishedTracks& tracks) {
  AudioGroup stereo{kStereoGroup, {}}, surround{kSurroundGroup, {}};
  const AudioChoice published = published_audio(plan, tracks);
  bool differs = false;
  for (const AudioRendition* rendition : published) {
    if (is_surround(*rendition)) continue;
    stereo.members.push_back(rendition);
    surround.members.push_back(rendition);
    for (const AudioRendition* other : published) {
      if (!is_surround(*other) || other->stream_index != rendition->stream_index) continue;
      surround.members.back() = other;
      differs = true;
    }
  }
  std::vector<AudioGroup> groups;
  if (!stereo.members.empty()) groups.push_back(std::move(stereo));
  if (differs) groups.push_back(std::move(surround));
  return groups;
}

const AudioRendition* default_audio(const AudioChoice& audio) {
  const auto flagged = std::find_if(audio.begin(), audio.end(),
                                    [](const AudioRendition* one) { return one->is_default; });
  return flagged == audio.end() ? audio.front() : *flagged;
}

std::vector<std::string> audio_names(const AudioChoice& audio) {
  std::vector<std::string> names;
  for (const AudioRendition* rendition : audio) {
    const auto same = std::find_if(audio.begin(), audio.begin() + static_cast<std::ptrdiff_t>(names.size()),
                                   [&](const AudioRendition* other) {
                                     return other->stream_index == rendition->stream_index;
                                   });
    if (is_surround(*rendition) && *same != rendition) {
      names.push_back(names[static_cast<std::size_t>(same - audio.begin())]);
      continue;
    }
    std::string name = printable_text(rendition->title);
    std::replace(name.begin(), name.end(), '"', '\'');
    if (name.empty()) name = language_tag(rendition->language);
    if (name.empty()) name = fmt::format("Audio {}", names.size() + 1);
    std::string unique = name;
    for (int n = 2; std::find(names.begin(), names.end(), unique) != names.end(); ++n) {
      unique = fmt::format("{} {}", name, n);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

bool autoselects(const AudioChoice& audio, const AudioRendition* one) {
  const AudioRendition* preferred = default_audio(audio);
  if (one == preferred) return true;
  const std::string tag = language_tag(one->language);
  if (tag == language_tag(preferred->language)) return false;
  const auto first = std::find_if(audio.begin(), audio.end(), [&](const AudioRendition* other) {
    return language_tag(other->language) == tag;
  });
  return *first == one;
}

}  // namespace sluice
