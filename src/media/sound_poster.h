// The `images` task: a poster for sound without a picture.
#pragma once

#include "base/byte_source.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

// The cover that is embedded in the file, on a ground of its own colours; where there is none that
// can be decoded, the waveform. 1280x720, the same bytes whoever makes it.
Result<> make_sound_poster(const ByteSource& source, const Plan& plan, const OutputSink& sink,
                           const ProgressSink& progress);

}  // namespace sluice::media
