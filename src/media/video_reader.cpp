#include "media/video_reader.h"

#include <algorithm>
#include <cmath>

namespace sluice::media {
namespace {

// How far in front of the wanted place the container is asked for, one after the other: indexes
// speak of decode times, and transport streams land anywhere.
constexpr double kSeekMargins[] = {0, 2, 10, 40};

// A picture may grow in the middle of a film, as an advertisement in HD does in one in SD. What the
// plan was made for decides how far.
constexpr std::int64_t kGrowth = 4;
constexpr std::int64_t kAlwaysPixels = std::int64_t{4096} * 2304;

std::int64_t max_pixels(const VideoStreamFacts& video) {
  return std::max(kAlwaysPixels, kGrowth * video.coded_width * video.coded_height);
}

}  // namespace

VideoReader::VideoReader(const ByteSource& source, const Plan& plan, int threads)
    : source_(source),
      plan_(plan),
      threads_(threads),
      stream_index_(plan.source.video->stream_index),
      clock_(plan) {
  const auto rate = plan.source.video->frame_rate;
  const double fps = rate.num > 0 ? rate.value() : 25.0;
  frame_ticks_ = std::max<std::int64_t>(
      1, std::llround(static_cast<double>(plan.timeline.timescale) / fps));
  while (rate.num > 0 && Rational::of(rate.num, rate.den * keep_every_) > plan.frame_rate) {
    keep_every_ *= 2;
  }
  if (plan.source.video->may_be_interlaced) deinterlacer_.emplace(plan.timeline.timescale);
}

Result<std::unique_ptr<VideoReader>> VideoReader::open(const ByteSource& source, const Plan& plan,
                                                       int threads) {
  auto reader = std::unique_ptr<VideoReader>(new VideoReader(source, plan, threads));
  SLUICE_TRY(reader->reopen());
  return reader;
}

Result<> VideoReader::reopen() {
  SLUICE_TRY_ASSIGN(input_, SourceInput::open(source_));
  if (stream_index_ >= static_cast<int>(input_->format()->nb_streams)) {
    return fail(ErrorKind::invalid, "corrupt_file", "The file's video stream can't be found.");
  }
  input_->join_clocks(plan_.source.time_jumps);
  input_->only_stream(stream_index_);
  SLUICE_TRY_ASSIGN(codec_, open_decoder(input_->stream(stream_index_), threads_,
                                         max_pixels(*plan_.source.video)));
  pending_.reset();
  untouched_ = true;
  draining_ = false;
  ended_ = false;
  damaged_.clear();
  last_ticks_ = last_read_ = INT64_MIN;
  if (deinterlacer_) deinterlacer_->reset();
  return {};
}

std::int64_t VideoReader::packet_ticks(const AVPacket& packet) const {
  const auto time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  return time == AV_NOPTS_VALUE ? INT64_MAX : clock_.ticks(time);
}

Result<Packet> VideoReader::next_video_packet() {
  untouched_ = false;
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, input_->read_packet());
    if (!packet || packet->stream_index == stream_index_) return packet;
  }
}

Result<> VideoReader::seek(std::int64_t ticks) {
  // Opening reads the whole index, which in a long file is long too.
  if (!untouched_) SLUICE_TRY(reopen());
  // What a deinterlaced frame shows depends on the one before.
  if (deinterlacer_) ticks -= 2 * frame_ticks_;
  if (ticks <= 0) return {};
  // Elementary streams count their time from wherever reading starts; where the clock jumps a time
  // doesn't name a place.
  if (plan_.source.time_jumps.empty() &&
      (input_->format()->iformat->flags & AVFMT_NOTIMESTAMPS) == 0) {
    for (const double margin : kSeekMargins) {
      SLUICE_TRY_ASSIGN(const bool found, try_seek(ticks, margin));
      if (found) return {};
    }
  }
  return scan_to(ticks);
}

Result<bool> VideoReader::try_seek(std::int64_t ticks, double margin_seconds) {
  const auto margin =
      static_cast<std::int64_t>(margin_seconds * static_cast<double>(plan_.timeline.timescale));
  const std::int64_t target = clock_.source_ticks(ticks - margin);
  untouched_ = false;
  if (avformat_seek_file(input_->format(), stream_index_, INT64_MIN, target, target, 0) < 0) {
    return false;
  }
  avcodec_flush_buffers(codec_.get());
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, next_video_packet());
    if (!packet) return false;
    if ((packet->flags & AV_PKT_FLAG_KEY) == 0) continue;
    if (packet_ticks(*packet) > ticks) return false;
    pending_ = std::move(packet);
    return true;
  }
}

