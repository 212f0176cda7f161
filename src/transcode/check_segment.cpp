#include "transcode/check_segment.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "manifest/published.h"
#include "media/h264_parameters.h"
#include "media/read_cmaf.h"
#include "plan/timeline.h"
#include "video/object_key.h"
#include "video/video.h"

namespace sluice {
namespace {

constexpr int kIdr = 5;
constexpr int kUnspecified = 2;  // of primaries, transfer and matrix alike: ISO/IEC 23091-2

// Sound is cut at the first whole frame of it behind a boundary; one of a copied track may lie
// askew.
constexpr double kSoundSlackSeconds = 0.1;

const Rendition* find_rendition(const Plan& plan, const std::string& track) {
  for (const auto& rendition : plan.renditions) {
    if (rendition.name == track) return &rendition;
  }
  return plan.spare && plan.spare->name == track ? &*plan.spare : nullptr;
}

const AudioRendition* find_audio(const Plan& plan, const std::string& track) {
  for (const auto& audio : plan.audio) {
    if (audio.name == track) return &audio;
  }
  return nullptr;
}

// One media segment, compared with what is recorded of it.
struct SegmentCheck {
  const Plan& plan;
  const StoredSegment& recorded;
  const media::ReadSegment& read;
  std::int64_t timescale;

  tl::unexpected<Error> wrong(std::string what) const {
    return fail(ErrorKind::internal, kOutputInvalid,
                fmt::format("Segment {} of {}: {}.", recorded.index, recorded.track, what));
  }

  Result<> order() const {
    if (read.sequence == static_cast<std::uint32_t>(recorded.index) + 1) return {};
    return wrong(fmt::format("its sequence number is {}", read.sequence));
  }

  Result<> times() const {
    const auto decode_start = read.samples.front().decode_time;
    if (decode_start != recorded.start_ticks || read.start() != recorded.start_ticks) {
      return wrong(fmt::format("decoding starts at {} and showing at {}, recorded is {}",
                               decode_start, read.start(), recorded.start_ticks));
    }
    const auto lasts = read.end() - decode_start;
    if (lasts != recorded.duration_ticks) {
      return wrong(fmt::format("its {} samples last {} ticks, recorded are {}", read.samples.size(),
                               lasts, recorded.duration_ticks));
    }
    const double seconds = static_cast<double>(lasts) / static_cast<double>(timescale);
    if (std::lround(seconds) > target_duration_seconds(plan.timeline)) {
      return wrong(fmt::format("it lasts {:.3f} s of a target duration of {} s", seconds,
                               target_duration_seconds(plan.timeline)));
    }
    return {};
  }

  Result<> samples() const {
    std::vector<std::int64_t> shown;
    for (const auto& sample : read.samples) {
      if (sample.duration <= 0 || sample.size_bytes <= 0) {
        return wrong(fmt::format("sample {} has {} bytes and lasts {} ticks", shown.size(),
                                 sample.size_bytes, sample.duration));
      }
      if (sample.presentation_time < sample.decode_time) {
        return wrong(fmt::format("sample {} is shown at {} and decoded at {}", shown.size(),
                                 sample.presentation_time, sample.decode_time));
      }
      shown.push_back(sample.presentation_time);
    }
    std::sort(shown.begin(), shown.end());
    if (std::adjacent_find(shown.begin(), shown.end()) != shown.end()) {
      return wrong("two samples are shown at the same time");
    }
    if (shown.back() >= read.end()) {
      return wrong(
          fmt::format("a sample is shown at {}, behind its end at {}", shown.back(), read.end()));
    }
    return {};
  }

  // `slack` in ticks of the track.
  Result<> place(std::int64_t slack) const {
    const auto boundary = rescale(boundary_ticks(plan.timeline, recorded.index),
                                  plan.timeline.timescale, timescale, Round::down);
    if (recorded.start_ticks >= boundary && recorded.start_ticks <= boundary + slack) return {};
    return wrong(fmt::format("it starts at {}, the plan cuts at {} with a slack of {}",
                             recorded.start_ticks, boundary, slack));
  }

  // What an I-frame playlist names. Rows of older versions don't know it.
  Result<> first_sample() const {
    const auto end = read.data_offset + read.samples.front().size_bytes;
    if (recorded.first_sample_end_bytes == 0 || recorded.first_sample_end_bytes == end) return {};
    return wrong(fmt::format("its first sample ends at byte {}, recorded is {}", end,
                             recorded.first_sample_end_bytes));
  }

  // `bytes` has at least the beginning of the first sample.
  Result<> starts_with_idr(std::string_view bytes) const {
    if (!read.samples.front().sync) return wrong("its first sample is no sync sample");
    auto sample = bytes.substr(std::min(bytes.size(), static_cast<std::size_t>(read.data_offset)))
                      .substr(0, static_cast<std::size_t>(read.samples.front().size_bytes));
    const auto type = media::first_slice_type(sample);
    if (type == kIdr) return {};
    return wrong(fmt::format("its first slice is of NAL type {}, not an IDR frame", type));
  }

  Result<> units(std::string_view object) const {
    auto at = static_cast<std::size_t>(read.data_offset);
    for (std::size_t i = 0; i < read.samples.size(); ++i) {
      const auto size = static_cast<std::size_t>(read.samples[i].size_bytes);
      if (!media::is_length_prefixed(object.substr(at, size))) {
        return wrong(fmt::format("the NAL units of sample {} don't fill its {} bytes", i, size));
      }
      at += size;
    }
    return {};
  }
};

struct InitCheck {
  const std::string& track;

  tl::unexpected<Error> wrong(std::string what) const {
    return fail(ErrorKind::internal, kOutputInvalid,
                fmt::format("The init segment of {}: {}.", track, what));
  }

