#include "video/text_track.h"

namespace sluice {

std::string_view to_string(TextKind kind) {
  return kind == TextKind::captions ? "captions" : "subtitles";
}

std::optional<TextKind> parse_text_kind(std::string_view text) {
  for (const auto kind : {TextKind::subtitles, TextKind::captions}) {
    if (text == to_string(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace sluice
