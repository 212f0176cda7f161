#include "transcode/check_output.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "manifest/hls.h"
#include "plan/storyboard.h"
#include "plan/timeline.h"
#include "transcode/check_text.h"
#include "video/object_key.h"
#include "video/video.h"

namespace sluice {
namespace {

// Sound may go on over the last picture for a moment, and is filled up to a whole frame of it.
constexpr double kSoundOverhangSeconds = 0.6;
// Rates of variable sources are averages: the number of pictures that are left above 60 a second.
constexpr double kRateTolerance = 0.1;
// So many pictures less than promised are no news, or this share of them: times are rounded, and
// what an edit list cuts off need not end on a picture.
constexpr double kFewPictures = 10;
constexpr double kFewShare = 0.02;

// Of so many pictures of the source, how many the output has at its own rate.
double at_output_rate(const Plan& plan, double pictures) {
  const auto& source = plan.source.video->frame_rate;
  if (source.num <= 0 || plan.frame_rate.num <= 0 || plan.frame_rate == source) return pictures;
  return pictures * plan.frame_rate.value() / source.value();
}

std::int64_t count_pictures(const std::vector<StoredSegment>& segments, const std::string& track) {
  std::int64_t pictures = 0;
  for (const auto& segment : segments) {
    if (segment.track == track) pictures += segment.sample_count;
  }
  return pictures;
}

using Tracks = std::map<std::string, std::vector<StoredSegment>>;

tl::unexpected<Error> invalid(std::string what) {
  return fail(ErrorKind::internal, kOutputInvalid, std::move(what));
}

struct TrackCheck {
  const Plan& plan;
  Tracks tracks;

  TrackCheck(const Plan& of, const std::vector<StoredSegment>& segments) : plan(of) {
    for (const auto& segment : segments) tracks[segment.track].push_back(segment);
    for (auto& [name, stored] : tracks) {
      std::sort(stored.begin(), stored.end(),
                [](const auto& a, const auto& b) { return a.index < b.index; });
    }
  }

  const std::vector<StoredSegment>& of(const std::string& track) { return tracks[track]; }

  double seconds(const std::string& track, std::int64_t ticks) const {
    return static_cast<double>(ticks) /
           static_cast<double>(track_timescale(plan, track).value_or(1));
  }

  double end_of(const std::string& track) {
    const auto& last = of(track).back();
    return seconds(track, last.start_ticks + last.duration_ticks);
  }

  Result<> gapless(const std::string& track) {
    const auto& stored = of(track);
    if (static_cast<int>(stored.size()) != plan.timeline.segment_count) {
      return invalid(fmt::format("{} has {} of {} segments.", track, stored.size(),
                                 plan.timeline.segment_count));
    }
    std::int64_t end = 0;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      if (stored[i].index != static_cast<int>(i) || stored[i].start_ticks != end) {
        return invalid(fmt::format("{}: segment {} starts at {}, the one before it ends at {}.",
                                   track, stored[i].index, stored[i].start_ticks, end));
      }
      end += stored[i].duration_ticks;
    }
    return {};
  }

  // A player changes from one to the other at any segment.
  Result<> alike(const std::string& track, const std::string& reference) {
    const auto &one = of(track), &other = of(reference);
    for (std::size_t i = 0; i < one.size(); ++i) {
      if (one[i].start_ticks != other[i].start_ticks ||
          one[i].duration_ticks != other[i].duration_ticks) {
        return invalid(
            fmt::format("Segment {} of {} starts at {} and lasts {}, of {} at {} and {}.", i, track,
                        one[i].start_ticks, one[i].duration_ticks, reference, other[i].start_ticks,
                        other[i].duration_ticks));
      }
      const bool counted = one[i].sample_count > 0 && other[i].sample_count > 0;
      if (counted && one[i].sample_count != other[i].sample_count) {
        return invalid(fmt::format("Segment {} of {} has {} pictures, of {} {}.", i, track,
                                   one[i].sample_count, reference, other[i].sample_count));
      }
    }
    return {};
  }

