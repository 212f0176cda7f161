// The `finish` task: the gate that everything passes before a video is called complete.
#pragma once

#include "transcode/run_task.h"

namespace sluice {

// What is recorded must fit together and be in storage (check_output.h). Every init segment, and of
// every track the first, the middle and the last segment, is read back from there; all segments
// were read when they were made (segment_recorder.h). What does not pass is written to the log,
// with its numbers, and is `invalid`, code kOutputInvalid, with a sentence for the owner; or where
// a rendition was copied, that one is encoded after all. The same is done for the text tracks that
// there are; but one that was added, which nothing can make anew, is removed, and a note says so.
Result<TaskRun> run_finish(const TaskParts& parts, const Claim& claim);

}  // namespace sluice
