#include "text/cue_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "text/markup_writer.h"

namespace sluice {
namespace {

constexpr std::string_view kAtTheTop = "line:0";

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return result;
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view strip(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_style(std::string_view tag) { return tag == "b" || tag == "i" || tag == "u"; }

// --- SubRip -------------------------------------------------------------------------------------

// At a '<': writes the tag and says how long it is, 0 when it is only text.
std::size_t read_subrip_tag(std::string_view text, MarkupWriter& out) {
  const auto end = text.find('>');
  if (end == std::string_view::npos) return 0;
  auto inside = text.substr(1, end - 1);
  const bool closes = inside.starts_with('/');
  if (closes) inside.remove_prefix(1);
  const auto name = lower(strip(inside));
  if (name == "font" || name.starts_with("font ")) return end + 1;
  if (!is_style(name)) return 0;
  if (closes) out.close(name);
  else out.open(name);
  return end + 1;
}

// --- Advanced SubStation Alpha ------------------------------------------------------------------

struct AssState {
  bool drawing = false;
  bool at_the_top = false;
};

void set_style(MarkupWriter& out, std::string_view style, bool on) {
  if (on) out.open(style);
  else out.close(style);
}

// The code of a number, "an8" → 8, when `code` is `name` and digits.
std::optional<int> number_of(std::string_view code, std::string_view name) {
  if (!code.starts_with(name)) return std::nullopt;
  code.remove_prefix(name.size());
  if (code.empty() || code.size() > 4 || !std::ranges::all_of(code, is_digit)) return std::nullopt;
  int number = 0;
  for (const char digit : code) number = number * 10 + (digit - '0');
  return number;
}

// Weight is 0, 1, or as in CSS.
bool is_bold(int weight) { return weight == 1 || weight >= 600; }

void apply_override(std::string_view code, AssState& state, MarkupWriter& out) {
  code = strip(code);
  if (const auto drawing = number_of(code, "p")) state.drawing = *drawing > 0;
  else if (const auto slant = number_of(code, "i")) set_style(out, "i", *slant != 0);
  else if (const auto line = number_of(code, "u")) set_style(out, "u", *line != 0);
  else if (const auto weight = number_of(code, "b")) set_style(out, "b", is_bold(*weight));
  else if (const auto place = number_of(code, "an")) state.at_the_top = *place >= 7 && *place <= 9;
  else if (const auto old = number_of(code, "a")) state.at_the_top = *old >= 5 && *old <= 7;
  else if (code.starts_with('r')) out.close_all();
}

void read_overrides(std::string_view block, AssState& state, MarkupWriter& out) {
  for (auto at = block.find('\\'); at != std::string_view::npos;) {
    const auto end = std::min(block.find('\\', at + 1), block.size());
    apply_override(block.substr(at + 1, end - at - 1), state, out);
    at = end < block.size() ? end : std::string_view::npos;
  }
}

// At a '{' or '\': reads the code and says how long it is, 0 when it is only text.
std::size_t read_ass_code(std::string_view text, AssState& state, MarkupWriter& out) {
  if (text.front() == '{') {
    const auto end = text.find('}');
    if (end == std::string_view::npos) return 0;
    read_overrides(text.substr(1, end - 1), state, out);
    return end + 1;
  }
  if (text.size() < 2) return 0;
  constexpr std::array<std::pair<char, std::string_view>, 5> kCodes = {
      {{'N', "\n"}, {'n', " "}, {'h', "\xC2\xA0"}, {'{', "{"}, {'}', "}"}}};
  for (const auto& [code, meaning] : kCodes) {
    if (text[1] != code) continue;
    if (!state.drawing) out.add(meaning, false);
    return 2;
  }
  return 0;
}

CueText finished(MarkupWriter& out, const AssState& state) {
  return {out.finish(), std::string(state.at_the_top ? kAtTheTop : "")};
}

// --- WebVTT -------------------------------------------------------------------------------------

bool is_webvtt_tag(std::string_view name) {
  constexpr std::array<std::string_view, 5> kOthers = {"c", "v", "lang", "ruby", "rt"};
  return is_style(name) || std::ranges::find(kOthers, name) != kOthers.end();
}

bool is_time_stamp(std::string_view inside) {
  return inside.size() >= 9 && inside.size() <= 16 && is_digit(inside.front()) &&
         inside[inside.size() - 4] == '.' &&
         std::ranges::all_of(inside, [](char c) { return is_digit(c) || c == ':' || c == '.'; });
}

bool is_class_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
  });
}

