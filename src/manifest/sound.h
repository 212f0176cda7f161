// The sound tracks that a manifest offers, and which of them a player takes by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifest/published.h"
#include "plan/language.h"
#include "plan/plan.h"

namespace sluice {

using AudioChoice = std::vector<const AudioRendition*>;  // in the plan's order

// Tracks of two channels and of more.
AudioChoice published_audio(const Plan& plan, const PublishedTracks& tracks);

inline constexpr std::string_view kStereoGroup = "audio";
inline constexpr std::string_view kSurroundGroup = "surround";

// Renditions that are alternatives to each other, as HLS has them. All groups have the same members
// in the same order (section 4.4.6.1.1 of rfc8216bis): a track that is in two channels only is in
// both.
struct AudioGroup {
  std::string_view id;
  AudioChoice members;
};

// The group of two channels first, which every player can play; then, when there is anything in
// more channels, that.
std::vector<AudioGroup> audio_groups(const Plan& plan, const PublishedTracks& tracks);

// Exactly one is the default, whatever the source's flags say. `audio` isn't empty.
const AudioRendition* default_audio(const AudioChoice& audio);

// What a menu calls them, without double quotes. All tracks differ: RFC 8216 section 4.3.4.1.1 asks
// for that within a group. The same track in more channels has the same name.
std::vector<std::string> audio_names(const AudioChoice& audio);

// Automatic selection goes by language, so only one of each language offers itself.
bool autoselects(const AudioChoice& audio, const AudioRendition* one);

}  // namespace sluice
