// Decoded sound laid on the video's timeline: resampled, holes filled, overlaps dropped.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "media/av.h"
#include "plan/plan.h"

namespace sluice::media {

class AudioTimeline {
 public:
  // Gives out whole AAC frames' worth of planar samples, starting with sample `start`. Sound that
  // begins at sample `end` or later is left out.
  using TakeFrame = std::function<Result<>(AVFrame&)>;
  AudioTimeline(int sample_rate, int channels, std::int64_t start, std::int64_t end, TakeFrame take);

  // Sound that begins at sample `at` of the timeline (of the output's sample rate); nothing known
  // about the time: it follows what came before. Rate, channels and format may change between two
  // calls. A clock that runs fast or slow is followed by stretching the sound, not heard.
  Result<> add(const AVFrame& decoded, std::optional<std::int64_t> at);

  // Silence up to sample `end`, and up to a whole frame.
  Result<> finish(std::int64_t end);

  std::int64_t position() const { return next_sample_; }  // the first sample not yet laid

 private:
  struct Format {
    int rate = 0, sample_format = -1, channels = 0;
    std::uint64_t mask = 0;  // 0: not known
    friend bool operator==(const Format&, const Format&) = default;
  };
  Result<> skip_beyond();
  static Format format_of(const AVFrame& decoded);
  Result<> start_run(const AVFrame& decoded, std::int64_t at);
  Result<> end_run();
  void follow_clock(double error, double seconds);
  Result<> convert(const AVFrame* decoded);
  Result<> lay(std::int64_t at, const std::vector<std::vector<float>>& samples, std::size_t count);
  Result<> give_frames();

  int sample_rate_;
  std::int64_t end_;
  int beyond_ = 0;  // frames in a row that begin after the end
  TakeFrame take_;
  Resampler resampler_;
  Format format_;
  double clock_error_ = 0;           // samples, smoothed
  double settling_seconds_ = 0;      // a correction is under way
  std::int64_t run_position_ = 0;    // sample that the resampler's next output is
  std::int64_t next_sample_ = 0;
  std::vector<std::vector<float>> fifo_;  // per channel
};

}  // namespace sluice::media
