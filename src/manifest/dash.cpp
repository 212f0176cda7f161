#include "manifest/dash.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "manifest/bit_rate.h"
#include "manifest/printable_text.h"
#include "manifest/sound.h"
#include "manifest/text.h"
#include "plan/language.h"
#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using Segments = std::vector<StoredSegment>;
using pugi::xml_node;

constexpr const char* kRole = "urn:mpeg:dash:role:2011";
constexpr const char* kAudioPurpose =
    "urn:tva:metadata:cs:AudioPurposeCS:2007";  // 1: for the blind
constexpr const char* kChannels = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";

constexpr std::int64_t kTextBandwidth = 1000;  // required of any; text has next to none

void set(xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name) = value.c_str();
}
void set(xml_node node, const char* name, std::int64_t value) {
  set(node, name, std::to_string(value));
}

xml_node add_descriptor(xml_node parent, const char* name, const char* scheme,
                        const std::string& value) {
  xml_node node = parent.append_child(name);
  set(node, "schemeIdUri", scheme);
  set(node, "value", value);
  return node;
}

std::string duration(std::int64_t microseconds) {
  return fmt::format("PT{}.{:06}S", microseconds / 1'000'000, microseconds % 1'000'000);
}

std::string rate(Rational rate) {
  return rate.den == 1 ? std::to_string(rate.num) : fmt::format("{}/{}", rate.num, rate.den);
}

// A template's own identifiers stand between dollar signs (section 5.3.9.4.4).
std::string in_template(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '$' ? "$$" : std::string(1, c);
  return escaped;
}

// An S element for each run of segments without a gap and of one length.
void add_timeline(xml_node segment_template, const Segments& segments) {
  xml_node timeline = segment_template.append_child("SegmentTimeline");
  std::int64_t end = -1;  // so that the first has its time
  for (std::size_t i = 0; i < segments.size();) {
    const StoredSegment& first = segments[i];
    xml_node run = timeline.append_child("S");
    if (first.start_ticks != end) set(run, "t", first.start_ticks);
    set(run, "d", first.duration_ticks);
    end = first.start_ticks;
    std::int64_t repeats = -1;
    while (i < segments.size() && segments[i].start_ticks == end &&
           segments[i].duration_ticks == first.duration_ticks) {
      end += segments[i++].duration_ticks;
      ++repeats;
    }
    if (repeats > 0) set(run, "r", repeats);
  }
}

// For all representations of a set: they are cut at the same times.
void add_template(xml_node set_node, const Segments& segments, std::int64_t timescale,
                  const MediaUrls& urls) {
  const std::string query = in_template(urls.query);
  xml_node node = set_node.append_child("SegmentTemplate");
  set(node, "timescale", timescale);
  set(node, "initialization", "$RepresentationID$/init.mp4" + query);
  set(node, "media", "$RepresentationID$/$Number%05d$.m4s" + query);
  set(node, "startNumber", 0);
  add_timeline(node, segments);
}

xml_node add_set(xml_node period, const char* content_type, const char* mime_type) {
  xml_node node = period.append_child("AdaptationSet");
  const auto sets = period.children("AdaptationSet");
  set(node, "id", std::distance(sets.begin(), sets.end()));
  set(node, "contentType", content_type);
  set(node, "mimeType", mime_type);
  return node;
}

// Of media that is cut into segments.
xml_node add_media_set(xml_node period, const char* content_type, const char* mime_type) {
  xml_node node = add_set(period, content_type, mime_type);
  set(node, "segmentAlignment", "true");
  set(node, "startWithSAP", 1);
  return node;
}

xml_node add_representation(xml_node set_node, const std::string& track, const BitRate& rate,
                            const std::string& codecs) {
  xml_node node = set_node.append_child("Representation");
  set(node, "id", track);
  set(node, "bandwidth", rate.peak_bps);
  if (!codecs.empty()) set(node, "codecs", printable_text(codecs));
  return node;
}

struct Mpd {
  const Plan& plan;
  const PublishedTracks& tracks;
  Growth growth;
  const MediaUrls& urls;

  const Segments& segments(const std::string& track) const { return tracks.find(track)->second; }
  BitRate rate_of(const std::string& track, std::int64_t cap_bps) const {
    return advertised_rate(plan, tracks, track, cap_bps, growth);
  }
};

std::int64_t end_microseconds(const Segments& segments, std::int64_t timescale) {
  const StoredSegment& last = segments.back();
  return rescale(last.start_ticks + last.duration_ticks, timescale, 1'000'000, Round::up);
}

std::vector<const Rendition*> farthest_renditions(const Mpd& mpd) {
  std::size_t most = 1;
  for (const Rendition& one : mpd.plan.renditions) {
    if (mpd.tracks.contains(one.name)) most = std::max(most, mpd.segments(one.name).size());
  }
  std::vector<const Rendition*> farthest;
  for (const Rendition& one : mpd.plan.renditions) {
    if (mpd.tracks.contains(one.name) && mpd.segments(one.name).size() == most) {
      farthest.push_back(&one);
    }
  }
  return farthest;
}

