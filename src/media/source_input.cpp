#include "media/source_input.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace sluice::media {
namespace {

// Containers that keep everything inside one file. Not here, on purpose: hls, dash, concat, image2,
// sdp, rtsp, tee-like and every other format that names further files.
constexpr const char* kDemuxers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,wav,w64,mp3,aac,"
    "ac3,eac3,flac,aiff,caf,gif,mxf,dv,h264,hevc,m4v,ivf,amr,au,nut,rm,vob,gxf,obu";

constexpr int kIoBufferBytes = 256 * 1024;
constexpr std::int64_t kProbeBytes = 20 * 1024 * 1024;
constexpr std::int64_t kAnalyzeMicroseconds = 10'000'000;
constexpr int kMaxStreams = 1000;

int refuse_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

// More bad packets than this in a row: the rest of the file is noise.
constexpr int kMaxBadReads = 1000;

}  // namespace

Result<std::unique_ptr<SourceInput>> SourceInput::open(const ByteSource& source,
                                                       const SourceLimits& limits) {
  if (source.size_bytes() == 0) {
    return fail(ErrorKind::invalid, "empty_file", "The file is empty.");
  }
  auto input = std::unique_ptr<SourceInput>(new SourceInput(source));
  auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBufferBytes));
  input->io_ = avio_alloc_context(buffer, kIoBufferBytes, 0, input.get(), &SourceInput::read,
                                  nullptr, &SourceInput::seek);
  input->format_ = avformat_alloc_context();
  auto* format = input->format_;
  format->pb = input->io_;
  format->io_open = refuse_open;
  format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_GENPTS;
  format->format_whitelist = av_strdup(kDemuxers);
  format->protocol_whitelist = av_strdup("");
  format->probesize = kProbeBytes;
  format->max_analyze_duration = kAnalyzeMicroseconds;
  format->max_streams = kMaxStreams;

  // On failure avformat_open_input frees the context and leaves null behind.
  if (const int opened = avformat_open_input(&input->format_, "", nullptr, nullptr); opened < 0) {
    if (input->read_failed_) {
      return fail(ErrorKind::unavailable, "source_unreadable", "The stored file can't be read.");
    }
    if (opened == AVERROR(ENOMEM)) {
      return fail(ErrorKind::too_large, "header_too_large",
                  "The file announces more tracks, or a larger index, than can be read.");
    }
    return fail(ErrorKind::invalid, "unsupported_format",
                "The file is not a video or audio file that can be read, or it is cut off before "
                "its index.");
  }
  // Once before a decoder sees any of it, and once more where only the stream itself says.
  SLUICE_TRY(input->check(limits));
  SLUICE_TRY(input->find_stream_info(limits.max_pixels));
  SLUICE_TRY(input->check(limits));
  return input;
}

Result<> SourceInput::check(const SourceLimits& limits) const {
  if (format_->nb_streams > static_cast<unsigned>(limits.max_tracks)) {
    return fail(ErrorKind::too_large, "too_many_tracks",
                fmt::format("The file has {} tracks; the limit is {}.", format_->nb_streams,
                            limits.max_tracks));
  }
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    const auto* stream = format_->streams[i];
    const auto* codec = stream->codecpar;
    const bool is_cover = (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    if (codec->codec_type != AVMEDIA_TYPE_VIDEO || is_cover) continue;
    SLUICE_TRY(check_picture_size(codec->width, codec->height, limits.max_pixels));
  }
  return {};
}

Result<> SourceInput::find_stream_info(std::int64_t max_pixels) {
  // One set of options for each stream there is; those that turn up later go without.
  std::vector<AVDictionary*> options(format_->nb_streams, nullptr);
  for (auto& each : options) av_dict_set_int(&each, "max_pixels", max_pixels, 0);
  const int found =
      avformat_find_stream_info(format_, options.empty() ? nullptr : options.data());
  for (auto& each : options) av_dict_free(&each);
  if (found >= 0) return {};
  return fail(ErrorKind::invalid, "corrupt_file", "The file's streams can't be read.");
}

