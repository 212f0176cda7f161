#include "media/encode_audio.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "media/audio_encoder.h"
#include "media/audio_segments.h"
#include "media/audio_timeline.h"
#include "media/loudness_meter.h"
#include "media/peak_limiter.h"
#include "media/source_input.h"

namespace sluice::media {
namespace {

// AAC frames fed in front of a part that starts inside the sound, so that the encoder comes to it
// in the state that the part before left it in.
constexpr std::int64_t kPrerollFrames = 8;
// Decoders and resamplers settle within this long after a seek.
constexpr double kSeekMarginSeconds = 1.0;
constexpr int kMeasuredChannels = 2;

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
        first_chunk_(job.first_chunk),
        next_copied_(first_frame_),
        segments_(plan, track, first_segment_, end_segment_) {}

  Result<> run(const ByteSource& source) {
    SLUICE_TRY_ASSIGN(input_, SourceInput::open(source));
    input_->join_clocks(plan_.source.time_jumps);
    if (track_.stream_index >= static_cast<int>(input_->format()->nb_streams)) {
      return fail(ErrorKind::invalid, "corrupt_file", "The file's audio stream can't be found.");
    }
    input_->only_stream(track_.stream_index);
    seek();
    // As two loudspeakers play it; a surround rendition is of a track that is measured so already.
    if (!is_surround(track_)) meter_.emplace(track_.sample_rate, kMeasuredChannels);
    if (track_.copied) {
      SLUICE_TRY(copy_all());
    } else {
      SLUICE_TRY(encode_all());
    }
    // In front of the last segment: where that is known the task is not run again.
    SLUICE_TRY(publish_loudness());
    return segments_.finish(sink_);
  }

 private:
  const Chunk& chunk(int number) const {
    return plan_.timeline.chunks[static_cast<std::size_t>(number)];
  }
  const AVStream& stream() const { return *input_->stream(track_.stream_index); }

  void seek() {
    const double target = static_cast<double>(fed_frame_ * kAacFrame) / track_.sample_rate +
                          plan_.source.origin_seconds - kSeekMarginSeconds;
    // Where the clock jumps a time doesn't name a place.
    if (first_segment_ == 0 || target <= 0 || !plan_.source.time_jumps.empty()) return;
    const auto ticks = static_cast<std::int64_t>(target / av_q2d(stream().time_base));
    // Where the container can't seek, reading from the start comes to the same samples.
    avformat_seek_file(input_->format(), track_.stream_index, INT64_MIN, ticks, ticks, 0);
  }

  Result<> encode_all() {
    SLUICE_TRY_ASSIGN(decoder_, open_decoder(&stream(), 1));
    SLUICE_TRY_ASSIGN(encoder_, AudioEncoder::open(track_));
    encoder_->start(fed_frame_, [this](std::int64_t number, std::string_view data) {
      return segments_.add(number, data, sink_);
    });
    limiter_.emplace([this](AVFrame& frame) {
      measure(frame);
      return encoder_->encode(frame);
    });
    const std::int64_t enough = (end_frame_ + 1) * kAacFrame;
    timeline_.emplace(track_.sample_rate, track_.channels, fed_frame_ * kAacFrame, enough,
                      [this](AVFrame& frame) { return limiter_->add(frame); });
    while (timeline_->position() < enough) {
      SLUICE_TRY_ASSIGN(auto packet, input_->read_packet());
      if (packet && packet->stream_index != track_.stream_index) continue;
      SLUICE_TRY(decode(packet.get()));
      if (!packet) break;
    }
    SLUICE_TRY(timeline_->finish(planned_end()));
    SLUICE_TRY(limiter_->finish());
    return encoder_->finish();
  }

  // Sound is as long as the picture at least; inside the video a part ends where the next starts.
  std::int64_t planned_end() const {
    if (end_segment_ < plan_.timeline.segment_count) return (end_frame_ + 1) * kAacFrame;
    return static_cast<std::int64_t>(plan_.timeline.duration_seconds * track_.sample_rate);
  }

