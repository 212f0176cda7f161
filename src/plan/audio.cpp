#include "plan/audio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr std::int64_t kStereoBps = 128'000;
constexpr std::int64_t kSurroundBps = 320'000;

// The source's own AAC is kept up to these, over the length of a segment: above, it would crowd the
// small renditions out of a slow line.
constexpr std::int64_t kMaxCopiedStereoBps = 200'000;
constexpr std::int64_t kMaxCopiedSurroundBps = 512'000;
constexpr int kAacFrame = 1024;

// Three in front, two or more behind: what is worth a rendition of its own.
bool is_surround_layout(std::string_view layout) {
  constexpr std::array<std::string_view, 12> kLayouts = {
      "5.0", "5.0(side)", "5.1",       "5.1(side)",      "6.0",     "6.1", "6.1(back)",
      "7.0", "7.1",       "7.1(wide)", "7.1(wide-side)", "7.1(top)"};
  return std::find(kLayouts.begin(), kLayouts.end(), layout) != kLayouts.end();
}

// Lower rates may hide band replication that the configuration doesn't announce.
bool is_usual_rate(int rate) { return rate == 44100 || rate == 48000; }

// By how much to shift frames for each to begin at a multiple of its length: half a frame at most,
// a hundredth of a second.
std::int64_t copy_shift(const SourceFacts& source, const AudioStreamFacts& track) {
  const auto origin = std::llround(source.origin_seconds * track.sample_rate);
  const auto first = static_cast<std::int64_t>(
      std::floor(static_cast<double>(track.aac->first_sample - origin) / kAacFrame + 0.5));
  return first * kAacFrame - track.aac->first_sample;
}

void copy_if_it_fits(const SourceFacts& source, const AudioStreamFacts& track, std::int64_t max_bps,
                     AudioRendition& rendition) {
  if (!track.aac || !is_usual_rate(track.sample_rate) || track.aac->peak_bps > max_bps) return;
  rendition.copied = true;
  rendition.copy_shift = copy_shift(source, track);
  rendition.sample_rate = track.sample_rate;
  rendition.channels = track.channels;
  rendition.bitrate_bps = track.aac->peak_bps;
}

AudioRendition stereo_of(const SourceFacts& source, const AudioStreamFacts& track,
                         std::size_t number) {
  AudioRendition rendition;
  rendition.name = fmt::format("audio-{}", number);
  rendition.stream_index = track.stream_index;
  rendition.bitrate_bps = kStereoBps;
  rendition.language = track.language;
  rendition.title = track.title;
  rendition.role = track.role;
  if (track.channels <= 2) copy_if_it_fits(source, track, kMaxCopiedStereoBps, rendition);
  return rendition;
}

AudioRendition surround_of(const SourceFacts& source, const AudioStreamFacts& track,
                           const AudioRendition& stereo) {
  AudioRendition rendition = stereo;
  rendition.name += "-surround";
  rendition.channels = 6;
  rendition.bitrate_bps = kSurroundBps;
  if (track.channels == 6) copy_if_it_fits(source, track, kMaxCopiedSurroundBps, rendition);
  return rendition;
}

}  // namespace

std::vector<AudioRendition> plan_audio(const SourceFacts& source) {
  const std::size_t count = std::min(source.audio.size(), std::size_t{kMaxAudioTracks});
  std::size_t chosen = 0;
  for (std::size_t i = count; i-- > 0;) {
    if (source.audio[i].is_default) chosen = i;
  }
  std::vector<AudioRendition> renditions;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& track = source.audio[i];
    auto stereo = stereo_of(source, track, i);
    stereo.is_default = i == chosen;
    renditions.push_back(stereo);
    if (is_surround_layout(track.channel_layout)) {
      renditions.push_back(surround_of(source, track, stereo));
    }
  }
  return renditions;
}

}  // namespace sluice
