// From a segment's coded samples to the object that is stored of it.
#pragma once

#include <string>
#include <vector>

#include "media/cmaf.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

// Preconditions as write_media_segment.
Output pack_segment(const Plan& plan, const std::string& track, const std::vector<Sample>& samples,
                    std::int64_t end, int index);

}  // namespace sluice::media
