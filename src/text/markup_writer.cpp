#include "text/markup_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "text/cue.h"
#include "text/unicode.h"

namespace sluice {
namespace {

// The references that every reader of WebVTT knows, and what they stand for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kReferences = {{
    {"&amp;", "&"},
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&quot;", "\""},
    {"&apos;", "'"},
    {"&nbsp;", "\xC2\xA0"},
    {"&lrm;", "\xE2\x80\x8E"},
    {"&rlm;", "\xE2\x80\x8F"},
}};

constexpr std::size_t kLongestReference = 10;
constexpr std::size_t kDeepestNesting = 8;

std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(length, text.size());
}

bool is_space(std::string_view character) {
  return character == " " || character == "\t" || character == "\xC2\xA0";
}

}  // namespace

std::size_t read_reference(std::string_view text, std::string& character) {
  for (const auto& [reference, meaning] : kReferences) {
    if (!text.starts_with(reference)) continue;
    character = meaning;
    return reference.size();
  }
  if (!text.starts_with("&#")) return 0;
  const auto end = text.substr(0, kLongestReference).find(';');
  if (end == std::string_view::npos) return 0;
  const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const auto digits = text.substr(hex ? 3 : 2, end - (hex ? 3 : 2));
  std::uint32_t value = 0;
  const auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
    return 0;
  }
  character.clear();
  append_utf8(character, value);
  return end + 1;
}

bool MarkupWriter::is_full() const { return text_.size() >= kMaxCueBytes; }

void MarkupWriter::break_line() {
  while (text_.ends_with(' ')) text_.pop_back();
  if (!text_.empty() && !text_.ends_with('\n')) text_ += '\n';
}

void MarkupWriter::put(std::string_view character) {
  if (character == "\n") return break_line();
  const auto lead = static_cast<unsigned char>(character.front());
  if (character == "\t") character = " ";
  else if (lead < 0x20 || lead == 0x7F) return;
  visible_ = visible_ || !is_space(character);
  if (character == "&") text_ += "&amp;";
  else if (character == "<") text_ += "&lt;";
  else if (character == ">") text_ += "&gt;";
  else text_ += character;
}

void MarkupWriter::add(std::string_view text, bool references) {
  std::string referred;
  while (!text.empty() && !is_full()) {
    std::size_t length = references && text.front() == '&' ? read_reference(text, referred) : 0;
    if (length > 0) {
      put(referred);
    } else {
      length = character_length(text);
      put(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
}

void MarkupWriter::open(std::string_view name, std::string_view rest) {
  if (is_full() || open_.size() >= kDeepestNesting) return;
  text_.append("<").append(name).append(rest).append(">");
  open_.emplace_back(name);
}

void MarkupWriter::close(std::string_view name) {
  if (std::find(open_.begin(), open_.end(), name) == open_.end()) return;
  bool closed = false;
  while (!closed) {
    closed = open_.back() == name;
    text_.append("</").append(open_.back()).append(">");
    open_.pop_back();
  }
}

void MarkupWriter::close_all() {
  while (!open_.empty()) close(std::string(open_.back()));
}

void MarkupWriter::add_tag(std::string_view inside) {
  if (!is_full()) text_.append("<").append(inside).append(">");
}

std::string MarkupWriter::finish() {
  // What follows the text in front of an end that was left out isn't part of it.
  while (text_.ends_with('\n') || text_.ends_with(' ')) text_.pop_back();
  close_all();
  return visible_ ? std::move(text_) : std::string();
}

}  // namespace sluice
