// Are the objects of a text track what its playlist will name? Pure.
//
// Every error is `internal`, code output_invalid, with what is wrong.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/plan.h"
#include "video/text_track.h"
#include "video/video.h"

namespace sluice {

using ObjectSizes = std::map<std::string, std::int64_t, std::less<>>;  // by key

// Enough of a text segment to see what it is.
inline constexpr std::int64_t kTextHeadBytes = 32 * 1024;

int text_segment_count(const Plan& plan, const TextTrack& track);

// From the video's start to its end there is a segment for every part of it, and the whole in one
// file; together they have as many bytes as were recorded.
Result<> check_text_objects(const VideoId& video, const Plan& plan, const TextTrack& track,
                            const ObjectSizes& sizes);

// A segment's beginning: WebVTT on the clock of the media (RFC 8216 section 3.5), whose cues are
// shown while the segment lasts.
Result<> check_text_segment(const Plan& plan, const TextTrack& track, int index,
                            std::string_view head);

}  // namespace sluice