  // At most as many pictures as came in, and repeats where the source has none at a cut. Fewer are
  // right where the source is damaged.
  Result<> no_more_than_the_source(const std::string& track) {
    const auto& video = *plan.source.video;
    if (video.frame_count <= 0) return {};
    double expected = at_output_rate(plan, static_cast<double>(video.frame_count));
    if (plan.frame_rate != video.frame_rate) expected *= 1 + kRateTolerance;
    const auto made = count_pictures(of(track), track);
    if (static_cast<double>(made) <= expected + plan.timeline.segment_count + 1) return {};
    return invalid(
        fmt::format("{} has {} pictures; the source has {}.", track, made, video.frame_count));
  }

  Result<> ends(const std::string& track) {
    const double planned = plan.timeline.duration_seconds;
    const double end = end_of(track);
    // The last segment takes in frames up to its boundary.
    const double latest = static_cast<double>(latest_end_ticks(plan.timeline)) /
                          static_cast<double>(plan.timeline.timescale);
    if (end >= planned - kBoundarySlackSeconds &&
        end <= std::max(latest, planned) + kSoundOverhangSeconds) {
      return {};
    }
    return invalid(fmt::format("{} ends at {:.3f} s of {:.3f} s.", track, end, planned));
  }

  Result<> ends_with(const std::string& audio, const std::string& picture) {
    const double sound_end = end_of(audio), picture_end = end_of(picture);
    if (sound_end >=
            std::min(picture_end, plan.timeline.duration_seconds) - kBoundarySlackSeconds &&
        sound_end <= picture_end + kSoundOverhangSeconds) {
      return {};
    }
    return invalid(fmt::format("{} ends at {:.3f} s, {} at {:.3f} s.", audio, sound_end, picture,
                               picture_end));
  }

  Result<> all() {
    for (const auto& rendition : plan.renditions) {
      SLUICE_TRY(gapless(rendition.name));
      SLUICE_TRY(alike(rendition.name, plan.renditions.front().name));
      SLUICE_TRY(no_more_than_the_source(rendition.name));
    }
    for (const auto& audio : plan.audio) SLUICE_TRY(gapless(audio.name));
    if (!plan.renditions.empty()) SLUICE_TRY(ends(plan.renditions.front().name));
    for (const auto& audio : plan.audio) {
      SLUICE_TRY(plan.renditions.empty() ? ends(audio.name)
                                         : ends_with(audio.name, plan.renditions.front().name));
    }
    return {};
  }
};

// "…BANDWIDTH=5,…" in front of the line "TRACK/playlist.m3u8".
std::optional<std::int64_t> advertised_bandwidth(const std::string& playlist,
                                                 const std::string& track) {
  const auto uri = playlist.find("\n" + track + "/playlist.m3u8\n");
  const auto line = uri == std::string::npos ? uri : playlist.rfind("#EXT-X-STREAM-INF:", uri);
  if (line == std::string::npos) return std::nullopt;
  const auto at = playlist.find(":BANDWIDTH=", line);
  if (at == std::string::npos || at > uri) return std::nullopt;
  std::int64_t bandwidth = 0;
  const auto* text = playlist.data() + at + std::string_view(":BANDWIDTH=").size();
  if (std::from_chars(text, playlist.data() + uri, bandwidth).ec != std::errc{})
    return std::nullopt;
  return bandwidth;
}

struct ObjectCheck {
  const VideoId& video;
  const Plan& plan;
  ObjectSizes sizes;

  Result<> init(const std::string& track) const {
    if (sizes.contains(init_key(video, track))) return {};
    return invalid(fmt::format("The init segment of {} is missing.", track));
  }

