#include "media/probe.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "media/audio_segments.h"
#include "media/stream_facts.h"
#include "media/time_jumps.h"
#include "plan/source_json.h"
#include "plan/source_notes.h"

namespace sluice::media {
namespace {

// The end of the file is read from here on to learn where the last frame really ends.
constexpr double kTailSeconds = 10;
constexpr std::int64_t kTailBytes = 32 << 20;
// A header that speaks of more than this longer than there is, and of this share of it, is of a
// file that was cut off.
constexpr double kMissingSeconds = 2;
constexpr double kMissingShare = 0.02;
// Transport streams have no index; this much of their start shows how far apart key frames are.
constexpr double kKeyframeScanSeconds = 15;
// A video may start this much later than its sound before the sound is kept in front of it.
constexpr double kMaxTrimSeconds = 0.5;

void rewind(SourceInput& input) {
  auto* format = input.format();
  if (avformat_seek_file(format, -1, INT64_MIN, INT64_MIN + 1, INT64_MIN + 1, 0) >= 0) return;
  if (av_seek_frame(format, -1, 0, AVSEEK_FLAG_BACKWARD) >= 0) return;
  av_seek_frame(format, -1, 0, AVSEEK_FLAG_BYTE);
}

// Ends of the last packets, in seconds of source time.
struct Ends {
  double video = -1;
  double audio = -1;
};

Result<Ends> read_ends(SourceInput& input, int video_index) {
  Ends ends;
  std::int64_t untimed = 0;  // where the next picture starts in a stream without times
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, input.read_packet());
    if (!packet) return ends;
    const auto* stream = input.stream(packet->stream_index);
    if ((packet->flags & AV_PKT_FLAG_DISCARD) != 0) continue;
    auto pts = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    std::int64_t duration = packet->duration;
    if (duration <= 0 && stream->avg_frame_rate.num > 0) {
      duration = av_rescale_q(1, av_inv_q(stream->avg_frame_rate), stream->time_base);
    }
    if (pts == AV_NOPTS_VALUE) {
      if (packet->stream_index != video_index) continue;
      pts = std::exchange(untimed, untimed + duration);
    }
    const double end = seconds_of(pts + duration, stream->time_base);
    if (packet->stream_index == video_index) {
      ends.video = std::max(ends.video, end);
    } else if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
      ends.audio = std::max(ends.audio, end);
    }
  }
}

// Where the clock jumps no duration can be trusted and no time names a place.
Result<Ends> measure_joined_ends(const ByteSource& source, const std::vector<TimeJump>& jumps,
                                 int video_index) {
  SLUICE_TRY_ASSIGN(const auto input, SourceInput::open(source));
  input->join_clocks(jumps);
  if (source.size_bytes() > 2 * kTailBytes) {
    av_seek_frame(input->format(), -1, source.size_bytes() - kTailBytes, AVSEEK_FLAG_BYTE);
  }
  return read_ends(*input, video_index);
}

// Where the last frames end. The header's duration is only a hint of where to look.
Result<Ends> measure_ends(SourceInput& input, int video_index) {
  auto* format = input.format();
  const bool has_times = (format->iformat->flags & AVFMT_NOTIMESTAMPS) == 0;
  if (has_times && format->duration > 0 && format->duration != AV_NOPTS_VALUE) {
    const std::int64_t start = format->start_time == AV_NOPTS_VALUE ? 0 : format->start_time;
    const std::int64_t target = start + format->duration -
                                static_cast<std::int64_t>(kTailSeconds * AV_TIME_BASE);
    if (target > start && avformat_seek_file(format, -1, INT64_MIN, target, target, 0) >= 0) {
      SLUICE_TRY_ASSIGN(auto ends, read_ends(input, video_index));
      if (video_index < 0 ? ends.audio > 0 : ends.video > 0) return ends;
    }
  }
  rewind(input);
  return read_ends(input, video_index);
}

std::optional<double> indexed_keyframe_interval(AVStream* stream, double end) {
  const int count = avformat_index_get_entries_count(stream);
  double last = -1;
  double longest = 0;
  int keyframes = 0;
  for (int i = 0; i < count; ++i) {
    const auto* entry = avformat_index_get_entry(stream, i);
    if ((entry->flags & AVINDEX_KEYFRAME) == 0) continue;
    const double at = seconds_of(entry->timestamp, stream->time_base);
    if (keyframes++ > 0) longest = std::max(longest, at - last);
    last = at;
  }
  if (keyframes == 0) return std::nullopt;
  return std::max(longest, end - last);
}