void add_picture(xml_node period, const Mpd& mpd, const std::vector<const Rendition*>& renditions) {
  if (renditions.empty()) return;
  const Rendition& largest = *renditions.front();
  const bool rate_known = mpd.plan.frame_rate.num > 0;
  xml_node node = add_media_set(period, "video", "video/mp4");
  const int divisor = std::max(1, std::gcd(largest.width, largest.height));
  set(node, "par", fmt::format("{}:{}", largest.width / divisor, largest.height / divisor));
  set(node, "maxWidth", largest.width);
  set(node, "maxHeight", largest.height);
  if (rate_known) set(node, "maxFrameRate", rate(mpd.plan.frame_rate));
  add_descriptor(node, "Role", kRole, "main");

  const std::int64_t timescale = mpd.plan.timeline.timescale;
  const Segments& segments = mpd.segments(largest.name);
  add_template(node, segments, timescale, mpd.urls);
  for (const Rendition* one : renditions) {
    const BitRate bits = mpd.rate_of(one->name, one->max_rate_bps);
    xml_node representation = add_representation(node, one->name, bits, one->codecs);
    set(representation, "width", one->width);
    set(representation, "height", one->height);
    set(representation, "sar", "1:1");
    if (rate_known) set(representation, "frameRate", rate(mpd.plan.frame_rate));
  }
}

std::string role_of(const AudioRendition& audio, const AudioRendition* preferred) {
  if (&audio == preferred) return "main";
  return audio.role == "commentary" || audio.role == "dub" ? audio.role : "alternate";
}

// Each track is a set of its own: players switch within a set without asking.
void add_sound(xml_node period, const Mpd& mpd) {
  const AudioChoice audio = published_audio(mpd.plan, mpd.tracks);
  const auto names = audio_names(audio);
  for (std::size_t i = 0; i < audio.size(); ++i) {
    const AudioRendition& one = *audio[i];
    xml_node node = add_media_set(period, "audio", "audio/mp4");
    if (const auto tag = language_tag(one.language); !tag.empty()) set(node, "lang", tag);
    node.append_child("Label").text() = names[i].c_str();
    if (one.role == "description") add_descriptor(node, "Accessibility", kAudioPurpose, "1");
    add_descriptor(node, "Role", kRole, role_of(one, default_audio(audio)));
    add_template(node, mpd.segments(one.name), one.sample_rate, mpd.urls);
    xml_node representation =
        add_representation(node, one.name, mpd.rate_of(one.name, one.bitrate_bps), one.codecs);
    set(representation, "audioSamplingRate", one.sample_rate);
    add_descriptor(representation, "AudioChannelConfiguration", kChannels,
                   std::to_string(one.channels));
  }
}

// A whole WebVTT file each.
void add_text(xml_node period, TextChoice tracks, const MediaUrls& urls) {
  const auto names = text_names(tracks);
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const TextTrack& one = tracks[i];
    xml_node node = add_set(period, "text", "text/vtt");
    if (const auto tag = language_tag(one.language); !tag.empty()) set(node, "lang", tag);
    node.append_child("Label").text() = names[i].c_str();
    if (&one == default_text(tracks)) add_descriptor(node, "Role", kRole, "main");
    add_descriptor(node, "Role", kRole,
                   one.forced                       ? "forced-subtitle"
                   : one.kind == TextKind::captions ? "caption"
                                                    : "subtitle");
    xml_node representation = node.append_child("Representation");
    set(representation, "id", one.name);
    set(representation, "bandwidth", kTextBandwidth);
    const std::string url = text_name(one.name, kWholeText) + urls.query;
    representation.append_child("BaseURL").text() = url.c_str();
  }
}

// Sound ends up to a frame behind the picture. Where a period goes on behind a track, dash.js looks
// for more of it and stalls; so the picture decides, unless the sound really goes on. A video that
// failed ends where either does.
std::int64_t period_end_microseconds(const Mpd& mpd,
                                     const std::vector<const Rendition*>& renditions) {
  constexpr std::int64_t kSlack = 100'000;
  std::int64_t picture = 0;
  std::int64_t sound = 0;
  if (!renditions.empty()) {
    picture = end_microseconds(mpd.segments(renditions.front()->name), mpd.plan.timeline.timescale);
  }
  for (const AudioRendition* one : published_audio(mpd.plan, mpd.tracks)) {
    sound = std::max(sound, end_microseconds(mpd.segments(one->name), one->sample_rate));
  }
  if (picture == 0 || sound == 0) return std::max(picture, sound);
  if (mpd.growth == Growth::stopped) return std::min(picture, sound);
  return sound <= picture + kSlack ? picture : sound;
}

}  // namespace

std::optional<std::string> dash_manifest(const Plan& plan, const PublishedTracks& tracks,
                                         Growth growth, const MediaUrls& urls,
                                         std::span<const TextTrack> text_tracks) {
  const Mpd mpd{plan, tracks, growth, urls};
  const auto renditions = farthest_renditions(mpd);
  const bool playable =
      plan.renditions.empty() ? !published_audio(plan, tracks).empty() : !renditions.empty();
  if (growth == Growth::growing || !playable) return std::nullopt;

  pugi::xml_document document;
  xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  xml_node root = document.append_child("MPD");
  set(root, "xmlns", "urn:mpeg:dash:schema:mpd:2011");
  set(root, "profiles", "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019");
  set(root, "type", "static");
  set(root, "minBufferTime", fmt::format("PT{}S", target_duration_seconds(plan.timeline)));
  set(root, "mediaPresentationDuration", duration(period_end_microseconds(mpd, renditions)));
  if (!urls.base_url.empty()) root.append_child("BaseURL").text() = urls.base_url.c_str();
  xml_node period = root.append_child("Period");
  set(period, "id", "0");
  set(period, "start", "PT0S");

  add_picture(period, mpd, renditions);
  add_sound(period, mpd);
  add_text(period, text_tracks, urls);

  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace sluice
