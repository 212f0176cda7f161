#include "text/unicode.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/encoding.h"

namespace sluice {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

// Windows-1252 from 0x80 to 0x9F; 0 where it has nothing.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// In texts of the languages that are written in Windows-1252 fewer letters than this have accents;
// in other single-byte encodings most letters would look like that.
constexpr double kMostAccents = 0.35;

tl::unexpected<Error> unknown_encoding() {
  return fail(ErrorKind::invalid, "unknown_encoding",
              "The text's encoding is not known. Please save the file as UTF-8.");
}

char32_t unit_at(std::string_view bytes, std::size_t at, bool big_endian) {
  const auto first = static_cast<unsigned char>(bytes[at]);
  const auto second = static_cast<unsigned char>(bytes[at + 1]);
  return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string text;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t character = unit_at(bytes, at, big_endian);
    if (character >= 0xD800 && character < 0xDC00 && at + 3 < bytes.size()) {
      const char32_t low = unit_at(bytes, at + 2, big_endian);
      if (low >= 0xDC00 && low < 0xE000) {
        character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      }
    }
    append_utf8(text, character);
  }
  return text;
}

// Without a mark: digits, spaces and line breaks show which byte of each pair is zero.
bool looks_like_utf16(std::string_view bytes, bool big_endian) {
  const std::size_t seen = std::min<std::size_t>(bytes.size() & ~std::size_t{1}, 4096);
  std::size_t zeros = 0;
  for (std::size_t at = 0; at < seen; at += 2) {
    const char32_t unit = unit_at(bytes, at, big_endian);
    if (unit < 0x20 && std::isspace(static_cast<int>(unit)) == 0) return false;
    if (unit < 0x100) ++zeros;
  }
  return zeros > 0 && zeros * 8 >= seen / 2;
}

bool is_likely_windows1252(std::string_view bytes) {
  std::size_t letters = 0, accents = 0;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (value >= 0x80 && value < 0xA0 && kWindows1252[value - 0x80] == 0) return false;
    if (value < 0x20 && std::isspace(value) == 0) return false;
    if (value >= 0xC0) ++accents;
    if (value >= 0xC0 || std::isalpha(value) != 0) ++letters;
  }
  return static_cast<double>(accents) <= kMostAccents * static_cast<double>(letters);
}

std::string from_windows1252(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    append_utf8(text, value >= 0x80 && value < 0xA0 ? kWindows1252[value - 0x80] : value);
  }
  return text;
}

}  // namespace

void append_utf8(std::string& text, char32_t character) {
  if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000) || character == 0) {
    character = kReplacement;
  }
  const auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | (character >> shift & 0x3F));
  };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += static_cast<char>(0xC0 | character >> 6);
    tail(0);
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0 | character >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0 | character >> 18);
    tail(12), tail(6), tail(0);
  }
}

Result<std::string> to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with(kMark)) bytes.remove_prefix(kMark.size());
  if (is_text(bytes)) return std::string(bytes);
  for (const bool big_endian : {false, true}) {
    if (looks_like_utf16(bytes, big_endian)) return from_utf16(bytes, big_endian);
  }
  if (!is_likely_windows1252(bytes)) return unknown_encoding();
  return from_windows1252(bytes);
}

std::string repaired_utf8(std::string_view bytes) {
  if (is_text(bytes)) return std::string(bytes);
  std::string text;
  while (!bytes.empty()) {
    std::size_t length = 1;
    while (length <= std::min<std::size_t>(4, bytes.size()) && !is_text(bytes.substr(0, length))) {
      ++length;
    }
    const bool valid = length <= std::min<std::size_t>(4, bytes.size());
    if (valid) text.append(bytes.substr(0, length));
    if (!valid) append_utf8(text, kReplacement);
    bytes.remove_prefix(valid ? length : 1);
  }
  return text;
}

}  // namespace sluice