  Result<> segment(const StoredSegment& segment) const {
    const auto found = sizes.find(segment_key(video, segment.track, segment.index));
    if (found != sizes.end() && found->second == segment.size_bytes) return {};
    return invalid(fmt::format("Segment {} of {} is {}.", segment.index, segment.track,
                               found == sizes.end() ? "missing" : "of another size"));
  }

  Result<> sheets() const {
    const int chunks = static_cast<int>(plan.timeline.chunks.size());
    for (int chunk = 0; chunk < chunks; ++chunk) {
      const auto name = sheet_name(chunk);
      if (sheet_of(plan, chunk).tile_count > 0 && !sizes.contains(video_prefix(video) + name)) {
        return invalid(fmt::format("{} of the storyboard is missing.", name));
      }
    }
    return {};
  }
};

}  // namespace

Result<> check_tracks(const Plan& plan, const std::vector<StoredSegment>& segments) {
  SLUICE_TRY(TrackCheck(plan, segments).all());
  const auto playlist = hls_multivariant_playlist(plan, publish(segments), Growth::complete);
  return check_bandwidth(plan, segments, playlist.value_or(""));
}

std::optional<MissingPictures> missing_pictures(const Plan& plan,
                                                const std::vector<StoredSegment>& segments) {
  if (plan.renditions.empty() || !plan.source.video) return std::nullopt;
  const auto& video = *plan.source.video;
  // An index also lists what an edit list leaves out.
  const double kept = plan.timeline.duration_seconds * video.frame_rate.value();
  const double promised =
      at_output_rate(plan, std::min(static_cast<double>(video.frame_count), kept));
  const auto& track = plan.renditions.front().name;
  const auto made = count_pictures(segments, track);
  const bool all_counted = std::all_of(segments.begin(), segments.end(), [&](const auto& segment) {
    return segment.track != track || segment.sample_count > 0;
  });
  const double missing = promised - static_cast<double>(made);
  if (!all_counted || missing <= std::max(kFewPictures, kFewShare * promised)) return std::nullopt;
  return MissingPictures{made, std::llround(promised)};
}

// RFC 8216 section 4.3.4.2, for runs of one segment, which are the worst.
Result<> check_bandwidth(const Plan& plan, const std::vector<StoredSegment>& segments,
                         const std::string& playlist) {
  std::map<std::string, std::int64_t> bandwidths;
  for (const auto& rendition : plan.renditions) {
    const auto bandwidth = advertised_bandwidth(playlist, rendition.name);
    if (!bandwidth) return invalid(fmt::format("{} is in no playlist.", rendition.name));
    bandwidths[rendition.name] = *bandwidth;
  }
  for (const auto& segment : segments) {
    const auto found = bandwidths.find(segment.track);
    if (found == bandwidths.end()) continue;
    const double lasts =
        static_cast<double>(segment.duration_ticks) / static_cast<double>(plan.timeline.timescale);
    if (lasts * 2 < target_duration_seconds(plan.timeline)) continue;
    const double rate = static_cast<double>(segment.size_bytes) * 8 / lasts;
    if (rate <= static_cast<double>(found->second) + 1) continue;
    return invalid(fmt::format("Segment {} of {} needs {:.0f} bit/s; the playlist advertises {}.",
                               segment.index, segment.track, rate, found->second));
  }
  return {};
}

Result<> check_output(const VideoId& video, const Plan& plan,
                      const std::vector<StoredSegment>& segments,
                      const std::vector<ObjectInfo>& objects) {
  SLUICE_TRY(check_tracks(plan, segments));
  ObjectCheck check{video, plan, {}};
  for (const auto& object : objects) check.sizes.emplace(object.key, object.size_bytes);
  for (const auto& rendition : plan.renditions) SLUICE_TRY(check.init(rendition.name));
  for (const auto& audio : plan.audio) SLUICE_TRY(check.init(audio.name));
  for (const auto& segment : segments) {
    if (track_timescale(plan, segment.track)) SLUICE_TRY(check.segment(segment));
  }
  return check.sheets();
}

}  // namespace sluice
