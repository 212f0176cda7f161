#include "text/read_cues.h"

#include <algorithm>

#include "text/cue_text.h"
#include "text/unicode.h"

namespace sluice {
namespace {

constexpr std::int64_t kMostHours = 1000;

using Lines = std::vector<std::string_view>;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

// Any of the three line ends.
Lines split_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
  }
  return lines;
}

std::string joined(Lines::const_iterator first, Lines::const_iterator end) {
  std::string text;
  for (; first != end; ++first) text.append(*first).push_back('\n');
  return text;
}

void skip_spaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

struct Timing {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::string_view settings;
};

// "00:00:01.000 --> 00:00:02.000 line:0"
std::optional<Timing> read_timing(std::string_view line) {
  skip_spaces(line);
  const auto start = read_cue_time(line);
  skip_spaces(line);
  if (!start || !line.starts_with("-->")) return std::nullopt;
  line.remove_prefix(3);
  skip_spaces(line);
  const auto end = read_cue_time(line);
  if (!end) return std::nullopt;
  return Timing{*start, *end, line};
}

bool is_number(std::string_view line) {
  return !is_blank(line) && line.find_first_not_of("0123456789 \t") == std::string_view::npos;
}

void add_cue(const Timing& timing, CueText text, std::string settings, std::vector<Cue>& cues) {
  if (text.text.empty() || timing.end_ms <= timing.start_ms) return;
  cues.push_back({timing.start_ms, timing.end_ms, std::move(text.text), std::move(settings)});
}

// Times alone mark a cue: people leave blank lines inside texts, and numbers out.
std::vector<Cue> read_subrip(const Lines& lines) {
  std::vector<Cue> cues;
  std::optional<Timing> timing;
  auto text = lines.begin();
  const auto end_cue = [&](Lines::const_iterator end, bool before_another) {
    if (!timing) return;
    // The number of the next cue, and the blank line in front of it.
    if (before_another && end != text && is_number(*(end - 1)) &&
        (end - 1 == text || is_blank(*(end - 2)))) {
      --end;
    }
    auto placed = cue_text_from_subrip(joined(text, end));
    auto settings = placed.settings;
    add_cue(*timing, std::move(placed), std::move(settings), cues);
  };
  for (auto line = lines.begin(); line != lines.end() && cues.size() <= kMaxCues; ++line) {
    const auto next = read_timing(*line);
    if (!next) continue;
    end_cue(line, true);
    timing = next;
    text = line + 1;
  }
  end_cue(lines.end(), false);
  return cues;
}

std::vector<Cue> read_webvtt(const Lines& lines) {
  std::vector<Cue> cues;
  for (auto line = lines.begin(); line != lines.end() && cues.size() <= kMaxCues;) {
    const auto end = std::find_if(line, lines.end(), is_blank);
    // A cue may have a name in front of its times; the head, notes and styles have no times.
    auto times = line;
    auto timing = times == end ? std::nullopt : read_timing(*times);
    if (!timing && end - line > 1) timing = read_timing(*++times);
    if (timing) {
      add_cue(*timing, cue_text_from_webvtt(joined(times + 1, end)), cue_settings(timing->settings),
              cues);
    }
    line = end == lines.end() ? end : end + 1;
  }
  return cues;
}

bool is_webvtt(const Lines& lines) {
  constexpr std::string_view kSignature = "WEBVTT";
  if (lines.empty() || !lines.front().starts_with(kSignature)) return false;
  const auto rest = lines.front().substr(kSignature.size());
  return rest.empty() || rest.front() == ' ' || rest.front() == '\t';
}

}  // namespace

std::optional<std::int64_t> read_cue_time(std::string_view& text) {
  std::int64_t parts[3] = {};
  int count = 0;
  std::size_t at = 0;
  const auto number = [&](std::size_t most) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const std::size_t first = at;
    while (at < text.size() && at - first < most && text[at] >= '0' && text[at] <= '9') {
      value = value * 10 + (text[at++] - '0');
    }
    return at == first ? std::nullopt : std::optional(value);
  };
  while (count < 3) {
    const auto part = number(4);
    if (!part) return std::nullopt;
    parts[count++] = *part;
    if (at >= text.size() || text[at] != ':') break;
    ++at;
  }
  if (count < 2 || at >= text.size() || (text[at] != '.' && text[at] != ',')) return std::nullopt;
  const std::size_t fraction = ++at;
  auto ms = number(3);
  if (!ms) return std::nullopt;
  for (auto digits = at - fraction; digits < 3; ++digits) *ms *= 10;
  const std::int64_t hours = count == 3 ? parts[0] : 0;
  const std::int64_t minutes = parts[count - 2];
  const std::int64_t seconds = parts[count - 1];
  if (hours >= kMostHours || minutes >= 60 || seconds >= 60) return std::nullopt;
  text.remove_prefix(at);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + *ms;
}

Result<std::vector<Cue>> read_cues(std::string_view file) {
  const auto too_large = [] {
    return fail(ErrorKind::too_large, "text_too_large",
                "The file has more text than a track may hold.");
  };
  if (file.size() > kMaxTextBytes) return too_large();
  SLUICE_TRY_ASSIGN(const auto text, to_utf8(file));
  const auto lines = split_lines(text);
  auto cues = is_webvtt(lines) ? read_webvtt(lines) : read_subrip(lines);
  if (cues.size() > kMaxCues) return too_large();
  if (cues.empty()) {
    return fail(ErrorKind::invalid, "no_cues",
                "There are no subtitles in this file. It has to be WebVTT (.vtt) or SubRip (.srt).");
  }
  return cues;
}

}  // namespace sluice
