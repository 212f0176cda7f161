// Decoded sound laid on the video's timeline: resampled, holes filled, overlaps dropped.
#pragma once

#include <functional>
#include <vector>

#include "media/av.h"
#include "plan/plan.h"

namespace sluice::media {

class AudioTimeline {
 public:
  // Gives out whole AAC frames' worth of planar samples, starting with sample `start`.
  using TakeFrame = std::function<Result<>(AVFrame&)>;
  AudioTimeline(const AudioRendition& track, std::int64_t start, TakeFrame take);

  // Sound that begins at sample `at` of the timeline (of the output's sample rate); nothing known
  // about the time: it follows what came before.
  Result<> add(const AVFrame& decoded, std::optional<std::int64_t> at);

  // Silence up to sample `end`, and up to a whole frame.
  Result<> finish(std::int64_t end);

  std::int64_t position() const { return next_sample_; }  // the first sample not yet laid

 private:
  bool same_format(const AVFrame& decoded) const;
  Result<> start_run(const AVFrame& decoded, std::int64_t at);
  Result<> end_run();
  Result<> convert(const AVFrame* decoded);
  Result<> lay(std::int64_t at, const std::vector<std::vector<float>>& samples, std::size_t count);
  Result<> give_frames();

  const AudioRendition& track_;
  TakeFrame take_;
  Resampler resampler_;
  int in_rate_ = 0, in_format_ = -1, in_channels_ = 0;
  std::int64_t run_position_ = 0;  // sample that the resampler's next output is
  std::int64_t next_sample_ = 0;
  std::vector<std::vector<float>> fifo_;  // per channel
};

}  // namespace sluice::media
