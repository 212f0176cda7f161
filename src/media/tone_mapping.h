// From HDR and wide-gamut signals to an SDR picture in BT.709. Pure: one colour in, one colour out,
// from facts of the source alone, so that no chunk looks different from its neighbours.
// docs/decisions/tone-mapping.md says why it is done this way.
#pragma once

namespace sluice::media {

struct Rgb {
  double r = 0, g = 0, b = 0;
};

enum class HdrTransfer {
  none,  // ordinary gamma
  pq,    // SMPTE ST 2084
  hlg,   // ITU-R BT.2100 hybrid log-gamma
};

enum class Primaries { bt709, bt2020, p3 };

struct LightSignal {
  HdrTransfer transfer = HdrTransfer::none;
  Primaries primaries = Primaries::bt709;
  double peak_nits = 1000;  // of PQ: the brightest that the source says it shows
};

// The brightest of a source by what it says of itself: MaxCLL, else the mastering display's peak,
// else 1000; 0 is "doesn't say".
double believed_peak_nits(double max_content_nits, double mastering_nits);

// Nits shown in HDR → the share of SDR white, 0 to 1: BT.2390's curve, one to one up to the brightest
// skin of an HDR picture of 1000 nits.
double tone_curve(double nits, double peak_nits);

// Non-linear R'G'B' of the source, 0 to 1 → non-linear R'G'B' for an SDR screen in BT.709, 0 to 1.
Rgb to_sdr(Rgb signal, const LightSignal& kind);

}  // namespace sluice::media
