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

// Below this the sound in six channels would take more of a line than the picture: whoever has no
// more bandwidth is better served by two channels and a better picture.
constexpr int kLeastSurroundShortSide = 480;

struct Variant {
  std::string uri;
  BitRate rate;
  std::vector<std::string> codecs;  // empty: not known
  const Rendition* picture = nullptr;
  std::string_view audio_group;  // empty: none
};

std::string_view characteristics_of(const AudioRendition& audio) {
  return audio.role == "description" ? "public.accessibility.describes-video" : "";
}

// `in_variant` is the track that the variant's own playlist carries, if any.
std::string audio_group(const AudioGroup& group, const AudioRendition* in_variant) {
  const auto& audio = group.members;
  const auto names = audio_names(audio);
  std::string text;
  for (std::size_t i = 0; i < audio.size(); ++i) {
    const AudioRendition& one = *audio[i];
    text += fmt::format("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{}\",NAME=\"{}\"", group.id, names[i]);
    if (const auto tag = language_tag(one.language); !tag.empty()) {
      text += fmt::format(",LANGUAGE=\"{}\"", tag);
    }
    text += fmt::format(",DEFAULT={},AUTOSELECT={},CHANNELS=\"{}\"",
                        &one == default_audio(audio) ? "YES" : "NO",
                        autoselects(audio, &one) ? "YES" : "NO", one.channels);
    if (const auto kind = characteristics_of(one); !kind.empty()) {
      text += fmt::format(",CHARACTERISTICS=\"{}\"", kind);
    }
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
                   const AudioChoice& audio, Growth growth) {
  BitRate most;
  for (const AudioRendition* rendition : audio) {
    const BitRate rate =
        advertised_rate(plan, tracks, rendition->name, rendition->bitrate_bps, growth);
    most.peak_bps = std::max(most.peak_bps, rate.peak_bps);
    most.average_bps = std::max(most.average_bps, rate.average_bps);
  }
  return most;
}

bool may_have_surround(const Plan& plan, const Rendition& rendition) {
  return std::min(rendition.width, rendition.height) >= kLeastSurroundShortSide ||
         &rendition == &plan.renditions.front();
}

// `group` may be null: no sound.
std::vector<Variant> picture_variants(const Plan& plan, const PublishedTracks& tracks,
                                      const AudioGroup* group, Growth growth) {
  const auto audio = group != nullptr ? group->members : AudioChoice{};
  const BitRate sound = audio_rate(plan, tracks, audio, growth);
  std::vector<Variant> variants;
  for (const Rendition& rendition : plan.renditions) {
    if (!tracks.contains(rendition.name)) continue;
    if (group != nullptr && group->id == kSurroundGroup && !may_have_surround(plan, rendition)) continue;
    Variant variant;
    variant.uri = rendition.name + "/playlist.m3u8";
    variant.rate = advertised_rate(plan, tracks, rendition.name, rendition.max_rate_bps, growth);
    variant.rate.peak_bps += sound.peak_bps;
    variant.rate.average_bps += sound.average_bps;
    variant.picture = &rendition;
    if (group != nullptr) variant.audio_group = group->id;
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

std::string stream_inf(const Plan& plan, const Variant& variant, bool has_text) {
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
  if (!variant.audio_group.empty()) text += fmt::format(",AUDIO=\"{}\"", variant.audio_group);
  if (has_text) text += fmt::format(",SUBTITLES=\"{}\"", kSubtitlesGroup);
  return text + fmt::format(",CLOSED-CAPTIONS=NONE\n{}\n", variant.uri);
}

// The first pictures alone, as measure_bit_rate sees segments.
std::vector<StoredSegment> first_pictures(std::vector<StoredSegment> segments) {
  for (StoredSegment& segment : segments) segment.size_bytes = segment.first_sample_end_bytes;
  return segments;
}

std::string iframe_stream_inf(const Plan& plan, const PublishedTracks& tracks,
                              const Rendition& rendition, Growth growth) {
  const auto& segments = tracks.find(rendition.name)->second;
  if (!has_iframe_playlist(plan, rendition.name, segments)) return "";
  const PublishedTracks pictures = {{rendition.name, first_pictures(segments)}};
  const BitRate rate =
      advertised_rate(plan, pictures, rendition.name, rendition.max_rate_bps, growth);
  std::string text = fmt::format("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={}",
                                 rate.peak_bps, rate.average_bps);
  if (!rendition.codecs.empty()) {
    text += fmt::format(",CODECS=\"{}\"", hls_quotable(rendition.codecs));
  }
  return text + fmt::format(",RESOLUTION={}x{},URI=\"{}/iframes.m3u8\"\n", rendition.width,
                            rendition.height, rendition.name);
}

std::string iframe_stream_infs(const Plan& plan, const PublishedTracks& tracks, Growth growth) {
  std::string text;
  for (const Rendition& rendition : plan.renditions) {
    if (tracks.contains(rendition.name)) text += iframe_stream_inf(plan, tracks, rendition, growth);
  }
  return text;
}

Variant sound_variant(const Plan& plan, const PublishedTracks& tracks, const AudioGroup& group,
                      Growth growth) {
  Variant variant;
  variant.uri = default_audio(group.members)->name + "/playlist.m3u8";
  variant.rate = audio_rate(plan, tracks, group.members, growth);
  for (const AudioRendition* one : group.members) add_codec(variant.codecs, one->codecs);
  variant.audio_group = group.id;
  return variant;
}

void append(std::vector<Variant>& variants, std::vector<Variant> more) {
  variants.insert(variants.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

std::string render(const Plan& plan, const std::vector<AudioGroup>& groups, bool sound_only,
                   const std::vector<Variant>& variants, std::span<const TextTrack> text_tracks) {
  std::string text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  for (const AudioGroup& group : groups) {
    text += audio_group(group, sound_only ? default_audio(group.members) : nullptr);
  }
  text += hls_subtitles_group(text_tracks);
  for (const Variant& variant : variants) text += stream_inf(plan, variant, !text_tracks.empty());
  return text;
}

// Sound alone: a variant is its own group's default.
std::string sound_playlist(const Plan& plan, const PublishedTracks& tracks,
                           const std::vector<AudioGroup>& groups, Growth growth,
                           std::span<const TextTrack> text_tracks) {
  std::vector<Variant> variants;
  for (const AudioGroup& group : groups) {
    variants.push_back(sound_variant(plan, tracks, group, growth));
  }
  if (groups.size() > 1 || groups.front().members.size() > 1) {
    return render(plan, groups, true, variants, text_tracks);
  }
  variants.front().audio_group = {};  // of one rendition there is nothing to choose
  return render(plan, {}, true, variants, text_tracks);
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
  const auto groups = audio_groups(plan, tracks);
  if (plan.renditions.empty() && !groups.empty()) {
    return sound_playlist(plan, tracks, groups, growth, text_tracks);
  }
  auto variants =
      picture_variants(plan, tracks, groups.empty() ? nullptr : &groups.front(), growth);
  if (variants.empty()) return std::nullopt;
  put_start_up_variant_first(variants);
  if (groups.size() > 1) append(variants, picture_variants(plan, tracks, &groups.back(), growth));
  return render(plan, groups, false, variants, text_tracks) +
         iframe_stream_infs(plan, tracks, growth);
}

}  // namespace sluice
