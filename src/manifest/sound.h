// The sound tracks that a manifest offers, and which of them a player takes by itself.
#pragma once

#include <string>
#include <vector>

#include "manifest/published.h"
#include "plan/plan.h"

namespace sluice {

using AudioChoice = std::vector<const AudioRendition*>;  // in the plan's order

AudioChoice published_audio(const Plan& plan, const PublishedTracks& tracks);

// Exactly one is the default, whatever the source's flags say. `audio` isn't empty.
const AudioRendition* default_audio(const AudioChoice& audio);

// What a menu calls them, without double quotes. All differ: RFC 8216 section 4.3.4.1.1 asks for
// that within a group.
std::vector<std::string> audio_names(const AudioChoice& audio);

// Automatic selection goes by language, so only one of each language offers itself.
bool autoselects(const AudioChoice& audio, const AudioRendition* one);

}  // namespace sluice
