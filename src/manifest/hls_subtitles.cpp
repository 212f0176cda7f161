#include "manifest/hls_subtitles.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "manifest/hls.h"
#include "manifest/printable_text.h"
#include "manifest/text.h"
#include "plan/language.h"
#include "plan/timeline.h"
#include "video/object_key.h"

namespace sluice {

std::string hls_subtitles_group(std::span<const TextTrack> tracks) {
  const auto names = text_names(tracks);
  std::string text;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const TextTrack& one = tracks[i];
    text += fmt::format("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{}\",NAME=\"{}\"", kSubtitlesGroup,
                        names[i]);
    if (const auto tag = language_tag(one.language); !tag.empty()) {
      text += fmt::format(",LANGUAGE=\"{}\"", tag);
    }
    text += fmt::format(",DEFAULT={},AUTOSELECT={},FORCED={}",
                        &one == default_text(tracks) ? "YES" : "NO",
                        autoselects(tracks, one) ? "YES" : "NO", one.forced ? "YES" : "NO");
    if (one.kind == TextKind::captions) {
      text += ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,"
              "public.accessibility.describes-music-and-sound\"";
    }
    text += fmt::format(",URI=\"{}/playlist.m3u8\"\n", one.name);
  }
  return text;
}

// A text track is whole when it is published, so its playlist never grows, and such a one may have
// a target duration of its own (section 6.2.4).
std::string hls_text_playlist(const Plan& plan, const TextTrack& track, const MediaUrls& urls) {
  const auto borders = text_borders_ms(plan.timeline, track.segment_seconds);
  std::int64_t longest_ms = 0;
  for (std::size_t i = 1; i < borders.size(); ++i) {
    longest_ms = std::max(longest_ms, borders[i] - borders[i - 1]);
  }
  auto text = fmt::memory_buffer();
  const auto out = std::back_inserter(text);
  fmt::format_to(out,
                 "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n"
                 "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n",
                 (longest_ms + 999) / 1000);
  for (std::size_t i = 1; i < borders.size(); ++i) {
    const auto duration = borders[i] - borders[i - 1];
    const auto name = text_segment_name(static_cast<int>(i) - 1);
    const auto uri = urls.base_url.empty() ? name : urls.base_url + text_name(track.name, name);
    fmt::format_to(out, "#EXTINF:{}.{:03},\n{}{}\n", duration / 1000, duration % 1000, uri,
                   urls.query);
  }
  fmt::format_to(out, "#EXT-X-ENDLIST\n");
  return fmt::to_string(text);
}

}  // namespace sluice
