#include "video/title.h"

#include <algorithm>

#include "base/encoding.h"

namespace sluice {
namespace {

constexpr std::size_t kMostCharacters = 200;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// C0, DEL and, as U+0080 to U+009F, C1.
bool is_control_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7F) return true;
  return byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

bool has_controls(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_control_at(text, at)) return true;
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::size_t count_characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_continuation));
}

std::string without_controls(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_control_at(text, at)) {
      clean.push_back(text[at]);
    } else if (static_cast<unsigned char>(text[at]) == 0xC2) {
      ++at;
    }
  }
  return clean;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && is_continuation(text[at])) ++at;
    --count;
  }
  return text.substr(0, at);
}

}  // namespace

Result<std::string> check_title(std::string_view text) {
  const auto title = trimmed(text);
  if (title.empty() || !is_text(title) || has_controls(title) ||
      count_characters(title) > kMostCharacters) {
    return fail(ErrorKind::invalid, "invalid_title",
                "A title has 1 to 200 characters and no control characters.");
  }
  return std::string(title);
}

std::string title_from_filename(std::string_view filename) {
  constexpr std::string_view kUntitled = "Untitled";
  if (!is_text(filename)) return std::string(kUntitled);
  if (const auto folder = filename.find_last_of("/\\"); folder != std::string_view::npos) {
    filename.remove_prefix(folder + 1);
  }
  if (const auto dot = filename.rfind('.'); dot != std::string_view::npos && dot > 0) {
    filename = filename.substr(0, dot);
  }
  const std::string clean = without_controls(filename);
  const auto title = trimmed(first_characters(trimmed(clean), kMostCharacters));
  return std::string(title.empty() ? kUntitled : title);
}

}  // namespace sluice
