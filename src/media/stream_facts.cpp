#include "media/stream_facts.h"

#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include "media/aac_source.h"
#include "media/extract_text.h"
#include "plan/language.h"

namespace sluice::media {
namespace {

// A picture must come out within this many packets of the video stream.
constexpr int kMaxPacketsToFirstFrame = 600;

std::string metadata(const AVStream* stream, const char* key) {
  const auto* entry = av_dict_get(stream->metadata, key, nullptr, 0);
  return entry != nullptr ? entry->value : "";
}

bool is_cover_art(const AVStream* stream) {
  return (stream->disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
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

Result<Frame> decode_first_frame(SourceInput& input, int index, std::int64_t max_pixels) {
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

bool has_flag(const AVStream* stream, int disposition) {
  return (stream->disposition & disposition) != 0;
}

}  // namespace

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

std::vector<AudioStreamFacts> read_audio(const AVFormatContext* format, const ByteSource& source) {
  const bool copyable = is_mp4(format) && has_single_descriptions(source);
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
      audio.start_seconds = seconds_of(stream->start_time, stream->time_base);
    }
    audio.channel_layout = layout_name(codec->ch_layout);
    audio.role = role_of(stream);
    if (copyable) audio.aac = read_aac_track(stream, source.size_bytes());
    tracks.push_back(audio);
  }
  return tracks;
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

}  // namespace sluice::media
