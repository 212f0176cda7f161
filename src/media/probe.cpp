#include "media/probe.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "media/aac_source.h"
#include "media/extract_text.h"
#include "media/source_input.h"
#include "media/time_jumps.h"
#include "plan/language.h"
#include "plan/source_json.h"
#include "plan/source_notes.h"

namespace sluice::media {
namespace {

// A picture must come out within this many packets of the video stream.
constexpr int kMaxPacketsToFirstFrame = 600;
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
// Sound that ends this much later than the picture is still heard, over the last picture.
constexpr double kMaxOverhangSeconds = 0.5;

double seconds(std::int64_t ticks, AVRational base) {
  return static_cast<double>(ticks) * base.num / base.den;
}

std::string metadata(const AVStream* stream, const char* key) {
  const auto* entry = av_dict_get(stream->metadata, key, nullptr, 0);
  return entry != nullptr ? entry->value : "";
}

bool is_cover_art(const AVStream* stream) {
  return (stream->disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
}

// The video stream to use, or -1 if the file has none. An undecodable one is an error, so that a
// film never ends up as its sound alone.
Result<int> choose_video(const AVFormatContext* format) {
  int chosen = -1;
  int undecodable = -1;
  std::int64_t best = -1;
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    const auto* stream = format->streams[i];
    const auto* codec = stream->codecpar;
    if (codec->codec_type != AVMEDIA_TYPE_VIDEO || is_cover_art(stream)) continue;
    if (avcodec_find_decoder(codec->codec_id) == nullptr) {
      undecodable = static_cast<int>(i);
      continue;
    }
    const std::int64_t score = std::int64_t{codec->width} * codec->height +
                               ((stream->disposition & AV_DISPOSITION_DEFAULT) != 0 ? 1 : 0);
    if (score > best) best = score, chosen = static_cast<int>(i);
  }
  if (chosen < 0 && undecodable >= 0) {
    return fail(open_decoder(format->streams[undecodable], 1).error());
  }
  return chosen;
}

void read_orientation(const AVStream* stream, VideoStreamFacts& video) {
  std::size_t size = 0;
  const auto* data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (data == nullptr || size < 9 * sizeof(std::int32_t)) return;
  std::int32_t matrix[9];
  std::memcpy(matrix, data, sizeof matrix);
  const double determinant = static_cast<double>(matrix[0]) * matrix[4] -
                             static_cast<double>(matrix[1]) * matrix[3];
  if (determinant < 0) {
    video.mirrored = true;
    // Undo the mirroring of the stored picture; what remains is a plain rotation.
    matrix[0] = -matrix[0];
    matrix[1] = -matrix[1];
  }
  const double degrees = -av_display_rotation_get(matrix);
  if (std::isnan(degrees)) return;
  const int quarter = static_cast<int>(std::lround(degrees / 90.0));
  video.rotation = (quarter % 4 + 4) % 4 * 90;
}

std::string tag(const char* name) {
  return name == nullptr || std::strcmp(name, "unknown") == 0 ? "" : name;
}

void read_color(const AVFrame* frame, VideoStreamFacts& video) {
  const auto format = static_cast<AVPixelFormat>(frame->format);
  video.pixel_format = av_get_pix_fmt_name(format);
  video.full_range = frame->color_range == AVCOL_RANGE_JPEG ||
                     video.pixel_format.starts_with("yuvj");
  video.color_primaries = tag(av_color_primaries_name(frame->color_primaries));
  video.color_transfer = tag(av_color_transfer_name(frame->color_trc));
  video.color_matrix = tag(av_color_space_name(frame->colorspace));
}

double nits(AVRational value) { return value.den > 0 ? av_q2d(value) : 0; }

// HDR's static metadata: in the container, or with the first picture.
void read_light(const AVStream* stream, const AVFrame* frame, VideoStreamFacts& video) {
  const auto find = [&](AVPacketSideDataType in_stream,
                        AVFrameSideDataType in_frame) -> const void* {
    if (const auto* data = av_frame_get_side_data(frame, in_frame)) return data->data;
    return av_stream_get_side_data(stream, in_stream, nullptr);
  };
  if (const auto* level = static_cast<const AVContentLightMetadata*>(
          find(AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL))) {
    video.max_content_nits = level->MaxCLL;
  }
  if (const auto* screen = static_cast<const AVMasteringDisplayMetadata*>(
          find(AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA));
      screen != nullptr && screen->has_luminance != 0) {
    video.mastering_nits = nits(screen->max_luminance);
  }
  std::size_t size = 0;
  const auto* dovi = av_stream_get_side_data(stream, AV_PKT_DATA_DOVI_CONF, &size);
  if (dovi != nullptr) {
    video.dolby_vision_profile =
        reinterpret_cast<const AVDOVIDecoderConfigurationRecord*>(dovi)->dv_profile;
  }
}

Result<Frame> decode_first_frame(SourceInput& input, int index,
                                      std::int64_t max_pixels) {
  SLUICE_TRY_ASSIGN(auto codec, open_decoder(input.stream(index), 1, max_pixels));
  auto frame = make_frame();
  bool draining = false;
  for (int packets = 0; packets < kMaxPacketsToFirstFrame;) {
    if (!draining) {
      SLUICE_TRY_ASSIGN(auto packet, input.read_packet());
      if (packet && packet->stream_index != index) continue;
      ++packets;
      draining = !packet;
      avcodec_send_packet(codec.get(), packet.get());
    }
    const int got = avcodec_receive_frame(codec.get(), frame.get());
    if (got == 0) return frame;
    if (draining && got == AVERROR_EOF) break;
  }
  return fail(ErrorKind::invalid, "corrupt_file", "No picture of this file can be decoded.");
}

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
    const double end = seconds(pts + duration, stream->time_base);
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
    const double at = seconds(entry->timestamp, stream->time_base);
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
    const double at = seconds(packet->pts, base);
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

bool has_fields(AVFieldOrder order) {
  return order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE;
}

// Broadcasts and discs change between film and video as they like. What phones, screens and
// encoders for the web make stays as it begins.
bool may_have_fields(const AVFormatContext* format, const AVCodecParameters* codec) {
  const std::string_view container = format->iformat->name;
  switch (codec->codec_id) {
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_VC1:
    case AV_CODEC_ID_DVVIDEO: return true;
    case AV_CODEC_ID_H264:
      return container == "mpegts" || container == "mpeg" || container == "mxf" ||
             container == "h264";
    default: return false;
  }
}

bool is_mp4(const AVFormatContext* format) {
  return std::strncmp(format->iformat->name, "mov,", 4) == 0;
}

Result<VideoStreamFacts> read_video(SourceInput& input, int index, std::int64_t max_pixels) {
  VideoStreamFacts video;
  auto* stream = input.stream(index);
  SLUICE_TRY_ASSIGN(const auto frame, decode_first_frame(input, index, max_pixels));
  video.stream_index = index;
  video.codec = avcodec_get_name(stream->codecpar->codec_id);
  video.coded_width = frame->width;
  video.coded_height = frame->height;
  const auto aspect = av_guess_sample_aspect_ratio(input.format(), stream, frame.get());
  if (aspect.num > 0 && aspect.den > 0) video.sample_aspect = from_av(aspect);
  video.frame_rate = from_av(stream->avg_frame_rate.num > 0 ? stream->avg_frame_rate
                                                            : stream->r_frame_rate);
  video.time_base = Rational::of(stream->time_base.num, stream->time_base.den);
  const auto start = presentation_ticks(input.format(), stream, *frame);
  video.start_ticks = start != AV_NOPTS_VALUE ? start : 0;
  // Other containers' numbers are guesses.
  if (is_mp4(input.format())) video.frame_count = stream->nb_frames;
  video.interlaced = frame->interlaced_frame != 0 || has_fields(stream->codecpar->field_order);
  video.may_be_interlaced = video.interlaced || may_have_fields(input.format(), stream->codecpar);
  read_orientation(stream, video);
  read_color(frame.get(), video);
  read_light(stream, frame.get(), video);
  return video;
}

std::string layout_name(const AVChannelLayout& layout) {
  if (layout.order != AV_CHANNEL_ORDER_NATIVE) return "";
  char name[64] = {};
  return av_channel_layout_describe(&layout, name, sizeof name) > 0 ? name : "";
}

std::string role_of(const AVStream* stream) {
  if ((stream->disposition & AV_DISPOSITION_COMMENT) != 0) return "commentary";
  if ((stream->disposition & AV_DISPOSITION_VISUAL_IMPAIRED) != 0) return "description";
  if ((stream->disposition & AV_DISPOSITION_DUB) != 0) return "dub";
  return "";
}

bool may_copy_from(const AVFormatContext* format) {
  return std::strncmp(format->iformat->name, "mov,", 4) == 0;
}

std::vector<AudioStreamFacts> read_audio(const AVFormatContext* format, const ByteSource& source) {
  const bool copyable = may_copy_from(format) && has_single_descriptions(source);
  std::vector<AudioStreamFacts> tracks;
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    auto* stream = format->streams[i];
    const auto* codec = stream->codecpar;
    if (codec->codec_type != AVMEDIA_TYPE_AUDIO || codec->sample_rate <= 0 ||
        codec->ch_layout.nb_channels <= 0 ||
        avcodec_find_decoder(codec->codec_id) == nullptr) {
      continue;
    }
    AudioStreamFacts audio;
    audio.stream_index = static_cast<int>(i);
    audio.codec = avcodec_get_name(codec->codec_id);
    audio.sample_rate = codec->sample_rate;
    audio.channels = codec->ch_layout.nb_channels;
    audio.language = language_tag(metadata(stream, "language"));
    audio.title = metadata(stream, "title");
    audio.is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
    if (stream->start_time != AV_NOPTS_VALUE) {
      audio.start_seconds = seconds(stream->start_time, stream->time_base);
    }
    audio.channel_layout = layout_name(codec->ch_layout);
    audio.role = role_of(stream);
    if (copyable) audio.aac = read_aac_track(stream, source.size_bytes());
    tracks.push_back(audio);
  }
  return tracks;
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

bool has_flag(const AVStream* stream, int disposition) {
  return (stream->disposition & disposition) != 0;
}

void read_text(const AVFormatContext* format, SourceFacts& facts) {
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    const auto* stream = format->streams[i];
    if (stream->codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE) continue;
    if (!is_text_codec(stream->codecpar->codec_id)) {
      const auto* descriptor = avcodec_descriptor_get(stream->codecpar->codec_id);
      if (descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_BITMAP_SUB) != 0) {
        ++facts.picture_subtitles;
      }
      continue;
    }
    TextStreamFacts text;
    text.stream_index = static_cast<int>(i);
    text.codec = avcodec_get_name(stream->codecpar->codec_id);
    text.language = language_tag(metadata(stream, "language"));
    text.title = metadata(stream, "title");
    text.is_default = has_flag(stream, AV_DISPOSITION_DEFAULT);
    text.forced = has_flag(stream, AV_DISPOSITION_FORCED);
    text.for_the_deaf = has_flag(stream, AV_DISPOSITION_HEARING_IMPAIRED | AV_DISPOSITION_CAPTIONS);
    facts.text.push_back(std::move(text));
  }
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
