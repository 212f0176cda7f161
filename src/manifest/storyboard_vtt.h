// The index of a storyboard as WebVTT: for each stretch of time the part of an image that shows it.
#pragma once

#include <optional>
#include <string>

#include "manifest/published.h"
#include "plan/plan.h"

namespace sluice {

// Lives at "storyboard.vtt" beside "images/". Cues are without a gap from 0 to the end of what is
// published of the smallest rendition, whose tasks make the images; a chunk that is not wholly
// published has none. No cues while there is nothing to show; nothing when the plan has no
// storyboard. Fragments are spatial media fragments (W3C Media Fragments URI 1.0, section 4.2.2).
std::optional<std::string> storyboard_vtt(const Plan& plan, const PublishedTracks& tracks,
                                          const MediaUrls& urls);

}  // namespace sluice
