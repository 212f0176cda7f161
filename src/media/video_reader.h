// Decoded frames of a source's video, on the video's own timeline, from any place on.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/byte_source.h"
#include "media/av.h"
#include "media/deinterlacer.h"
#include "media/source_clock.h"
#include "media/source_input.h"
#include "plan/plan.h"

namespace sluice::media {

class VideoReader {
 public:
  // `source` and `plan` outlive the reader.
  static Result<std::unique_ptr<VideoReader>> open(const ByteSource& source, const Plan& plan,
                                                   int threads);

  // The next frame is one at or before `ticks` (the first of the video if there is none before),
  // and so early that those at and after `ticks` come out as if everything before had been read: by
  // the container's index where that works, else by reading from the start.
  Result<> seek(std::int64_t ticks);

  // Frames in presentation order with distinct times: `pts` and `pkt_duration` in ticks of the
  // timeline, deinterlaced. Nothing at the end. Damaged frames are left out.
  Result<Frame> next();

  // Something between these times (of the timeline) was damaged: pictures of it are missing, or
  // shown as well as they could be decoded. Of what was read since the last seek.
  bool damaged_between(std::int64_t from, std::int64_t to) const;

 private:
  VideoReader(const ByteSource& source, const Plan& plan, int threads);
  Result<> reopen();
  Result<bool> try_seek(std::int64_t ticks, double margin_seconds);
  Result<> scan_to(std::int64_t ticks);
  Result<Packet> next_video_packet();
  Result<bool> feed_decoder();
  Result<Frame> decode();
  void note_damage(std::int64_t ticks);
  bool wanted(AVFrame& frame);
  std::int64_t packet_ticks(const AVPacket& packet) const;

  const ByteSource& source_;
  const Plan& plan_;
  int threads_;
  int stream_index_;
  SourceClock clock_;
  std::int64_t frame_ticks_;   // nominal length of a frame
  int keep_every_ = 1;         // above 60 frames a second
  std::unique_ptr<SourceInput> input_;
  Codec codec_;
  Packet pending_;  // found while seeking, to be decoded first
  bool untouched_ = false;  // just opened
  bool draining_ = false;
  bool ended_ = false;  // the decoder gives no more
  std::int64_t last_ticks_ = INT64_MIN;
  std::int64_t last_read_ = INT64_MIN;        // what the file said of that frame's time
  std::int64_t last_fed_ = INT64_MIN;         // time of the last packet that went into the decoder
  std::vector<std::int64_t> damaged_;         // times of what was damaged
  std::optional<Deinterlacer> deinterlacer_;  // where the source may be interlaced
};

}  // namespace sluice::media
