#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "manifest/bit_rate.h"
#include "manifest/hls.h"
#include "manifest/hls_subtitles.h"
#include "manifest/printable_text.h"
#include "manifest/sound.h"

namespace sluice {
namespace {

// AVPlayer, GStreamer and hls.js (its first guess of the bandwidth) start with the variant that is
// listed first; Apple's authoring specification wants about 2 Mbit/s there. Video.js and Shaka go
// by their own estimate whatever the order.
constexpr std::int64_t kStartUpBandwidth = 2'000'000;

constexpr std::string_view kAudioGroup = "audio";

struct Variant {
  std::string uri;
  BitRate rate;
  std::vector<std::string> codecs;  // empty: not known
  const Rendition* picture = nullptr;
};

// `in_variant` is the track that the variant's own playlist carries, if any.
std::string audio_group(const AudioChoice& audio, const AudioRendition* in_variant) {
  const auto names = audio_names(audio);
  std::string text;
  for (std::size_t i = 0; i < audio.size(); ++i) {
    const AudioRendition& one = *audio[i];
    text +=
        fmt::format("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{}\",NAME=\"{}\"", kAudioGroup, names[i]);
    if (const auto tag = language_tag(one.language); !tag.empty()) {
      text += fmt::format(",LANGUAGE=\"{}\"", tag);
    }
    text += fmt::format(",DEFAULT={},AUTOSELECT={},CHANNELS=\"{}\"",
                        &one == default_audio(audio) ? "YES" : "NO",
                        autoselects(audio, &one) ? "YES" : "NO", one.channels);
    if (&one != in_variant) text += fmt::format(",URI=\"{}/playlist.m3u8\"", one.name);
    text += '\n';
  }
  return text;
}

void add_codec(std::vector<std::string>& codecs, const std::string& codec) {
  if (std::find(codecs.begin(), codecs.end(), codec) == codecs.end()) codecs.push_back(codec);
}

// What any one of the group can add to a variant.
BitRate audio_rate(const Plan& plan, const PublishedTracks& tracks, const AudioChoice& audio,
                   Growth growth) {
  BitRate most;
  for (const AudioRendition* rendition : audio) {
    const BitRate rate =
        advertised_rate(plan, tracks, rendition->name, rendition->bitrate_bps, growth);
    most.peak_bps = std::max(most.peak_bps, rate.peak_bps);
    most.average_bps = std::max(most.average_bps, rate.average_bps);
  }
  return most;
}

std::vector<Variant> picture_variants(const Plan& plan, const PublishedTracks& tracks,
                                      const AudioChoice& audio, Growth growth) {
  const BitRate sound = audio_rate(plan, tracks, audio, growth);
  std::vector<Variant> variants;
  for (const Rendition& rendition : plan.renditions) {
    if (!tracks.contains(rendition.name)) continue;
    Variant variant;
    variant.uri = rendition.name + "/playlist.m3u8";
    variant.rate = advertised_rate(plan, tracks, rendition.name, rendition.max_rate_bps, growth);
    variant.rate.peak_bps += sound.peak_bps;
    variant.rate.average_bps += sound.average_bps;
    variant.picture = &rendition;
    add_codec(variant.codecs, rendition.codecs);
    for (const AudioRendition* one : audio) add_codec(variant.codecs, one->codecs);
    variants.push_back(std::move(variant));
  }
  return variants;
}

void put_start_up_variant_first(std::vector<Variant>& variants) {
  std::stable_sort(variants.begin(), variants.end(), [](const Variant& a, const Variant& b) {
    return a.rate.peak_bps > b.rate.peak_bps;
  });
  auto first = std::find_if(variants.begin(), variants.end(), [](const Variant& variant) {
    return variant.rate.peak_bps <= kStartUpBandwidth;
  });
  if (first == variants.end()) first = std::prev(first);
  std::rotate(variants.begin(), first, std::next(first));
}

std::string stream_inf(const Plan& plan, const Variant& variant, bool has_group, bool has_text) {
  std::string text = fmt::format("#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={}",
                                 variant.rate.peak_bps, variant.rate.average_bps);
  if (std::none_of(variant.codecs.begin(), variant.codecs.end(),
                   [](const std::string& codec) { return codec.empty(); })) {
    text += fmt::format(",CODECS=\"{}\"",
                        hls_quotable(fmt::format("{}", fmt::join(variant.codecs, ","))));
  }
  if (variant.picture != nullptr) {
    text += fmt::format(",RESOLUTION={}x{}", variant.picture->width, variant.picture->height);
    if (plan.frame_rate.num > 0) text += fmt::format(",FRAME-RATE={:.3f}", plan.frame_rate.value());
  }
  if (has_group) text += fmt::format(",AUDIO=\"{}\"", kAudioGroup);
  if (has_text) text += fmt::format(",SUBTITLES=\"{}\"", kSubtitlesGroup);
  return text + fmt::format(",CLOSED-CAPTIONS=NONE\n{}\n", variant.uri);
}

Variant sound_variant(const Plan& plan, const PublishedTracks& tracks, const AudioChoice& audio,
                      Growth growth) {
  Variant variant;
  variant.uri = default_audio(audio)->name + "/playlist.m3u8";
  variant.rate = audio_rate(plan, tracks, audio, growth);
  for (const AudioRendition* one : audio) add_codec(variant.codecs, one->codecs);
  return variant;
}

}  // namespace

std::string hls_quotable(std::string_view text) {
  std::string quotable = printable_text(text);
  std::replace(quotable.begin(), quotable.end(), '"', '\'');
  return quotable;
}

std::optional<std::string> hls_multivariant_playlist(const Plan& plan,
                                                     const PublishedTracks& tracks, Growth growth,
                                                     std::span<const TextTrack> text_tracks) {
  const auto audio = published_audio(plan, tracks);
  auto variants = picture_variants(plan, tracks, audio, growth);
  const bool sound_only = variants.empty() && plan.renditions.empty() && !audio.empty();
  if (sound_only) variants.push_back(sound_variant(plan, tracks, audio, growth));
  if (variants.empty()) return std::nullopt;
  put_start_up_variant_first(variants);

  const bool has_group = sound_only ? audio.size() > 1 : !audio.empty();
  std::string text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  if (has_group) text += audio_group(audio, sound_only ? default_audio(audio) : nullptr);
  text += hls_subtitles_group(text_tracks);
  for (const Variant& variant : variants) {
    text += stream_inf(plan, variant, has_group, !text_tracks.empty());
  }
  return text;
}

}  // namespace sluice
