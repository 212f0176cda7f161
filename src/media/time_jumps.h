// Files whose clock jumps: recordings that were joined byte by byte, or taken from a broadcast.
#pragma once

#include <vector>

#include "media/source_input.h"
#include "plan/source_facts.h"

namespace sluice::media {

// Can a file of this kind have them? Others keep one clock for the whole file.
bool clock_may_jump(const AVFormatContext* format);

// Where the clock jumps, with what makes one clock of it; in order. A short file is read once from
// start to end; of a long one some places are looked at, and what lies between two of them is read
// only where they don't fit each other. Nothing when it jumps all the time: then there is no clock.
Result<std::vector<TimeJump>> find_time_jumps(const ByteSource& source);

}  // namespace sluice::media
