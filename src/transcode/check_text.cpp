#include "transcode/check_text.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {
namespace {

constexpr std::string_view kHead = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n";
constexpr std::string_view kArrow = " --> ";

tl::unexpected<Error> wrong(const TextTrack& track, std::string_view what) {
  return fail(ErrorKind::internal, kOutputInvalid, fmt::format("{}: {}.", track.name, what));
}

// "HH:MM:SS.mmm", of at least two digits of hours, at the start of `text`.
std::optional<std::int64_t> time_ms(std::string_view text) {
  std::int64_t values[4] = {};
  constexpr std::string_view kEnds = "::.";
  std::size_t part = 0;
  int digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9' && digits < 9) {
      values[part] = values[part] * 10 + (c - '0');
      ++digits;
      if (part == 3 && digits == 3) {
        return ((values[0] * 60 + values[1]) * 60 + values[2]) * 1000 + values[3];
      }
    } else if (part < 3 && digits >= 2 && c == kEnds[part]) {
      ++part;
      digits = 0;
    } else {
      break;
    }
  }
  return std::nullopt;
}

// When the cue is shown that this line begins; nothing where it begins none.
std::optional<std::pair<std::int64_t, std::int64_t>> cue_times(std::string_view line) {
  const auto arrow = line.find(kArrow);
  if (arrow == std::string_view::npos) return std::nullopt;
  const auto start = time_ms(line), end = time_ms(line.substr(arrow + kArrow.size()));
  return std::pair{start.value_or(-1), end.value_or(-1)};
}

}  // namespace

int text_segment_count(const Plan& plan, const TextTrack& track) {
  return static_cast<int>(text_borders_ms(plan.timeline, track.segment_seconds).size()) - 1;
}

Result<> check_text_objects(const VideoId& video, const Plan& plan, const TextTrack& track,
                            const ObjectSizes& sizes) {
  const auto prefix = video_prefix(video);
  const auto whole = sizes.find(prefix + text_name(track.name, kWholeText));
  if (whole == sizes.end()) return wrong(track, "the whole of it is missing");
  std::int64_t bytes = whole->second;
  const int count = text_segment_count(plan, track);
  for (int i = 0; i < count; ++i) {
    const auto found = sizes.find(prefix + text_name(track.name, text_segment_name(i)));
    if (found == sizes.end()) {
      return wrong(track, fmt::format("segment {} of {} is missing", i, count));
    }
    if (found->second < static_cast<std::int64_t>(kHead.size())) {
      return wrong(track, fmt::format("segment {} has {} bytes", i, found->second));
    }
    bytes += found->second;
  }
  if (track.size_bytes == 0 || track.size_bytes == bytes) return {};
  return wrong(track,
               fmt::format("its objects have {} bytes, recorded are {}", bytes, track.size_bytes));
}

Result<> check_text_segment(const Plan& plan, const TextTrack& track, int index,
                            std::string_view head) {
  if (!head.starts_with(kHead)) {
    return wrong(track, fmt::format("segment {} doesn't start as WebVTT on our clock does", index));
  }
  const auto borders = text_borders_ms(plan.timeline, track.segment_seconds);
  const auto from = borders[static_cast<std::size_t>(index)];
  const auto until = borders[static_cast<std::size_t>(index) + 1];
  // A line that is cut off at the end of what was read is left alone.
  for (auto rest = head; rest.find('\n') != std::string_view::npos;) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const auto times = cue_times(line);
    if (!times || (0 <= times->first && times->first < until && from < times->second &&
                   times->first < times->second)) {
      continue;
    }
    return wrong(track, fmt::format("a cue of segment {}, which lasts from {} to {} ms, is shown "
                                    "from {} to {}",
                                    index, from, until, times->first, times->second));
  }
  return {};
}

}  // namespace sluice
