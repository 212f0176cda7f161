// Measures loudness and true peak as sound goes by (ITU-R BS.1770-4, EBU R 128).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "media/av.h"

namespace sluice::media {

// Of sound in front of a listener: one channel or two, all of weight 1.
class LoudnessMeter {
 public:
  LoudnessMeter(int sample_rate, int channels);

  // Planar floats. What is not counted only lets the filters settle.
  void add(const AVFrame& frame, bool counted);

  const std::map<int, std::int64_t>& blocks() const { return blocks_; }  // see LoudnessPart
  float true_peak() const { return true_peak_; }

 private:
  struct Biquad {
    double b0, b1, b2, a1, a2;
  };
  struct Channel {
    std::array<double, 2> shelf{}, high_pass{};
    std::vector<float> tail;  // the last samples of the frame before
  };
  void weigh(Channel& channel, const float* samples, int count, double* power);
  void look_for_peak(Channel& channel, const float* samples, int count, bool counted);
  void end_step();

  Biquad shelf_, high_pass_;
  std::vector<Channel> channels_;
  int step_length_;  // samples of 100 ms: blocks overlap by three quarters
  int in_step_ = 0;  // samples of the step that have gone by
  double step_power_ = 0;
  std::array<double, 4> steps_{};
  int step_count_ = 0;
  std::map<int, std::int64_t> blocks_;
  float true_peak_ = 0;
};

}  // namespace sluice::media
