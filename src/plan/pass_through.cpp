#include "plan/pass_through.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "plan/ladder.h"
#include "plan/timeline.h"

namespace sluice {
namespace {

// Longer ones make a player wait too long for the next switch of quality. x264's default of 250
// pictures comes to 10.43 s at a film's 23.976 a second.
constexpr double kLongestSegment = 10.5;
// Key frames that come sooner are not cut at, where others can be.
constexpr double kShortestSegment = 2.0;
// A segment may be this much above the average that is allowed: an encoded one starts with its
// buffer full, which over four seconds comes to as much.
constexpr double kPeak = 1.5;
// Every decoder that is about takes this level.
constexpr int kCommonLevel = 42;
// Pictures in the file's first second without a picture of their own are no matter.
constexpr double kLatestStart = 1.0;

constexpr int kBaseline = 66;
constexpr int kMain = 77;
constexpr int kHigh = 100;

std::int64_t to_ticks(double seconds, std::int64_t timescale) {
  return std::llround(seconds * static_cast<double>(timescale));
}

double to_seconds(std::int64_t ticks, const Plan& plan) {
  return static_cast<double>(ticks) / static_cast<double>(plan.timeline.timescale);
}

bool is_hdr(const VideoStreamFacts& video) {
  return video.color_transfer == "smpte2084" || video.color_transfer == "arib-std-b67" ||
         video.dolby_vision_profile != 0;
}

std::string refuse_stream(const Plan& plan, const CopyFacts& facts) {
  const auto& top = plan.renditions.front();
  const bool profile_fits = (facts.profile == kBaseline && facts.constrained_baseline) ||
                            facts.profile == kMain || facts.profile == kHigh;
  if (!profile_fits) return "its profile is not Constrained Baseline, Main or High";
  if (!facts.is_420_8bit) return "it is not 8-bit 4:2:0";
  if (facts.level > std::max(top.level, kCommonLevel)) {
    return fmt::format("its level {}.{} is too high", facts.level / 10, facts.level % 10);
  }
  if (!facts.frames_only) return "it may be interlaced";
  if (facts.width != top.width || facts.height != top.height) {
    return fmt::format("its pictures of {} x {} are not of a size of the ladder ({} x {})",
                       facts.width, facts.height, top.width, top.height);
  }
  if (!facts.square_pixels) return "its pixels are not square";
  if (facts.full_range) return "its samples use the full range";
  if (!facts.colors_as_encoded) return "its colours are not those of the other renditions";
  return "";
}

std::string refuse_source(const Plan& plan) {
  const auto& video = *plan.source.video;
  if (plan.mode != VideoMode::chunked) return "it can't be sought in";
  if (video.rotation != 0 || video.mirrored) return "it is turned or mirrored";
  if (video.interlaced) return "it is interlaced";
  if (is_hdr(video)) return "it is HDR";
  if (!plan.source.time_jumps.empty()) return "its clock jumps";
  if (video.frame_rate.num <= 0) return "its frame rate is not known";
  if (!(video.frame_rate == plan.frame_rate)) return "it has more than 60 frames a second";
  if (plan.renditions.size() < 2) return "there is no smaller rendition to make images of";
  return "";
}

std::string refuse_times(const Plan& plan, const CopyFacts& facts) {
  const auto& keys = facts.key_frames;
  if (facts.trimmed) return "an edit list hides some of its frames";
  if (keys.empty()) return "its index names no key frames";
  const auto longest = to_ticks(kLongestSegment, plan.timeline.timescale);
  if (keys.front().ticks < 0) return "it starts before its first key frame";
  if (keys.front().ticks > to_ticks(kLatestStart, plan.timeline.timescale)) {
    return "its picture starts long after its sound";
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto next = i + 1 < keys.size() ? keys[i + 1].ticks : facts.end_ticks;
    if (next <= keys[i].ticks) return "its key frames are out of order";
    if (next - (i == 0 ? 0 : keys[i].ticks) > longest) {
      return fmt::format("its key frames are further apart than {:g} s", kLongestSegment);
    }
  }
  const double overhang = plan.timeline.duration_seconds - to_seconds(facts.end_ticks, plan);
  if (std::abs(overhang) > kBoundarySlackSeconds) return "its sound goes on after its picture";
  return "";
}

// Of the segments, in bits per second; short ones count as if they were a little longer.
std::vector<double> segment_rates(const Plan& plan, const CopyFacts& facts,
                                  const std::vector<std::int64_t>& boundaries) {
  std::vector<double> rates;
  std::size_t key = 0;
  for (std::size_t i = 0; i + 1 < boundaries.size(); ++i) {
    std::int64_t bytes = 0;
    for (; key < facts.key_frames.size() &&
           (facts.key_frames[key].ticks < boundaries[i + 1] || i + 2 == boundaries.size());
         ++key) {
      bytes += facts.key_frames[key].bytes;
    }
    const double seconds =
        std::max(kShortestSegment, to_seconds(boundaries[i + 1] - boundaries[i], plan));
    rates.push_back(static_cast<double>(bytes) * 8 / seconds);
  }
  return rates;
}

std::string refuse_rate(const Plan& plan, const CopyFacts& facts) {
  const auto cap = static_cast<double>(plan.renditions.front().max_rate_bps);
  double bytes = 0;
  for (const auto& key : facts.key_frames) bytes += static_cast<double>(key.bytes);
  const double average = bytes * 8 / to_seconds(facts.end_ticks, plan);
  if (average > cap) {
    return fmt::format("its {:.0f} kb/s are above the {:.0f} kb/s of {}", average / 1000,
                       cap / 1000, plan.renditions.front().name);
  }
  const auto rates = segment_rates(
      plan, facts, follow_key_frames(facts.key_frames, facts.end_ticks, plan.timeline.timescale));
  const double peak = *std::max_element(rates.begin(), rates.end());
  if (peak > cap * kPeak) {
    return fmt::format("it has a segment of {:.0f} kb/s", peak / 1000);
  }
  return "";
}

}  // namespace

std::string why_not_copied(const Plan& plan, const CopyFacts& facts) {
  for (const auto& reason :
       {refuse_source(plan), refuse_stream(plan, facts), refuse_times(plan, facts)}) {
    if (!reason.empty()) return reason;
  }
  return refuse_rate(plan, facts);
}

std::vector<std::int64_t> follow_key_frames(const std::vector<KeyFrame>& key_frames,
                                            std::int64_t end_ticks, std::int64_t timescale) {
  const auto wanted = std::int64_t{kSegmentSeconds} * timescale;
  const auto shortest = to_ticks(kShortestSegment, timescale);
  const auto longest = to_ticks(kLongestSegment, timescale);
  std::vector<std::int64_t> boundaries = {0};
  std::size_t next = 1;
  while (true) {
    const auto start = boundaries.back();
    std::int64_t best = -1;
    for (; next < key_frames.size() && key_frames[next].ticks <= start + longest; ++next) {
      const auto at = key_frames[next].ticks;
      const bool nearer = best < 0 || best - start < shortest ||
                          std::abs(at - start - wanted) < std::abs(best - start - wanted);
      if (at <= start) continue;
      if (!nearer) break;
      best = at;
    }
    // The rest that is no longer than a boundary's slack stays with the last segment.
    const auto slack = to_ticks(kBoundarySlackSeconds, timescale);
    const bool tail = best - start < shortest && end_ticks - start <= longest;
    if (best < 0 || end_ticks - best <= slack || tail) break;
    boundaries.push_back(best);
  }
  boundaries.push_back(end_ticks);
  return boundaries;
}

Plan copy_largest(Plan plan, const CopyFacts& facts) {
  auto& timeline = plan.timeline;
  timeline.boundaries = follow_key_frames(facts.key_frames, facts.end_ticks, timeline.timescale);
  timeline.segment_count = static_cast<int>(timeline.boundaries.size()) - 1;
  timeline.chunks = cut_chunks(timeline);
  auto& top = plan.renditions.front();
  plan.spare = top;
  plan.spare->name += "-encoded";
  top.copied = true;
  const auto rates = segment_rates(plan, facts, timeline.boundaries);
  top.max_rate_bps = std::llround(*std::max_element(rates.begin(), rates.end()));
  top.buffer_bits = 0;
  top.crf = 0;
  top.level = facts.level;
  top.profile.clear();
  top.x264_params.clear();
  return plan;
}

Plan encode_largest(Plan plan) {
  if (plan.spare && !plan.spare->copied) std::swap(plan.renditions.front(), *plan.spare);
  return plan;
}

std::int64_t most_bytes(const Rendition& encoded, double segment_seconds) {
  return std::llround(static_cast<double>(encoded.max_rate_bps) * kPeak *
                      std::max(kShortestSegment, segment_seconds) / 8);
}

}  // namespace sluice
