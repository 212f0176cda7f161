// How loud the parts of a track are, for a picture of it.
#pragma once

#include <vector>

#include "media/output.h"
#include "media/source_input.h"
#include "plan/plan.h"

namespace sluice::media {

// Root mean squares of `count` equal parts of the default track. Of long sound only the beginning
// of each part is decoded, so that it takes no longer than ten minutes' worth.
Result<std::vector<double>> measure_bars(SourceInput& input, const Plan& plan, int count,
                                         const ProgressSink& progress);

}  // namespace sluice::media
