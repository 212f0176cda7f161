// Is an output what its plan and its record say? Read back from its bytes. Pure.
//
// Every error is `internal`, code output_invalid: a bug of ours, with its numbers in the message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/plan.h"
#include "video/task.h"

namespace sluice {

// Enough of a segment for everything in front of its samples.
inline constexpr std::int64_t kSegmentHeadBytes = 32 * 1024;

// A media segment is one well-formed fragment. Its decode time is the recorded start, and its
// samples last for the recorded duration, which rounds to no more than the target duration. All are
// shown inside it, no two at once and none before it is decoded. It starts where the plan cuts, a
// picture's with an IDR frame. `bytes` is the object or its head; `object_bytes` how long the
// object is. Answers with the number of samples.
Result<int> check_segment(const Plan& plan, const StoredSegment& recorded, std::string_view bytes,
                          std::int64_t object_bytes);

// An init segment has the plan's timescale, size and CODECS, and no edit list; sound has the plan's
// rate and channels. A picture's says its colours, and its parameter sets say the same of colours,
// size, profile and level (those of a copied source may say nothing of colours).
Result<> check_init_segment(const Plan& plan, const std::string& track, std::string_view bytes);

// An engine's output is named as the plan's outputs are: "TRACK/FILE" or "images/FILE".
Result<> check_output_name(const Plan& plan, std::string_view name);

}  // namespace sluice
