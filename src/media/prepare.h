// The engine's part of the `prepare` task: probe, plan, and the init segments of every track.
#pragma once

#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

// The plan with codecs and init hashes filled in; the init segments go to `sink`.
Result<Plan> prepare(const ByteSource& source, const PlanPolicy& policy, const OutputSink& sink);

}  // namespace sluice::media
