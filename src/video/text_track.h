// A text track of a video: subtitles from its source, or added by its owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class TextKind {
  subtitles,  // what is said
  captions,   // and what is heard besides
};

// Complete from the moment it is known: all its objects are stored.
struct TextTrack {
  std::string name;  // "text-0"; of an added one never used twice
  TextKind kind = TextKind::subtitles;
  std::string language;  // BCP 47 as far as known; "" when not
  std::string label;     // "" when nobody named it
  bool forced = false;   // only what needs translating within a film in one's own language
  bool is_default = false;
  bool from_source = false;
  int segment_seconds = 0;  // of text_borders_ms
  std::int64_t size_bytes = 0;  // of all its objects together; 0 in rows of older versions
};

inline constexpr int kMaxTextTracks = 64;  // of one video

std::string_view to_string(TextKind kind);
std::optional<TextKind> parse_text_kind(std::string_view text);

}  // namespace sluice
