// libavfilter, ahead of the sandbox: inside it no library can be loaded any more.
#pragma once

#include "plan/plan.h"

namespace sluice::media {

// What an engine answers (kind internal) when it is shut in without the library and a picture needs
// it: the size or the format changes in the middle of the film. The job is to be run again, with it.
inline constexpr const char* kFiltersMissing = "libavfilter_missing";

// As far as the plan tells: most sources need none, and loading takes as long as encoding a second
// of a small film.
bool needs_filters(const Plan& plan);

void load_filters();

}  // namespace sluice::media
