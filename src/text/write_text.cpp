#include "text/write_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr std::string_view kHead = "WEBVTT\n";
// Time 0 of the cues is time stamp 0 of the media: our decode times count from the video's start.
constexpr std::string_view kTimestampMap = "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n";

// Of all segments of a track together.
constexpr std::size_t kMaxSegmentBytes = 4 * kMaxTextBytes;

std::string timestamp(std::int64_t ms) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

std::string block_of(const Cue& cue) {
  return fmt::format("\n{} --> {}{}{}\n{}\n", timestamp(cue.start_ms), timestamp(cue.end_ms),
                     cue.settings.empty() ? "" : " ", cue.settings, cue.text);
}

void keep_inside(std::vector<Cue>& cues, std::int64_t start_ms, std::int64_t end_ms) {
  std::erase_if(cues, [&](const Cue& cue) {
    return cue.start_ms >= end_ms || cue.end_ms <= std::max(start_ms, cue.start_ms);
  });
  for (auto& cue : cues) cue.start_ms = std::max(cue.start_ms, start_ms);
  std::ranges::stable_sort(cues, {}, &Cue::start_ms);
}

}  // namespace

Result<TextFiles> write_text_files(std::vector<Cue> cues,
                                   std::span<const std::int64_t> borders_ms) {
  const auto too_large = [] {
    return fail(ErrorKind::too_large, "text_too_large",
                "There is more text than a track may hold.");
  };
  const std::size_t count = borders_ms.size() - 1;
  keep_inside(cues, borders_ms.front(), borders_ms.back());
  if (cues.empty()) {
    return fail(ErrorKind::invalid, "no_cues", "No subtitle falls within the video's time.");
  }
  if (cues.size() > kMaxCues) return too_large();

  TextFiles files;
  files.whole = kHead;
  files.segments.assign(count, std::string(kHead).append(kTimestampMap));
  std::size_t segment_bytes = 0;
  for (const auto& cue : cues) {
    const auto block = block_of(cue);
    files.whole += block;
    const auto after = std::upper_bound(borders_ms.begin(), borders_ms.end(), cue.start_ms);
    auto i = static_cast<std::size_t>(after - borders_ms.begin()) - 1;
    for (; i < count && borders_ms[i] < cue.end_ms; ++i) {
      files.segments[i] += block;
      segment_bytes += block.size();
    }
    if (segment_bytes > kMaxSegmentBytes) return too_large();
  }
  return files;
}

}  // namespace sluice
