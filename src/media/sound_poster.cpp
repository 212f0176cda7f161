#include "media/sound_poster.h"

#include "media/cover_art.h"
#include "media/jpeg.h"
#include "media/loudness_bars.h"
#include "media/source_input.h"
#include "media/waveform.h"
#include "video/object_key.h"

namespace sluice::media {
namespace {

constexpr int kCoarseness = 3;

}  // namespace

Result<> make_sound_poster(const ByteSource& source, const Plan& plan, const OutputSink& sink,
                           const ProgressSink& progress) {
  if (plan.source.audio.empty()) {
    return fail(ErrorKind::internal, "bad_job", "The task does not fit the plan.");
  }
  SLUICE_TRY_ASSIGN(auto input, SourceInput::open(source));
  SLUICE_TRY_ASSIGN(auto picture, draw_cover(*input));
  if (!picture) {
    SLUICE_TRY_ASSIGN(const auto bars, measure_bars(*input, plan, kWaveformBars, progress));
    SLUICE_TRY_ASSIGN(picture, draw_waveform(bars));
  }
  SLUICE_TRY_ASSIGN(auto jpeg, encode_jpeg(*picture, kCoarseness));
  return sink({poster_name(0), std::move(jpeg), std::nullopt, 1.0});
}

}  // namespace sluice::media