  Result<> decode(const AVPacket* packet) {
    avcodec_send_packet(decoder_.get(), packet);
    auto frame = make_frame();
    while (avcodec_receive_frame(decoder_.get(), frame.get()) == 0) {
      if (frame->sample_rate > 0 && frame->nb_samples > 0) {
        SLUICE_TRY(timeline_->add(*frame, position_of(*frame)));
      }
      av_frame_unref(frame.get());
    }
    if (!track_.copied) report(timeline_->position());
    return {};
  }

  std::optional<std::int64_t> position_of(const AVFrame& frame) const {
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return std::nullopt;
    const double at = static_cast<double>(frame.best_effort_timestamp) * av_q2d(stream().time_base) -
                      plan_.source.origin_seconds;
    return std::llround(at * track_.sample_rate);
  }

  // Whole AAC frames, from the first that was fed on.
  void measure(const AVFrame& frame) {
    const auto number = fed_frame_ + measured_frames_++;
    if (meter_) meter_->add(frame, number >= first_frame_ && number < end_frame_);
  }

  Result<> publish_loudness() {
    if (!meter_) return {};
    Output output;
    output.loudness = LoudnessPart{track_.name, first_chunk_, meter_->blocks(), meter_->true_peak()};
    return sink_(std::move(output));
  }

  // The track's timescale is its sample rate, and every frame is where the plan expects it.
  Result<> copy_all() {
    if (meter_) {
      SLUICE_TRY_ASSIGN(decoder_, open_decoder(&stream(), 1));
      timeline_.emplace(track_.sample_rate, kMeasuredChannels, fed_frame_ * kAacFrame,
                        end_frame_ * kAacFrame, [this](AVFrame& frame) -> Result<> {
                          measure(frame);
                          return {};
                        });
    }
    while (true) {
      SLUICE_TRY_ASSIGN(const auto packet, input_->read_packet());
      if (!packet) break;
      if (packet->stream_index != track_.stream_index || packet->pts == AV_NOPTS_VALUE) continue;
      if (meter_) SLUICE_TRY(decode(packet.get()));
      const std::int64_t at = packet->pts + track_.copy_shift;
      const std::int64_t number = at / kAacFrame;
      if (at < 0 || number < next_copied_) continue;
      if (number >= end_frame_) break;
      if (at % kAacFrame != 0) {
        return fail(ErrorKind::internal, "sound_moved", "The sound is not where it was planned.");
      }
      SLUICE_TRY(copy_silence_up_to(number));
      SLUICE_TRY(copy({reinterpret_cast<const char*>(packet->data),
                       static_cast<std::size_t>(packet->size)}));
      report(at);
    }
    SLUICE_TRY(copy_silence_up_to(std::min(end_frame_, frames_in(planned_end()))));
    return timeline_ ? timeline_->finish(0) : Result<>();
  }

  static std::int64_t frames_in(std::int64_t samples) {
    return (samples + kAacFrame - 1) / kAacFrame;
  }

  Result<> copy(std::string_view frame) { return segments_.add(next_copied_++, frame, sink_); }

  // Where the source's sound begins later than the video or ends before it.
  Result<> copy_silence_up_to(std::int64_t number) {
    if (next_copied_ < number && silence_.empty()) {
      SLUICE_TRY_ASSIGN(silence_, silent_frame(track_));
    }
    while (next_copied_ < number) SLUICE_TRY(copy(silence_));
    return {};
  }

  void report(std::int64_t sample) {
    progress_(static_cast<double>(sample - first_frame_ * kAacFrame) / track_.sample_rate);
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
  int first_chunk_;
  std::int64_t next_copied_;
  std::string silence_;
  AudioSegments segments_;
  std::unique_ptr<SourceInput> input_;
  Codec decoder_;
  std::unique_ptr<AudioEncoder> encoder_;
  std::optional<LoudnessMeter> meter_;
  std::int64_t measured_frames_ = 0;
  std::optional<PeakLimiter> limiter_;
  std::optional<AudioTimeline> timeline_;
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
