#include "media/audio_timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "media/audio_encoder.h"
#include "media/downmix.h"

namespace sluice::media {
namespace {

// Time stamps jitter by a packet or so without the sound being torn; beyond this it is a real hole
// or overlap. Less than a frame of film, so sound never drifts visibly from the picture.
constexpr double kJumpSeconds = 0.030;
// A recorder's clock and the sound card's differ by up to some parts in ten thousand: what that
// adds up to is made good in small steps, long before it is a hole or a quarter of a frame of film.
constexpr double kClockErrorSeconds = 0.003;
constexpr double kClockSmoothingSeconds = 2.0;
constexpr double kClockCorrectionSeconds = 1.0;
constexpr std::int64_t kMaxSilenceAtOnce = 48000;  // keeps memory small
constexpr int kPatience = 100;                     // frames

Error resampling_failed(int error) {
  return {ErrorKind::internal, "resampling_failed", "Sound could not be resampled (" + av_message(error) + ")."};
}

}  // namespace

AudioTimeline::AudioTimeline(int sample_rate, int channels, std::int64_t start, std::int64_t end,
                             TakeFrame take)
    : sample_rate_(sample_rate), end_(end), take_(std::move(take)), next_sample_(start),
      fifo_(static_cast<std::size_t>(channels)) {}

AudioTimeline::Format AudioTimeline::format_of(const AVFrame& decoded) {
  const auto& layout = decoded.ch_layout;
  return {decoded.sample_rate, decoded.format, layout.nb_channels,
          layout.order == AV_CHANNEL_ORDER_NATIVE ? layout.u.mask : 0};
}

Result<> AudioTimeline::add(const AVFrame& decoded, std::optional<std::int64_t> at) {
  if (at && *at >= end_) return skip_beyond();
  beyond_ = 0;
  std::int64_t expected = run_position_;
  if (resampler_) expected += swr_get_delay(resampler_.get(), sample_rate_);
  const auto jump = static_cast<std::int64_t>(kJumpSeconds * sample_rate_);
  const bool jumped = at && std::abs(*at - expected) > jump;
  if (!resampler_ || format_of(decoded) != format_ || jumped) {
    SLUICE_TRY(end_run());
    SLUICE_TRY(start_run(decoded, at.value_or(expected)));
  } else if (at) {
    follow_clock(static_cast<double>(*at - expected),
                 static_cast<double>(decoded.nb_samples) / decoded.sample_rate);
  }
  return convert(&decoded);
}

// One broken time stamp must not make silence of all that follows.
Result<> AudioTimeline::skip_beyond() {
  if (++beyond_ < kPatience) return {};
  SLUICE_TRY(end_run());
  return lay(end_, std::vector<std::vector<float>>(fifo_.size()), 0);
}

// Time stamps are rounded to as little as a millisecond: only their mean over some time tells.
void AudioTimeline::follow_clock(double error, double seconds) {
  settling_seconds_ -= seconds;
  if (settling_seconds_ > 0) return;
  clock_error_ += (error - clock_error_) * std::min(1.0, seconds / kClockSmoothingSeconds);
  const auto correction = static_cast<int>(std::lround(clock_error_));
  if (std::abs(correction) < kClockErrorSeconds * sample_rate_) return;
  swr_set_compensation(resampler_.get(), correction,
                       static_cast<int>(kClockCorrectionSeconds * sample_rate_));
  clock_error_ = 0;
  settling_seconds_ = 1.5 * kClockCorrectionSeconds;
}

Result<> AudioTimeline::start_run(const AVFrame& decoded, std::int64_t at) {
  format_ = format_of(decoded);
  AVChannelLayout in{}, out{};
  if (format_.mask != 0) {
    av_channel_layout_from_mask(&in, format_.mask);
  } else {
    av_channel_layout_default(&in, format_.channels);
  }
  av_channel_layout_default(&out, static_cast<int>(fifo_.size()));
  SwrContext* made = nullptr;
  int result = swr_alloc_set_opts2(&made, &out, AV_SAMPLE_FMT_FLTP, sample_rate_, &in,
                                   static_cast<AVSampleFormat>(format_.sample_format),
                                   format_.rate, 0, nullptr);
  resampler_.reset(made);
  if (result >= 0 && av_channel_layout_compare(&in, &out) != 0) {
    const auto matrix = downmix_matrix(in, out);
    result = swr_set_matrix(made, matrix.data(), format_.channels);
  }
  av_channel_layout_uninit(&in);
  av_channel_layout_uninit(&out);
  if (result >= 0) result = swr_init(resampler_.get());
  if (result < 0) return fail(resampling_failed(result));
  run_position_ = at;
  clock_error_ = settling_seconds_ = 0;
  return {};
}

Result<> AudioTimeline::end_run() {
  if (!resampler_) return {};
  SLUICE_TRY(convert(nullptr));
  resampler_.reset();
  return {};
}

Result<> AudioTimeline::convert(const AVFrame* decoded) {
  const int in_samples = decoded != nullptr ? decoded->nb_samples : 0;
  const int room = swr_get_out_samples(resampler_.get(), in_samples) + 64;
  std::vector<std::vector<float>> samples(fifo_.size(), std::vector<float>(static_cast<std::size_t>(room)));
  std::vector<std::uint8_t*> planes;
  for (auto& channel : samples) planes.push_back(reinterpret_cast<std::uint8_t*>(channel.data()));
  const auto** input = decoded != nullptr
                           ? const_cast<const std::uint8_t**>(decoded->extended_data)
                           : nullptr;
  const int got = swr_convert(resampler_.get(), planes.data(), room, input, in_samples);
  if (got < 0) return fail(resampling_failed(got));
  const auto at = run_position_;
  run_position_ += got;
  return lay(at, samples, static_cast<std::size_t>(got));
}

Result<> AudioTimeline::lay(std::int64_t at, const std::vector<std::vector<float>>& samples,
                            std::size_t count) {
  while (at > next_sample_) {
    const auto silence = std::min(at - next_sample_, kMaxSilenceAtOnce);
    for (auto& channel : fifo_) channel.insert(channel.end(), static_cast<std::size_t>(silence), 0.0f);
    next_sample_ += silence;
    SLUICE_TRY(give_frames());
  }
  const auto skip = static_cast<std::size_t>(std::clamp<std::int64_t>(
      next_sample_ - at, 0, static_cast<std::int64_t>(count)));
  for (std::size_t i = 0; i < fifo_.size(); ++i) {
    fifo_[i].insert(fifo_[i].end(), samples[i].begin() + static_cast<std::ptrdiff_t>(skip),
                    samples[i].begin() + static_cast<std::ptrdiff_t>(count));
  }
  next_sample_ += static_cast<std::int64_t>(count - skip);
  return give_frames();
}

Result<> AudioTimeline::give_frames() {
  std::size_t given = 0;
  while (fifo_.front().size() - given >= kAacFrame) {
    auto frame = make_frame();
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->nb_samples = kAacFrame;
    frame->sample_rate = sample_rate_;
    av_channel_layout_default(&frame->ch_layout, static_cast<int>(fifo_.size()));
    if (const int got = av_frame_get_buffer(frame.get(), 0); got < 0) return fail(resampling_failed(got));
    for (std::size_t i = 0; i < fifo_.size(); ++i) {
      std::copy_n(fifo_[i].begin() + static_cast<std::ptrdiff_t>(given), kAacFrame,
                  reinterpret_cast<float*>(frame->extended_data[i]));
    }
    given += kAacFrame;
    SLUICE_TRY(take_(*frame));
  }
  for (auto& channel : fifo_) channel.erase(channel.begin(), channel.begin() + static_cast<std::ptrdiff_t>(given));
  return {};
}

Result<> AudioTimeline::finish(std::int64_t end) {
  SLUICE_TRY(end_run());
  std::int64_t target = std::max(end, next_sample_);
  const auto rest = (static_cast<std::int64_t>(fifo_.front().size()) + target - next_sample_) % kAacFrame;
  if (rest != 0) target += kAacFrame - rest;
  return lay(target, std::vector<std::vector<float>>(fifo_.size()), 0);
}

}  // namespace sluice::media
