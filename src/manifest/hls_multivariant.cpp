#include <algorithm>
#include <cctype>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "manifest/bit_rate.h"
#include "manifest/hls.h"
#include "plan/timeline.h"

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

// While a video grows nobody knows its peak yet; the section on BANDWIDTH then asks for what the
// same settings are known to reach, which is the encoder's cap.
BitRate advertised_rate(const Plan& plan, const PublishedTracks& tracks, const std::string& track,
                        std::int64_t cap_bps, Growth growth) {
  BitRate rate = measure_bit_rate(tracks.find(track)->second, *track_timescale(plan, track),
                                  target_duration_seconds(plan.timeline));
  if (growth == Growth::growing) rate.peak_bps = std::max(rate.peak_bps, cap_bps);
  return rate;
}

std::vector<const AudioRendition*> published_audio(const Plan& plan,
                                                   const PublishedTracks& tracks) {
  std::vector<const AudioRendition*> audio;
  for (const AudioRendition& rendition : plan.audio) {
    if (tracks.contains(rendition.name)) audio.push_back(&rendition);
  }
  return audio;
}

// A group has exactly one DEFAULT, whatever the source's flags say.
const AudioRendition* default_of(const std::vector<const AudioRendition*>& audio) {
  const auto flagged = std::find_if(audio.begin(), audio.end(),
                                    [](const AudioRendition* one) { return one->is_default; });
  return flagged == audio.end() ? audio.front() : *flagged;
}

// BCP 47 in shape, or "".
std::string language_tag(std::string_view language) {
  const bool shaped = std::all_of(language.begin(), language.end(),
                                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
  if (!shaped || language.size() < 2 || language.size() > 35 || language == "und") return "";
  return std::string(language);
}

// Names within a group must differ (section 4.3.4.1.1).
std::vector<std::string> names_of(const std::vector<const AudioRendition*>& audio) {
  std::vector<std::string> names;
  for (const AudioRendition* rendition : audio) {
    std::string name = hls_quotable(rendition->title);
    if (name.empty()) name = language_tag(rendition->language);
    if (name.empty()) name = fmt::format("Audio {}", names.size() + 1);
    std::string unique = name;
    for (int n = 2; std::find(names.begin(), names.end(), unique) != names.end(); ++n) {
      unique = fmt::format("{} {}", name, n);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

// Automatic selection goes by language, so only one of each language may offer itself.
bool autoselects(const std::vector<const AudioRendition*>& audio, const AudioRendition* one) {
  const AudioRendition* preferred = default_of(audio);
  if (one == preferred) return true;
  const std::string tag = language_tag(one->language);
  if (tag == language_tag(preferred->language)) return false;
  const auto first = std::find_if(audio.begin(), audio.end(), [&](const AudioRendition* other) {
    return language_tag(other->language) == tag;
  });
  return *first == one;
}

// `in_variant` is the track that the variant's own playlist carries, if any.
std::string audio_group(const std::vector<const AudioRendition*>& audio,
                        const AudioRendition* in_variant) {
  const auto names = names_of(audio);
  std::string text;
  for (std::size_t i = 0; i < audio.size(); ++i) {
    const AudioRendition& one = *audio[i];
    text +=
        fmt::format("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{}\",NAME=\"{}\"", kAudioGroup, names[i]);
    if (const auto tag = language_tag(one.language); !tag.empty()) {
      text += fmt::format(",LANGUAGE=\"{}\"", tag);
    }
    text += fmt::format(",DEFAULT={},AUTOSELECT={},CHANNELS=\"{}\"",
                        &one == default_of(audio) ? "YES" : "NO",
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
BitRate audio_rate(const Plan& plan, const PublishedTracks& tracks,
                   const std::vector<const AudioRendition*>& audio, Growth growth) {
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
                                      const std::vector<const AudioRendition*>& audio,
                                      Growth growth) {
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

std::string stream_inf(const Plan& plan, const Variant& variant, bool has_group) {
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
  return text + fmt::format(",CLOSED-CAPTIONS=NONE\n{}\n", variant.uri);
}

Variant sound_variant(const Plan& plan, const PublishedTracks& tracks,
                      const std::vector<const AudioRendition*>& audio, Growth growth) {
  Variant variant;
  variant.uri = default_of(audio)->name + "/playlist.m3u8";
  variant.rate = audio_rate(plan, tracks, audio, growth);
  for (const AudioRendition* one : audio) add_codec(variant.codecs, one->codecs);
  return variant;
}

}  // namespace

std::optional<std::string> hls_multivariant_playlist(const Plan& plan,
                                                     const PublishedTracks& tracks, Growth growth) {
  const auto audio = published_audio(plan, tracks);
  auto variants = picture_variants(plan, tracks, audio, growth);
  const bool sound_only = variants.empty() && plan.renditions.empty() && !audio.empty();
  if (sound_only) variants.push_back(sound_variant(plan, tracks, audio, growth));
  if (variants.empty()) return std::nullopt;
  put_start_up_variant_first(variants);

  const bool has_group = sound_only ? audio.size() > 1 : !audio.empty();
  std::string text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  if (has_group) text += audio_group(audio, sound_only ? default_of(audio) : nullptr);
  for (const Variant& variant : variants) text += stream_inf(plan, variant, has_group);
  return text;
}

}  // namespace sluice