  template <class T>
  Result<> equal(std::string_view what, const T& read, const T& planned) const {
    if (read == planned) return {};
    return wrong(fmt::format("its {} is {}, planned is {}", what, read, planned));
  }

  Result<> picture(const Plan& plan, const Rendition& rendition,
                   const media::ReadInit& init) const {
    SLUICE_TRY(equal("handler", init.handler, std::string("vide")));
    SLUICE_TRY(equal("timescale", init.timescale, plan.timeline.timescale));
    SLUICE_TRY(equal("width", init.width, rendition.width));
    SLUICE_TRY(equal("height", init.height, rendition.height));
    if (!init.color) return wrong("it says nothing of colours");
    const auto config = media::parse_avc_config(init.avc_config);
    if (!config || config->sps.empty() || config->pps.empty()) {
      return wrong("it holds no parameter sets");
    }
    for (const auto& set : config->sps) SLUICE_TRY(parameters(rendition, *init.color, set));
    return {};
  }

  // Some players go by the container and others by what the decoder finds: both must say the same.
  Result<> parameters(const Rendition& rendition, const media::ColorTags& color,
                      std::string_view set) const {
    const auto sps = media::parse_sps(set);
    if (!sps) return wrong("its sequence parameter set can't be read");
    SLUICE_TRY(equal("coded profile and level",
                     fmt::format("avc1.{:02x}{:02x}{:02x}", sps->profile, sps->constraints,
                                 sps->level),
                     rendition.codecs));
    SLUICE_TRY(equal("coded width", sps->width, rendition.width));
    SLUICE_TRY(equal("coded height", sps->height, rendition.height));
    if (sps->full_range != color.full_range) {
      return wrong(fmt::format("its range is {} in the container, {} in the parameter set",
                               range(color.full_range), range(sps->full_range)));
    }
    // A copied source need not say its colours; x264 is always told to.
    const auto agrees = [&](int coded, int tagged) {
      return coded == tagged || (rendition.copied && coded == kUnspecified);
    };
    if (agrees(sps->primaries, color.primaries) && agrees(sps->transfer, color.transfer) &&
        agrees(sps->matrix, color.matrix)) {
      return {};
    }
    return wrong(fmt::format("its colours are {}/{}/{} in the container, {}/{}/{} in the parameter set",
                             color.primaries, color.transfer, color.matrix, sps->primaries,
                             sps->transfer, sps->matrix));
  }

  static std::string_view range(bool full) { return full ? "full" : "limited"; }

  Result<> sound(const AudioRendition& audio, const media::ReadInit& init) const {
    SLUICE_TRY(equal("handler", init.handler, std::string("soun")));
    SLUICE_TRY(equal("timescale", init.timescale, std::int64_t{audio.sample_rate}));
    SLUICE_TRY(equal("sample rate", init.sample_rate, audio.sample_rate));
    return equal("number of channels", init.channels, audio.channels);
  }
};

}  // namespace

Result<int> check_segment(const Plan& plan, const StoredSegment& recorded, std::string_view bytes,
                          std::int64_t object_bytes) {
  const auto timescale = track_timescale(plan, recorded.track);
  auto read = media::read_media_segment(bytes, object_bytes);
  if (!timescale || !read) {
    return fail(ErrorKind::internal, kOutputInvalid,
                fmt::format("Segment {} of {}: {}.", recorded.index, recorded.track,
                            timescale ? read.error().message : "the plan has no such track"));
  }
  const SegmentCheck check{plan, recorded, *read, *timescale};
  SLUICE_TRY(check.order());
  SLUICE_TRY(check.times());
  SLUICE_TRY(check.samples());
  SLUICE_TRY(check.first_sample());
  const bool is_picture = find_rendition(plan, recorded.track) != nullptr;
  const auto sound_slack =
      static_cast<std::int64_t>(kSoundSlackSeconds * static_cast<double>(*timescale));
  SLUICE_TRY(check.place(is_picture ? slack_ticks(plan.timeline) : sound_slack));
  if (is_picture) SLUICE_TRY(check.starts_with_idr(bytes));
  const bool is_whole = static_cast<std::int64_t>(bytes.size()) == object_bytes;
  if (is_picture && is_whole) SLUICE_TRY(check.units(bytes));
  return static_cast<int>(read->samples.size());
}

Result<> check_init_segment(const Plan& plan, const std::string& track, std::string_view bytes) {
  const InitCheck check{track};
  const auto init = media::read_init_segment(bytes);
  if (!init) return check.wrong(init.error().message);
  if (init->has_edit_list) return check.wrong("it has an edit list");
  if (const auto* rendition = find_rendition(plan, track)) {
    SLUICE_TRY(check.equal("CODECS", media::codecs_of(*init), rendition->codecs));
    return check.picture(plan, *rendition, *init);
  }
  const auto* audio = find_audio(plan, track);
  if (audio == nullptr) return check.wrong("the plan has no such track");
  SLUICE_TRY(check.equal("CODECS", media::codecs_of(*init), audio->codecs));
  return check.sound(*audio, *init);
}

Result<> check_output_name(const Plan& plan, std::string_view name) {
  const auto slash = name.find('/');
  const std::string folder(name.substr(0, slash));
  const bool is_track = track_timescale(plan, folder).has_value() || folder.starts_with("text-") ||
                        (plan.spare && plan.spare->name == folder);
  const bool is_images = slash != std::string_view::npos && name.starts_with(kImagesFolder);
  const bool is_one_file = slash != std::string_view::npos &&
                           name.find('/', slash + 1) == std::string_view::npos &&
                           slash + 1 < name.size();
  if (is_one_file && (is_track || is_images)) return {};
  return fail(ErrorKind::internal, kOutputInvalid,
              "The engine made something that nobody planned.");
}

}  // namespace sluice
