// A source opened for reading: the one way by which bytes get into FFmpeg.
#pragma once

#include <climits>
#include <memory>

#include "base/byte_source.h"
#include "media/av.h"
#include "plan/source_facts.h"

namespace sluice::media {

// What a source may ask of this machine before anything of it is known.
struct SourceLimits {
  std::int64_t max_pixels = INT_MAX;  // of a picture
  int max_tracks = INT_MAX;
};

// An opened container. It can read nothing but its ByteSource: demuxers that open other files or
// URLs (playlists, concat scripts, image sequences) are not on the list, and every attempt to open
// anything by name is refused.
class SourceInput {
 public:
  // `source` outlives the input. `invalid`: empty_file, unsupported_format; `too_large`:
  // too_many_tracks, picture_too_large.
  static Result<std::unique_ptr<SourceInput>> open(const ByteSource& source,
                                                   const SourceLimits& limits = {});
  ~SourceInput();
  SourceInput(const SourceInput&) = delete;
  SourceInput& operator=(const SourceInput&) = delete;

  AVFormatContext* format() { return format_; }
  const AVFormatContext* format() const { return format_; }
  AVStream* stream(int index) { return format_->streams[index]; }

  // Nothing at the end. A damaged place is skipped where the demuxer can go on behind it. A failure
  // of the ByteSource is `unavailable`.
  Result<Packet> read_packet();

  // From now on packets behind these places are told the time that makes one clock of the file's.
  void join_clocks(std::vector<TimeJump> jumps) { jumps_ = std::move(jumps); }

  // Only packets of this stream are delivered from now on.
  void only_stream(int index);

 private:
  explicit SourceInput(const ByteSource& source) : source_(source) {}
  Result<> check(const SourceLimits& limits) const;
  Result<> find_stream_info(std::int64_t max_pixels);
  static int read(void* self, std::uint8_t* into, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  void join_clock(AVPacket& packet);

  const ByteSource& source_;
  std::vector<TimeJump> jumps_;
  double shift_seconds_ = 0;  // of the packets at hand
  std::int64_t position_ = 0;
  bool read_failed_ = false;
  AVIOContext* io_ = nullptr;
  AVFormatContext* format_ = nullptr;
};

// When a decoded frame of this stream is shown, in the stream's ticks, or AV_NOPTS_VALUE; the same
// from wherever decoding started.
std::int64_t presentation_ticks(const AVFormatContext* format, const AVStream* stream,
                                const AVFrame& frame);

// A decoder for one stream, which refuses larger pictures. `invalid`, code unsupported_codec, when
// FFmpeg has none.
Result<Codec> open_decoder(const AVStream* stream, int threads, std::int64_t max_pixels = INT_MAX);

// `too_large`, code picture_too_large, with a sentence for the uploader.
Result<> check_picture_size(int width, int height, std::int64_t max_pixels);

}  // namespace sluice::media
