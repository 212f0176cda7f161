#include "media/loudness_bars.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "media/audio_timeline.h"

namespace sluice::media {
namespace {

constexpr int kRate = 8000;  // enough to see
constexpr double kMostSecondsPerBar = 5;
// Reading on is cheaper than finding a place that is nearer than this.
constexpr double kWorthSeeking = 10;
constexpr double kSettleSeconds = 0.2;

const AudioRendition& default_track(const Plan& plan) {
  const auto found = std::find_if(plan.audio.begin(), plan.audio.end(),
                                  [](const auto& track) { return track.is_default; });
  return found != plan.audio.end() ? *found : plan.audio.front();
}

class BarMeasure {
 public:
  BarMeasure(SourceInput& input, const Plan& plan, int count)
      : input_(input),
        stream_(default_track(plan).stream_index),
        origin_(plan.source.origin_seconds),
        span_(plan.timeline.duration_seconds / count),
        listened_(std::min(span_, kMostSecondsPerBar)),
        power_(static_cast<std::size_t>(count), 0.0),
        timeline_(kRate, 1, 0, std::llround(plan.timeline.duration_seconds * kRate),
                  [this](AVFrame& samples) { return take(samples); }) {}

  Result<std::vector<double>> run(const ProgressSink& progress) {
    input_.only_stream(stream_);
    SLUICE_TRY_ASSIGN(decoder_, open_decoder(input_.stream(stream_), 1));
    const auto end = static_cast<std::int64_t>(span_ * static_cast<double>(power_.size()) * kRate);
    while (timeline_.position() < end) {
      SLUICE_TRY_ASSIGN(const auto packet, input_.read_packet());
      if (packet && (packet->stream_index != stream_ || skip(*packet))) continue;
      avcodec_send_packet(decoder_.get(), packet.get());
      SLUICE_TRY(take_frames());
      progress(static_cast<double>(timeline_.position()) / kRate);
      if (!packet) break;
    }
    SLUICE_TRY(timeline_.finish(0));
    for (double& power : power_) power = std::sqrt(power / (listened_ * kRate));
    return power_;
  }

 private:
  double seconds(std::int64_t ticks) const {
    return static_cast<double>(ticks) * av_q2d(input_.stream(stream_)->time_base) - origin_;
  }

  // Between what is listened to: further on at once where the container can, else packet by packet.
  bool skip(const AVPacket& packet) {
    if (packet.pts == AV_NOPTS_VALUE || listened_ >= span_) return false;
    const double at = seconds(packet.pts);
    const double bar = std::floor(std::max(0.0, at) / span_);
    const double next = (bar + 1) * span_;
    // A little early: decoders settle.
    if (at < bar * span_ + listened_ || at > next - kSettleSeconds) return false;
    if (next - at > kWorthSeeking && next > sought_) {
      sought_ = next;  // a container that comes out in front of the same place again is read on
      const auto ticks = static_cast<std::int64_t>((next - kSettleSeconds + origin_) /
                                                   av_q2d(input_.stream(stream_)->time_base));
      if (avformat_seek_file(input_.format(), stream_, INT64_MIN, ticks, ticks, 0) >= 0) {
        avcodec_flush_buffers(decoder_.get());
      }
    }
    return true;
  }

  Result<> take_frames() {
    auto frame = make_frame();
    while (avcodec_receive_frame(decoder_.get(), frame.get()) == 0) {
      if (frame->nb_samples > 0 && frame->sample_rate > 0) {
        std::optional<std::int64_t> at;
        if (frame->best_effort_timestamp != AV_NOPTS_VALUE) {
          at = std::llround(seconds(frame->best_effort_timestamp) * kRate);
        }
        SLUICE_TRY(timeline_.add(*frame, at));
      }
      av_frame_unref(frame.get());
    }
    return {};
  }

  Result<> take(const AVFrame& samples) {
    const auto* values = reinterpret_cast<const float*>(samples.extended_data[0]);
    for (int i = 0; i < samples.nb_samples; ++i, ++taken_) {
      const double at = static_cast<double>(taken_) / kRate;
      const double bar = std::floor(at / span_);
      if (values[i] == 0 || bar >= static_cast<double>(power_.size()) ||
          at >= bar * span_ + listened_) {
        continue;
      }
      power_[static_cast<std::size_t>(bar)] += static_cast<double>(values[i]) * values[i];
    }
    return {};
  }

  SourceInput& input_;
  int stream_;
  double origin_;
  double span_, listened_;  // seconds
  std::vector<double> power_;
  AudioTimeline timeline_;
  Codec decoder_;
  std::int64_t taken_ = 0;
  double sought_ = -1;
};

}  // namespace

Result<std::vector<double>> measure_bars(SourceInput& input, const Plan& plan, int count,
                                         const ProgressSink& progress) {
  return BarMeasure(input, plan, count).run(progress);
}

}  // namespace sluice::media