std::string classes_of(std::string_view text) {
  std::string classes;
  while (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto name = text.substr(0, text.find('.'));
    if (is_class_name(name)) classes.append(".").append(name);
    text.remove_prefix(name.size());
  }
  return classes;
}

// "Fred & Ann" of <v Fred & Ann>, escaped, on one line.
std::string annotation_of(std::string_view text) {
  std::string line(strip(text));
  std::ranges::replace(line, '\n', ' ');
  MarkupWriter writer;
  writer.add(line, true);
  return writer.finish();
}

std::size_t read_webvtt_tag(std::string_view text, MarkupWriter& out) {
  const auto end = text.find('>');
  if (end == std::string_view::npos) return 0;
  const auto inside = text.substr(1, end - 1);
  if (is_time_stamp(inside)) {
    out.add_tag(inside);
  } else if (inside.starts_with('/')) {
    out.close(strip(inside.substr(1)));
  } else {
    const auto name_end = std::min(inside.find_first_of(". \t\n"), inside.size());
    const auto name = inside.substr(0, name_end);
    if (!is_webvtt_tag(name)) return end + 1;
    const auto classes_end = std::min(inside.find_first_of(" \t\n"), inside.size());
    auto rest = classes_of(inside.substr(name_end, classes_end - name_end));
    const auto annotation = annotation_of(inside.substr(classes_end));
    if ((name == "v" || name == "lang") && !annotation.empty()) rest += " " + annotation;
    out.open(name, rest);
  }
  return end + 1;
}

}  // namespace

CueText cue_text_from_subrip(std::string_view text) {
  MarkupWriter out;
  AssState state;
  while (!text.empty()) {
    std::size_t length = 0;
    if (text.front() == '<') length = read_subrip_tag(text, out);
    if (text.starts_with("{\\")) length = read_ass_code(text, state, out);
    if (length == 0) {
      length = std::max<std::size_t>(1, std::min(text.find_first_of("<{", 1), text.size()));
      out.add(text.substr(0, length), true);
    }
    text.remove_prefix(length);
  }
  return finished(out, state);
}

CueText cue_text_from_ass(std::string_view text) {
  MarkupWriter out;
  AssState state;
  while (!text.empty()) {
    std::size_t length = 0;
    if (text.front() == '{' || text.front() == '\\') length = read_ass_code(text, state, out);
    if (length == 0) {
      length = std::min(text.find_first_of("{\\", 1), text.size());
      if (!state.drawing) out.add(text.substr(0, length), false);
    }
    text.remove_prefix(length);
  }
  return finished(out, state);
}

CueText cue_text_from_webvtt(std::string_view text) {
  MarkupWriter out;
  while (!text.empty()) {
    std::size_t length = text.front() == '<' ? read_webvtt_tag(text, out) : 0;
    if (length == 0) {
      length = std::min(text.find('<', 1), text.size());
      out.add(text.substr(0, length), true);
    }
    text.remove_prefix(length);
  }
  return {out.finish(), ""};
}

std::string cue_settings(std::string_view settings) {
  constexpr std::array<std::string_view, 5> kNames = {"vertical", "line", "position", "size",
                                                      "align"};
  std::string kept;
  std::array<bool, kNames.size()> seen{};
  while (true) {
    const auto start = settings.find_first_not_of(" \t");
    if (start == std::string_view::npos) return kept;
    settings.remove_prefix(start);
    const auto setting = settings.substr(0, settings.find_first_of(" \t"));
    settings.remove_prefix(setting.size());
    const auto colon = setting.find(':');
    const auto name = std::ranges::find(kNames, setting.substr(0, colon));
    if (colon == std::string_view::npos || name == kNames.end() || setting.size() > 40) continue;
    const auto value = setting.substr(colon + 1);
    const bool formed = !value.empty() && std::ranges::all_of(value, [](char c) {
      return is_letter(c) || is_digit(c) || c == '.' || c == ',' || c == '%' || c == '-';
    });
    auto& known = seen[static_cast<std::size_t>(name - kNames.begin())];
    if (!formed || known) continue;
    known = true;
    if (!kept.empty()) kept += ' ';
    kept += setting;
  }
}

}  // namespace sluice