SourceInput::~SourceInput() {
  avformat_close_input(&format_);
  if (io_ != nullptr) {
    av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
}

Result<Packet> SourceInput::read_packet() {
  auto packet = make_packet();
  for (int bad = 0; bad < kMaxBadReads; ++bad) {
    const int got = av_read_frame(format_, packet.get());
    if (got >= 0) {
      if (!jumps_.empty()) join_clock(*packet);
      return packet;
    }
    if (read_failed_) {
      return fail(ErrorKind::unavailable, "source_unreadable", "The stored file can't be read.");
    }
    if (got == AVERROR_EOF || avio_feof(format_->pb) != 0) return Packet();
  }
  return Packet();
}

void SourceInput::join_clock(AVPacket& packet) {
  if (packet.pos >= 0) {
    shift_seconds_ = 0;
    for (const auto& jump : jumps_) {
      if (packet.pos >= jump.position_bytes) shift_seconds_ = jump.shift_seconds;
    }
  }
  const auto* stream = format_->streams[packet.stream_index];
  const auto ticks = std::llround(shift_seconds_ / av_q2d(stream->time_base));
  if (packet.pts != AV_NOPTS_VALUE) packet.pts += ticks;
  if (packet.dts != AV_NOPTS_VALUE) packet.dts += ticks;
}

void SourceInput::only_stream(int index) {
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    format_->streams[i]->discard =
        static_cast<int>(i) == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
}

int SourceInput::read(void* self, std::uint8_t* into, int size) {
  auto& input = *static_cast<SourceInput*>(self);
  auto got = input.source_.read_at(
      input.position_, {reinterpret_cast<char*>(into), static_cast<std::size_t>(size)});
  if (!got) {
    input.read_failed_ = true;
    return AVERROR(EIO);
  }
  if (*got == 0) return AVERROR_EOF;
  input.position_ += static_cast<std::int64_t>(*got);
  return static_cast<int>(*got);
}

std::int64_t SourceInput::seek(void* self, std::int64_t offset, int whence) {
  auto& input = *static_cast<SourceInput*>(self);
  const std::int64_t size = input.source_.size_bytes();
  if ((whence & AVSEEK_SIZE) != 0) return size;
  std::int64_t target = offset;
  if ((whence & ~AVSEEK_FORCE) == SEEK_CUR) target += input.position_;
  if ((whence & ~AVSEEK_FORCE) == SEEK_END) target += size;
  if (target < 0) return AVERROR(EINVAL);
  return input.position_ = target;
}

std::int64_t presentation_ticks(const AVFormatContext* format, const AVStream* stream,
                                const AVFrame& frame) {
  // AVI only numbers packets, in the order of decoding. A frame comes out in its turn, behind a
  // packet that is later than its own by the decoder's delay; any other guess depends on what was
  // decoded before.
  if (std::string_view(format->iformat->name) != "avi") return frame.best_effort_timestamp;
  return frame.pkt_dts == AV_NOPTS_VALUE ? AV_NOPTS_VALUE
                                         : frame.pkt_dts - stream->codecpar->video_delay;
}

Result<> check_picture_size(int width, int height, std::int64_t max_pixels) {
  if (std::int64_t{width} * height <= max_pixels) return {};
  return fail(ErrorKind::too_large, "picture_too_large",
              fmt::format("The picture is {} x {} pixels; the limit is {:.1f} million pixels.", width,
                          height, static_cast<double>(max_pixels) / 1e6));
}

Result<Codec> open_decoder(const AVStream* stream, int threads, std::int64_t max_pixels) {
  const AVCodec* decoder = avcodec_find_decoder(stream->codecpar->codec_id);
  if (decoder == nullptr) {
    const AVCodecID id = stream->codecpar->codec_id;
    const std::string name =
        id == AV_CODEC_ID_NONE ? "" : fmt::format(" ({})", avcodec_get_name(id));
    return fail(ErrorKind::invalid, "unsupported_codec",
                fmt::format("There is no decoder for this file's {} stream{}.",
                            av_get_media_type_string(stream->codecpar->codec_type), name));
  }
  Codec codec(avcodec_alloc_context3(decoder));
  avcodec_parameters_to_context(codec.get(), stream->codecpar);
  codec->pkt_timebase = stream->time_base;
  codec->thread_count = threads;
  codec->max_pixels = max_pixels;
  if (avcodec_open2(codec.get(), decoder, nullptr) < 0) {
    return fail(ErrorKind::invalid, "unsupported_codec",
                fmt::format("The file's {} stream ({}) can't be decoded.",
                            av_get_media_type_string(stream->codecpar->codec_type),
                            decoder->name));
  }
  return codec;
}

}  // namespace sluice::media
