#include "manifest/printable_text.h"

#include <cstddef>

#include "base/encoding.h"

namespace sluice {
namespace {

constexpr std::size_t kMostCharacters = 100;

// Length of the UTF-8 character at the start of `text`; 0 when there is no valid one.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (is_text(text.substr(0, length))) return length;
  }
  return 0;
}

bool is_allowed(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return lead >= 0x20 && lead != 0x7F;
  const bool c1_control = lead == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  const bool byte_order_mark = character == "\xEF\xBB\xBF";
  const bool not_in_xml = character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
  return !c1_control && !byte_order_mark && !not_in_xml;
}

}  // namespace

std::string printable_text(std::string_view text) {
  std::string printable;
  for (std::size_t at = 0, characters = 0; at < text.size() && characters < kMostCharacters;) {
    const std::size_t length = character_length(text.substr(at));
    const std::string_view character = text.substr(at, length == 0 ? 1 : length);
    at += character.size();
    if (length == 0 || !is_allowed(character)) continue;
    printable += character;
    ++characters;
  }
  return printable;
}

}  // namespace sluice
