// A copied rendition turns out not to be fit to be seen: the plan's spare takes its place.
#pragma once

#include <string>
#include <vector>

#include "transcode/run_task.h"

namespace sluice {

// Does this error of a job that made these tracks say that the plan's copy must not be?
bool was_copy_refused(const Plan& plan, const std::vector<std::string>& tracks, const Error& error);

// Replaces the copied rendition; nothing else of the plan changes. Where another task of the video
// has found out before, this one is done over by the new plan.
Result<TaskRun> encode_after_all(const TaskParts& parts, const Claim& claim, const Plan& plan,
                                 const Error& why);

// Of a rendition that was copied nothing is left of how it would have been encoded, and the other
// way round.
Result<> remove_spare(ObjectStore& media, const VideoId& video, const Plan& plan);

}  // namespace sluice
