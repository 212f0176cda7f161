#include "media/audio_timeline.h"

#include <algorithm>
#include <cstdlib>

#include "media/audio_encoder.h"

namespace sluice::media {
namespace {

// Time stamps jitter by a packet or so without the sound being torn; beyond this it is a real hole
// or overlap. Less than a frame of film, so sound never drifts visibly from the picture.
constexpr double kJumpSeconds = 0.030;
// More silence than this at once would be a broken time stamp, not a hole.
constexpr std::int64_t kMaxSilenceAtOnce = 48000;

Error resampling_failed(int error) {
  return {ErrorKind::internal, "resampling_failed", "Sound could not be resampled (" + av_message(error) + ")."};
}

}  // namespace

AudioTimeline::AudioTimeline(const AudioRendition& track, std::int64_t start, TakeFrame take)
    : track_(track), take_(std::move(take)), next_sample_(start),
      fifo_(static_cast<std::size_t>(track.channels)) {}

bool AudioTimeline::same_format(const AVFrame& decoded) const {
  return resampler_ && decoded.sample_rate == in_rate_ && decoded.format == in_format_ &&
         decoded.ch_layout.nb_channels == in_channels_;
}

Result<> AudioTimeline::add(const AVFrame& decoded, std::optional<std::int64_t> at) {
  std::int64_t expected = run_position_;
  if (resampler_) expected += swr_get_delay(resampler_.get(), track_.sample_rate);
  const auto jump = static_cast<std::int64_t>(kJumpSeconds * track_.sample_rate);
  const bool jumped = at && std::abs(*at - expected) > jump;
  if (!same_format(decoded) || jumped) {
    SLUICE_TRY(end_run());
    SLUICE_TRY(start_run(decoded, at.value_or(expected)));
  }
  return convert(&decoded);
}

Result<> AudioTimeline::start_run(const AVFrame& decoded, std::int64_t at) {
  in_rate_ = decoded.sample_rate;
  in_format_ = decoded.format;
  in_channels_ = decoded.ch_layout.nb_channels;
  AVChannelLayout in{}, out{};
  if (decoded.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&in, in_channels_);
  } else {
    av_channel_layout_copy(&in, &decoded.ch_layout);
  }
  av_channel_layout_default(&out, track_.channels);
  SwrContext* made = nullptr;
  int result = swr_alloc_set_opts2(&made, &out, AV_SAMPLE_FMT_FLTP, track_.sample_rate, &in,
                                   static_cast<AVSampleFormat>(in_format_), in_rate_, 0, nullptr);
  resampler_.reset(made);
  av_channel_layout_uninit(&in);
  av_channel_layout_uninit(&out);
  if (result >= 0) result = swr_init(resampler_.get());
  if (result < 0) return fail(resampling_failed(result));
  run_position_ = at;
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
    frame->sample_rate = track_.sample_rate;
    av_channel_layout_default(&frame->ch_layout, track_.channels);
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
