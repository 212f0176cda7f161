// A rendition that is the source's own H.264, cut into segments.
#pragma once

#include "base/byte_source.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

// Why this source's picture is encoded; empty when the largest rendition is copied.
struct CopyPlan {
  Plan plan;
  std::string refused;
  std::string init_segment;  // of the copied rendition
};

// Lets the plan copy the largest rendition if everything that can be seen at once speaks for it:
// parameter sets, index, the first and the last pictures, and pictures where it would be cut.
// Everything else is checked when it is copied.
Result<CopyPlan> plan_copy(const ByteSource& source, Plan plan);

// The segments of some chunks, of the plan's copied rendition. Every picture is looked at:
// not_copyable (see not_copyable.h) when one is not what the plan takes for granted.
Result<> copy_video(const ByteSource& source, const Plan& plan, int first_chunk, int end_chunk,
                    const OutputSink& sink, const ProgressSink& progress);

}  // namespace sluice::media
