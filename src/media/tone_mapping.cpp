#include "media/tone_mapping.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sluice::media {
namespace {

// What the screens that people watch SDR on make of white: so everything up to there is as bright
// as it was meant, and above HDR's diffuse white (203 nits, ITU-R BT.2408) is room for highlights.
constexpr double kScreenWhiteNits = 250;
// What HLG's display-referred form is defined for, and what most PQ is mastered for.
constexpr double kUsualPeakNits = 1000;
constexpr double kLargestPeakNits = 10000;
// Theirs too. BT.1886's 2.4 is for a dark room.
constexpr double kSdrGamma = 2.2;
// How much of the curve is applied to each component by itself (highlights fade to white, as on
// film) rather than to the colour as a whole (hues stay, bright lights look painted).
constexpr double kFade = 0.35;

// ST 2084.
constexpr double kM1 = 2610.0 / 16384, kM2 = 2523.0 / 4096 * 128;
constexpr double kC1 = 3424.0 / 4096, kC2 = 2413.0 / 4096 * 32, kC3 = 2392.0 / 4096 * 32;

double pq_to_nits(double signal) {
  const double power = std::pow(std::max(signal, 0.0), 1 / kM2);
  return kLargestPeakNits * std::pow(std::max(power - kC1, 0.0) / (kC2 - kC3 * power), 1 / kM1);
}

double nits_to_pq(double nits) {
  const double power = std::pow(std::max(nits, 0.0) / kLargestPeakNits, kM1);
  return std::pow((kC1 + kC2 * power) / (1 + kC3 * power), kM2);
}

// BT.2100's inverse OETF: signal → scene light, 0 to 1.
double hlg_to_scene(double signal) {
  constexpr double a = 0.17883277, b = 0.28466892, c = 0.55991073;
  const double e = std::max(signal, 0.0);
  return e <= 0.5 ? e * e / 3 : (std::exp((e - c) / a) + b) / 12;
}

// BT.2100's OOTF for a screen of 1000 nits: gamma 1.2 on the luminance.
Rgb hlg_to_nits(Rgb signal) {
  const Rgb scene{hlg_to_scene(signal.r), hlg_to_scene(signal.g), hlg_to_scene(signal.b)};
  const double luminance = 0.2627 * scene.r + 0.6780 * scene.g + 0.0593 * scene.b;
  const double gain = kUsualPeakNits * std::pow(std::max(luminance, 1e-9), 0.2);
  return {scene.r * gain, scene.g * gain, scene.b * gain};
}

double gamma_to_nits(double signal) {
  return kScreenWhiteNits * std::pow(std::max(signal, 0.0), kSdrGamma);
}

// Y'CbCr can name colours that no R'G'B' is.
Rgb to_nits(Rgb signal, const LightSignal& kind) {
  for (double* part : {&signal.r, &signal.g, &signal.b}) *part = std::clamp(*part, 0.0, 1.0);
  if (kind.transfer == HdrTransfer::hlg) return hlg_to_nits(signal);
  const auto one = kind.transfer == HdrTransfer::pq ? pq_to_nits : gamma_to_nits;
  return {one(signal.r), one(signal.g), one(signal.b)};
}

// To linear BT.709 (both have D65 as white). Colours outside of it have negative parts.
Rgb to_bt709(Rgb light, Primaries primaries) {
  if (primaries == Primaries::bt2020) {  // ITU-R BT.2087
    return {1.660491 * light.r - 0.587641 * light.g - 0.072850 * light.b,
            -0.124550 * light.r + 1.132900 * light.g - 0.008349 * light.b,
            -0.018151 * light.r - 0.100579 * light.g + 1.118730 * light.b};
  }
  if (primaries == Primaries::p3) {
    return {1.224940 * light.r - 0.224940 * light.g, -0.042057 * light.r + 1.042057 * light.g,
            -0.019638 * light.r - 0.078636 * light.g + 1.098274 * light.b};
  }
  return light;
}

// How far the parts of a colour may lie below its largest one: the first kept as they are, what
// lies beyond is drawn in, so that `farthest` (the primaries' own corner) ends at the border.
double drawn_in(double part, double largest, double farthest) {
  constexpr double kKept = 0.95;
  const double distance = (largest - part) / largest;
  if (distance <= kKept) return part;
  // Slope 1 at kKept and value 1 at `farthest`.
  const double room = 1 - kKept, span = farthest - kKept;
  const double scale = room * span / (span - room);
  const double over = distance - kKept;
  const double near = kKept + over / (1 + over / scale);
  return largest * (1 - std::min(near, 1.0));
}

Rgb into_gamut(Rgb light, Primaries primaries) {
  if (primaries == Primaries::bt709) return light;
  const double largest = std::max({light.r, light.g, light.b});
  if (largest <= 0) return {};
  const bool wide = primaries == Primaries::bt2020;
  return {drawn_in(light.r, largest, wide ? 1.59 : 1.22),
          drawn_in(light.g, largest, wide ? 1.08 : 1.04),
          drawn_in(light.b, largest, wide ? 1.12 : 1.09)};
}

double to_signal(double share) { return std::pow(std::clamp(share, 0.0, 1.0), 1 / kSdrGamma); }

}  // namespace

double believed_peak_nits(double max_content_nits, double mastering_nits) {
  // Zeros, and what nobody has ever shown, are left over from tools that fill in something.
  for (const double nits : {max_content_nits, mastering_nits}) {
    if (nits >= 100 && nits <= kLargestPeakNits) return nits;
  }
  return kUsualPeakNits;
}

double tone_curve(double nits, double peak_nits) {
  if (peak_nits <= kScreenWhiteNits) return std::clamp(nits / kScreenWhiteNits, 0.0, 1.0);
  const double peak = nits_to_pq(peak_nits);
  const double white = nits_to_pq(kScreenWhiteNits) / peak;
  const double knee = 1.5 * white - 0.5;
  const double in = std::min(nits_to_pq(nits) / peak, 1.0);
  double out = in;
  if (in > knee) {
    const double t = (in - knee) / (1 - knee), t2 = t * t, t3 = t2 * t;
    out =
        (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * white;
  }
  return std::clamp(pq_to_nits(out * peak) / kScreenWhiteNits, 0.0, 1.0);
}

Rgb to_sdr(Rgb signal, const LightSignal& kind) {
  const Rgb light = into_gamut(to_bt709(to_nits(signal, kind), kind.primaries), kind.primaries);
  const double peak = kind.transfer == HdrTransfer::none  ? kScreenWhiteNits
                      : kind.transfer == HdrTransfer::hlg ? kUsualPeakNits
                                                          : kind.peak_nits;
  const double largest = std::max({light.r, light.g, light.b});
  const double gain = largest > 0 ? tone_curve(largest, peak) / largest : 0;
  const auto one = [&](double part) {
    return to_signal((1 - kFade) * part * gain + kFade * tone_curve(part, peak));
  };
  return {one(light.r), one(light.g), one(light.b)};
}

}  // namespace sluice::media
