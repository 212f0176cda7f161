#include "manifest/text.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "manifest/printable_text.h"
#include "plan/language.h"

namespace sluice {
namespace {

auto selected_by(const TextTrack& track) {
  return std::tuple(language_tag(track.language), track.forced, track.kind);
}

}  // namespace

const TextTrack* default_text(TextChoice tracks) {
  const auto found = std::ranges::find_if(tracks, &TextTrack::is_default);
  return found == tracks.end() ? nullptr : &*found;
}

std::vector<std::string> text_names(TextChoice tracks) {
  std::vector<std::string> names;
  for (const TextTrack& track : tracks) {
    std::string name = printable_text(track.label);
    std::ranges::replace(name, '"', '\'');
    if (name.empty()) name = language_tag(track.language);
    if (name.empty()) name = fmt::format("Subtitles {}", names.size() + 1);
    std::string unique = name;
    for (int n = 2; std::ranges::find(names, unique) != names.end(); ++n) {
      unique = fmt::format("{} {}", name, n);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

bool autoselects(TextChoice tracks, const TextTrack& one) {
  const TextTrack* preferred = default_text(tracks);
  if (preferred != nullptr && selected_by(*preferred) == selected_by(one)) return preferred == &one;
  const auto first = std::ranges::find_if(
      tracks, [&](const TextTrack& other) { return selected_by(other) == selected_by(one); });
  return &*first == &one;
}

}  // namespace sluice
