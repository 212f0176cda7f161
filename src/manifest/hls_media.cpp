#include <algorithm>

#include <fmt/format.h>

#include "base/rational.h"
#include "manifest/hls.h"
#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;

std::string media_uri(const MediaUrls& urls, std::string_view track, std::string_view name) {
  if (urls.base_url.empty()) return fmt::format("{}{}", name, urls.query);
  return fmt::format("{}{}/{}{}", urls.base_url, track, name, urls.query);
}

// Both ends are rounded, not the length, so that the sum over a long video stays exact. A duration
// that would round above the target makes players refuse the playlist; the time stamps inside the
// segments are what they play by.
std::int64_t extinf_microseconds(const StoredSegment& segment, std::int64_t timescale,
                                 int target_seconds) {
  const std::int64_t start = rescale(segment.start_ticks, timescale, kMicroseconds);
  const std::int64_t end =
      rescale(segment.start_ticks + segment.duration_ticks, timescale, kMicroseconds);
  return std::min(end - start, target_seconds * kMicroseconds + kMicroseconds / 2 - 1);
}

std::string_view head_of(Growth growth) {
  switch (growth) {
    case Growth::growing:
      // Without ENDLIST players take a playlist for live and start near its end.
      return "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0\n";
    case Growth::stopped: return "#EXT-X-PLAYLIST-TYPE:EVENT\n";
    case Growth::complete: break;
  }
  return "#EXT-X-PLAYLIST-TYPE:VOD\n";
}

// Large pictures would only make scrubbing slow.
constexpr int kLargestIframeShortSide = 480;

enum class Pictures { all, first_of_segment };

std::string render(const Plan& plan, std::string_view track, std::int64_t timescale,
                   std::span<const StoredSegment> segments, Growth growth, const MediaUrls& urls,
                   Pictures pictures) {
  const int target = target_duration_seconds(plan.timeline);
  auto text = fmt::memory_buffer();
  const auto out = std::back_inserter(text);
  fmt::format_to(
      out,
      "#EXTM3U\n"
      "#EXT-X-VERSION:7\n"
      "#EXT-X-TARGETDURATION:{}\n"
      "#EXT-X-MEDIA-SEQUENCE:0\n"
      "{}"
      "{}"
      "#EXT-X-MAP:URI=\"{}\"\n",
      target, head_of(growth),
      pictures == Pictures::all ? "#EXT-X-INDEPENDENT-SEGMENTS\n" : "#EXT-X-I-FRAMES-ONLY\n",
      media_uri(urls, track, "init.mp4"));
  for (const StoredSegment& segment : segments) {
    const std::int64_t duration = extinf_microseconds(segment, timescale, target);
    fmt::format_to(out, "#EXTINF:{}.{:06},\n", duration / kMicroseconds, duration % kMicroseconds);
    if (pictures == Pictures::first_of_segment) {
      fmt::format_to(out, "#EXT-X-BYTERANGE:{}@0\n", segment.first_sample_end_bytes);
    }
    fmt::format_to(out, "{}\n", media_uri(urls, track, segment_name(segment.index)));
  }
  if (growth != Growth::growing) fmt::format_to(out, "#EXT-X-ENDLIST\n");
  return fmt::to_string(text);
}

}  // namespace

std::optional<std::string> hls_media_playlist(const Plan& plan, std::string_view track,
                                              std::span<const StoredSegment> segments,
                                              Growth growth, const MediaUrls& urls) {
  const auto timescale = track_timescale(plan, track);
  if (!timescale) return std::nullopt;
  return render(plan, track, *timescale, segments, growth, urls, Pictures::all);
}

bool has_iframe_playlist(const Plan& plan, std::string_view track,
                         std::span<const StoredSegment> segments) {
  const auto rendition =
      std::find_if(plan.renditions.begin(), plan.renditions.end(),
                   [track](const Rendition& candidate) { return candidate.name == track; });
  if (rendition == plan.renditions.end() || segments.empty()) return false;
  return std::min(rendition->width, rendition->height) <= kLargestIframeShortSide &&
         std::all_of(segments.begin(), segments.end(), [](const StoredSegment& segment) {
           return segment.first_sample_end_bytes > 0;
         });
}

std::optional<std::string> hls_iframe_playlist(const Plan& plan, std::string_view track,
                                               std::span<const StoredSegment> segments,
                                               Growth growth, const MediaUrls& urls) {
  if (!has_iframe_playlist(plan, track, segments)) return std::nullopt;
  return render(plan, track, plan.timeline.timescale, segments, growth, urls,
                Pictures::first_of_segment);
}

}  // namespace sluice