Result<std::optional<double>> scanned_keyframe_interval(SourceInput& input, int index) {
  rewind(input);
  const auto base = input.stream(index)->time_base;
  double first = -1;
  double last_key = -1;
  double longest = 0;
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, input.read_packet());
    if (!packet) break;
    if (packet->stream_index != index || packet->pts == AV_NOPTS_VALUE) continue;
    const double at = seconds_of(packet->pts, base);
    if (first < 0) first = at;
    if ((packet->flags & AV_PKT_FLAG_KEY) != 0) {
      if (last_key >= 0) longest = std::max(longest, at - last_key);
      last_key = at;
    }
    if (at - first > kKeyframeScanSeconds) break;
  }
  if (last_key < 0) return std::optional<double>();
  return std::optional<double>(longest > 0 ? longest : kKeyframeScanSeconds);
}

bool can_seek_without_index(const AVFormatContext* format) {
  return std::strcmp(format->iformat->name, "mpegts") == 0;
}

// How long the file says it is; 0 where it says nothing that isn't guessed from its packets.
double announced_seconds(const AVFormatContext* format) {
  if (format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM || format->duration <= 0)
    return 0;
  return static_cast<double>(format->duration) / AV_TIME_BASE;
}

std::vector<Note> notes_on(const SourceFacts& facts, const AVFormatContext* format) {
  std::vector<Note> notes;
  const double announced = announced_seconds(format);
  // Some containers count from 0, some from where the first track starts.
  const double found = facts.duration_seconds + std::max(0.0, facts.origin_seconds);
  if (announced - found > std::max(kMissingSeconds, kMissingShare * announced)) {
    notes.push_back(cut_off_note(announced, facts.duration_seconds));
  }
  if (!facts.time_jumps.empty())
    notes.push_back(time_jumps_note(static_cast<int>(facts.time_jumps.size())));
  if (facts.video && facts.video->dolby_vision_profile > 0 && hdr_format(*facts.video).empty()) {
    notes.push_back(no_hdr_base_note());
  }
  if (facts.picture_subtitles > 0) {
    notes.push_back(picture_subtitles_note(facts.picture_subtitles));
  }
  return notes;
}

double choose_origin(const SourceFacts& facts) {
  double audio_start = 0;
  for (std::size_t i = 0; i < facts.audio.size(); ++i) {
    const double start = facts.audio[i].start_seconds;
    audio_start = i == 0 ? start : std::min(audio_start, start);
  }
  if (!facts.video) return audio_start;
  const double video_start = static_cast<double>(facts.video->start_ticks) *
                             facts.video->time_base.value();
  const bool sound_comes_first =
      !facts.audio.empty() && audio_start < video_start - kMaxTrimSeconds;
  return sound_comes_first ? audio_start : video_start;
}

}  // namespace

Result<SourceFacts> probe(const ByteSource& source, const SourceLimits& limits) {
  SLUICE_TRY_ASSIGN(auto input, SourceInput::open(source, limits));
  SourceFacts facts;
  facts.container = input->format()->iformat->name;
  facts.size_bytes = source.size_bytes();
  facts.bitrate_bps = std::max<std::int64_t>(0, input->format()->bit_rate);
  if (clock_may_jump(input->format())) {
    SLUICE_TRY_ASSIGN(facts.time_jumps, find_time_jumps(source));
  }
  SLUICE_TRY_ASSIGN(const int video_index, choose_video(input->format()));
  facts.audio = read_audio(input->format(), source);
  read_text(input->format(), facts);
  if (video_index < 0 && facts.audio.empty()) {
    return fail(ErrorKind::invalid, "no_media",
                "The file holds neither video nor audio that can be decoded.");
  }
  if (video_index >= 0) {
    SLUICE_TRY_ASSIGN(facts.video, read_video(*input, video_index, limits.max_pixels));
  }
  facts.origin_seconds = choose_origin(facts);

  const bool jumps = !facts.time_jumps.empty();
  SLUICE_TRY_ASSIGN(const Ends ends,
                    jumps ? measure_joined_ends(source, facts.time_jumps, video_index)
                          : measure_ends(*input, video_index));
  double end = facts.video ? ends.video : ends.audio;
  if (facts.video && ends.audio > ends.video + kMaxOverhangSeconds) end = ends.audio;
  facts.duration_seconds = end - facts.origin_seconds;
  if (facts.duration_seconds <= 0) {
    return fail(ErrorKind::invalid, "corrupt_file", "Nothing in this file can be played.");
  }
  facts.notes = notes_on(facts, input->format());
  if (facts.video && !jumps) {
    facts.video->keyframe_interval_seconds =
        indexed_keyframe_interval(input->stream(video_index), end);
    if (can_seek_without_index(input->format())) {
      SLUICE_TRY_ASSIGN(facts.video->keyframe_interval_seconds,
                        scanned_keyframe_interval(*input, video_index));
    }
  }
  return facts;
}

}  // namespace sluice::media