// Two passes over the packets, without decoding: the first finds the last key frame at or before
// `ticks`, the second stops in front of it.
Result<> VideoReader::scan_to(std::int64_t ticks) {
  if (!untouched_) SLUICE_TRY(reopen());
  std::int64_t packets = 0;
  std::int64_t start = 0;
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, next_video_packet());
    if (!packet) break;
    if ((packet->flags & AV_PKT_FLAG_KEY) != 0) {
      if (packet_ticks(*packet) > ticks) break;
      start = packets;
    }
    ++packets;
  }
  SLUICE_TRY(reopen());
  for (std::int64_t i = 0; i < start; ++i) {
    SLUICE_TRY_ASSIGN(auto skipped, next_video_packet());
    if (!skipped) break;
  }
  return {};
}

// Sends one packet (or the end) to the decoder; false when there is nothing left to send.
Result<bool> VideoReader::feed_decoder() {
  if (draining_) return false;
  Packet packet = std::move(pending_);
  if (!packet) {
    SLUICE_TRY_ASSIGN(packet, next_video_packet());
  }
  draining_ = !packet;
  // A packet that can't be decoded is left out; what decodes after it is kept.
  if (packet) last_fed_ = packet_ticks(*packet);
  // Where recordings were joined the container sees packets missing, and there are none.
  const bool joined = !plan_.source.time_jumps.empty();
  if (packet && !joined && (packet->flags & AV_PKT_FLAG_CORRUPT) != 0) note_damage(last_fed_);
  if (const int sent = avcodec_send_packet(codec_.get(), packet.get()); sent < 0)
    note_damage(last_fed_);
  return true;
}

void VideoReader::note_damage(std::int64_t ticks) {
  if (damaged_.empty() || damaged_.back() != ticks) damaged_.push_back(ticks);
}

bool VideoReader::damaged_between(std::int64_t from, std::int64_t to) const {
  return std::any_of(damaged_.begin(), damaged_.end(),
                     [&](std::int64_t ticks) { return ticks >= from && ticks < to; });
}

bool VideoReader::wanted(AVFrame& frame) {
  if ((frame.flags & AV_FRAME_FLAG_DISCARD) != 0) return false;
  const auto time = presentation_ticks(input_->format(), input_->stream(stream_index_), frame);
  frame.pts = time != AV_NOPTS_VALUE     ? clock_.ticks(time)
              : last_ticks_ == INT64_MIN ? 0
                                         : last_ticks_ + frame_ticks_;
  frame.pkt_duration = frame.pkt_duration > 0 ? clock_.length(frame.pkt_duration) : frame_ticks_;
  // Frames come out in the order in which they are shown: a time that says otherwise is wrong (some
  // program streams leave most of them to be guessed), the picture is not.
  const std::int64_t read = frame.pts;
  if (frame.pts <= last_ticks_) {
    const bool after_a_guess = read > last_read_;
    frame.pts =
        last_ticks_ + std::max<std::int64_t>(1, after_a_guess ? frame_ticks_ / 4 : frame_ticks_);
  }
  last_read_ = read;
  if (keep_every_ > 1) {
    const auto number = std::llround(static_cast<double>(frame.pts) /
                                     static_cast<double>(frame_ticks_));
    if (number % keep_every_ != 0) return false;
    frame.pkt_duration *= keep_every_;
  }
  last_ticks_ = frame.pts;
  return true;
}

Result<Frame> VideoReader::next() {
  if (!deinterlacer_) return decode();
  while (true) {
    if (auto frame = deinterlacer_->take()) return frame;
    if (ended_) return Frame();
    SLUICE_TRY_ASSIGN(auto frame, decode());
    ended_ = !frame;
    SLUICE_TRY(ended_ ? deinterlacer_->finish() : deinterlacer_->add(std::move(frame)));
  }
}

Result<Frame> VideoReader::decode() {
  auto frame = make_frame();
  while (true) {
    const int got = avcodec_receive_frame(codec_.get(), frame.get());
    if (got == 0) {
      if (wanted(*frame)) {
        const bool broken =
            frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
        if (broken) note_damage(frame->pts);
        return frame;
      }
      av_frame_unref(frame.get());
      continue;
    }
    if (got == AVERROR_EOF) return Frame();
    if (got != AVERROR(EAGAIN)) note_damage(last_fed_);
    SLUICE_TRY_ASSIGN(const bool fed, feed_decoder());
    if (!fed) return Frame();
  }
}

}  // namespace sluice::media
