#include "media/loudness_meter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "video/loudness.h"

namespace sluice::media {
namespace {

// The filters of BS.1770 annex 1 for any rate: analogue prototypes whose bilinear transform at
// 48 kHz has the coefficients of its tables 1 and 2.
struct Prototype {
  double hertz, quality;
};
constexpr Prototype kShelf{1681.974450955533, 0.7071752369554196};
constexpr double kShelfDecibels = 3.999843853973347;
constexpr double kShelfMiddle = 0.4996667741545416;  // of the exponent
constexpr Prototype kHighPass{38.13547087602444, 0.5003270373238773};

// Annex 2: four times the rate, by a windowed sinc of this many samples.
constexpr int kTaps = 12;
constexpr int kPhases = 4;

using Phases = std::array<std::array<float, kTaps>, kPhases>;

Phases make_phases() {
  Phases phases{};
  constexpr int kLength = kTaps * kPhases;
  for (int i = 0; i < kLength; ++i) {
    const double at = (i - kLength / 2) / static_cast<double>(kPhases);
    const double sinc = at == 0 ? 1 : std::sin(std::numbers::pi * at) / (std::numbers::pi * at);
    const double window = 0.5 * (1 - std::cos(2 * std::numbers::pi * i / kLength));
    phases[static_cast<std::size_t>(i % kPhases)][static_cast<std::size_t>(i / kPhases)] =
        static_cast<float>(sinc * window);
  }
  return phases;
}

const Phases& polyphase() {
  static const Phases phases = make_phases();
  return phases;
}

// Between samples that are both lower than this share of the highest peak there is no higher one,
// below two thirds of the highest frequency.
constexpr float kLeastBeside = 0.5f;

// Of kTaps samples: the highest value between the two in the middle, and of these.
float peak_around(const float* samples) {
  float highest = std::max(std::abs(samples[kTaps / 2 - 1]), std::abs(samples[kTaps / 2]));
  for (const auto& taps : polyphase()) {
    float sum = 0;
    for (std::size_t tap = 0; tap < kTaps; ++tap) sum += taps[tap] * samples[kTaps - 1 - tap];
    highest = std::max(highest, std::abs(sum));
  }
  return highest;
}

}  // namespace

LoudnessMeter::LoudnessMeter(int sample_rate, int channels)
    : channels_(static_cast<std::size_t>(channels)), step_length_(sample_rate / 10) {
  for (auto& channel : channels_) channel.tail.assign(kTaps - 1, 0.0f);
  const auto tangent = [&](double hertz) {
    return std::tan(std::numbers::pi * hertz / sample_rate);
  };
  {
    const double k = tangent(kShelf.hertz), q = kShelf.quality;
    const double high = std::pow(10, kShelfDecibels / 20), middle = std::pow(high, kShelfMiddle);
    const double a0 = 1 + k / q + k * k;
    shelf_ = {(high + middle * k / q + k * k) / a0, 2 * (k * k - high) / a0,
              (high - middle * k / q + k * k) / a0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
  }
  const double k = tangent(kHighPass.hertz), q = kHighPass.quality;
  const double a0 = 1 + k / q + k * k;
  high_pass_ = {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
}

void LoudnessMeter::add(const AVFrame& frame, bool counted) {
  std::vector<double> power(static_cast<std::size_t>(frame.nb_samples), 0.0);
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const auto* samples = reinterpret_cast<const float*>(frame.extended_data[i]);
    weigh(channels_[i], samples, frame.nb_samples, power.data());
    look_for_peak(channels_[i], samples, frame.nb_samples, counted);
  }
  if (!counted) return;
  for (const double one : power) {
    step_power_ += one;
    if (++in_step_ == step_length_) end_step();
  }
}

void LoudnessMeter::weigh(Channel& channel, const float* samples, int count, double* power) {
  auto [s1, s2] = channel.shelf;
  auto [h1, h2] = channel.high_pass;
  for (int i = 0; i < count; ++i) {
    // Transposed direct form II.
    const double in = samples[i];
    const double shelved = shelf_.b0 * in + s1;
    s1 = shelf_.b1 * in - shelf_.a1 * shelved + s2;
    s2 = shelf_.b2 * in - shelf_.a2 * shelved;
    const double out = shelved + h1;
    h1 = -2 * shelved - high_pass_.a1 * out + h2;
    h2 = shelved - high_pass_.a2 * out;
    power[i] += out * out;
  }
  // Silence must not end in denormal numbers, which are slow.
  const auto settled = [](double value) { return std::abs(value) < 1e-20 ? 0.0 : value; };
  channel.shelf = {settled(s1), settled(s2)};
  channel.high_pass = {settled(h1), settled(h2)};
}

void LoudnessMeter::look_for_peak(Channel& channel, const float* samples, int count, bool counted) {
  std::vector<float>& line = channel.tail;
  line.insert(line.end(), samples, samples + count);
  if (counted) {
    for (std::size_t at = 0; at + kTaps <= line.size(); ++at) {
      const float beside =
          std::max(std::abs(line[at + kTaps / 2 - 1]), std::abs(line[at + kTaps / 2]));
      if (beside > kLeastBeside * true_peak_)
        true_peak_ = std::max(true_peak_, peak_around(&line[at]));
    }
  }
  line.erase(line.begin(), line.end() - (kTaps - 1));
}

void LoudnessMeter::end_step() {
  steps_[static_cast<std::size_t>(step_count_ % 4)] = step_power_ / step_length_;
  step_power_ = 0;
  in_step_ = 0;
  if (++step_count_ < 4) return;
  const double power = (steps_[0] + steps_[1] + steps_[2] + steps_[3]) / 4;
  if (power <= 0) return;
  const double lufs = -0.691 + 10 * std::log10(power);
  if (lufs >= kAbsoluteGateLufs) ++blocks_[static_cast<int>(std::lround(lufs * 10))];
}

}  // namespace sluice::media
