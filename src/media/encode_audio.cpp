#include "media/encode_audio.h"

#include <algorithm>
#include <cmath>

#include "media/audio_encoder.h"
#include "media/audio_timeline.h"
#include "media/source_input.h"

namespace sluice::media {
namespace {

// AAC frames fed in front of a part that starts inside the sound, so that the encoder comes to it
// in the state that the part before left it in.
constexpr std::int64_t kPrerollFrames = 8;
// Decoders and resamplers settle within this long after a seek.
constexpr double kSeekMarginSeconds = 1.0;

class AudioRun {
 public:
  AudioRun(const Plan& plan, const AudioRendition& track, const AudioJob& job,
           const OutputSink& sink, const ProgressSink& progress)
      : plan_(plan), track_(track), sink_(sink), progress_(progress),
        first_segment_(chunk(job.first_chunk).first_segment),
        end_segment_(chunk(job.end_chunk - 1).end_segment),
        first_frame_(first_aac_frame(plan.timeline, first_segment_, track.sample_rate)),
        end_frame_(first_aac_frame(plan.timeline, end_segment_, track.sample_rate)),
        fed_frame_(std::max<std::int64_t>(0, first_frame_ - kPrerollFrames)),
        timeline_(track, fed_frame_ * kAacFrame,
                  [this](AVFrame& frame) { return encoder_->encode(frame, sink_); }) {}

  Result<> run(const ByteSource& source) {
    SLUICE_TRY_ASSIGN(input_, SourceInput::open(source));
    input_->join_clocks(plan_.source.time_jumps);
    if (track_.stream_index >= static_cast<int>(input_->format()->nb_streams)) {
      return fail(ErrorKind::invalid, "corrupt_file", "The file's audio stream can't be found.");
    }
    input_->only_stream(track_.stream_index);
    SLUICE_TRY_ASSIGN(decoder_, open_decoder(input_->stream(track_.stream_index), 1));
    SLUICE_TRY_ASSIGN(encoder_, AudioEncoder::open(plan_, track_));
    encoder_->start(fed_frame_, first_segment_, end_segment_);
    seek();
    SLUICE_TRY(decode_all());
    SLUICE_TRY(timeline_.finish(planned_end()));
    return encoder_->finish(sink_);
  }

 private:
  const Chunk& chunk(int number) const {
    return plan_.timeline.chunks[static_cast<std::size_t>(number)];
  }

  // Sound is as long as the picture at least; inside the video a part ends where the next starts.
  std::int64_t planned_end() const {
    if (end_segment_ < plan_.timeline.segment_count) return (end_frame_ + 1) * kAacFrame;
    return static_cast<std::int64_t>(plan_.timeline.duration_seconds * track_.sample_rate);
  }

  void seek() {
    const double target = static_cast<double>(fed_frame_ * kAacFrame) / track_.sample_rate +
                          plan_.source.origin_seconds - kSeekMarginSeconds;
    // Where the clock jumps a time doesn't name a place.
    if (first_segment_ == 0 || target <= 0 || !plan_.source.time_jumps.empty()) return;
    const auto* stream = input_->stream(track_.stream_index);
    const auto ticks = static_cast<std::int64_t>(target / av_q2d(stream->time_base));
    // Where the container can't seek, reading from the start comes to the same samples.
    avformat_seek_file(input_->format(), track_.stream_index, INT64_MIN, ticks, ticks, 0);
  }

  std::optional<std::int64_t> position_of(const AVFrame& frame) const {
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return std::nullopt;
    const auto* stream = input_->stream(track_.stream_index);
    const double at = static_cast<double>(frame.best_effort_timestamp) * av_q2d(stream->time_base) -
                      plan_.source.origin_seconds;
    return std::llround(at * track_.sample_rate);
  }

  bool enough() const { return timeline_.position() >= (end_frame_ + 1) * kAacFrame; }

  Result<> decode_all() {
    while (!enough()) {
      SLUICE_TRY_ASSIGN(auto packet, input_->read_packet());
      if (packet && packet->stream_index != track_.stream_index) continue;
      const bool end = !packet;
      avcodec_send_packet(decoder_.get(), packet.get());
      SLUICE_TRY(take_frames());
      if (end) break;
    }
    return {};
  }

  Result<> take_frames() {
    auto frame = make_frame();
    while (avcodec_receive_frame(decoder_.get(), frame.get()) == 0) {
      if (frame->sample_rate > 0 && frame->nb_samples > 0) {
        SLUICE_TRY(timeline_.add(*frame, position_of(*frame)));
      }
      av_frame_unref(frame.get());
    }
    progress_(static_cast<double>(timeline_.position() - first_frame_ * kAacFrame) /
              track_.sample_rate);
    return {};
  }

  const Plan& plan_;
  const AudioRendition& track_;
  const OutputSink& sink_;
  const ProgressSink& progress_;
  int first_segment_;
  int end_segment_;
  std::int64_t first_frame_;
  std::int64_t end_frame_;
  std::int64_t fed_frame_;
  AudioTimeline timeline_;
  std::unique_ptr<SourceInput> input_;
  Codec decoder_;
  std::unique_ptr<AudioEncoder> encoder_;
};

}  // namespace

Result<> encode_audio(const ByteSource& source, const Plan& plan, const AudioJob& job,
                      const OutputSink& sink, const ProgressSink& progress) {
  const auto track = std::find_if(plan.audio.begin(), plan.audio.end(),
                                  [&](const auto& candidate) { return candidate.name == job.track; });
  if (track == plan.audio.end() || job.first_chunk < 0 || job.first_chunk >= job.end_chunk ||
      job.end_chunk > static_cast<int>(plan.timeline.chunks.size())) {
    return fail(ErrorKind::internal, "bad_job", "The task does not fit the plan.");
  }
  return AudioRun(plan, *track, job, sink, progress).run(source);
}

}  // namespace sluice::media
