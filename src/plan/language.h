// Languages of tracks: containers name them by ISO 639-2, manifests by BCP 47. Pure.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// The BCP 47 tag of what a container says ("ger", "deu", "de", "pt_BR"): with the two-letter code
// where the language has one, as RFC 5646 wants. "" for what names no language ("und", "English").
std::string language_tag(std::string_view language);

// ISO 639-2/T for the media header of an MP4 track; "und" where the tag has no such code.
std::string iso_639_2(std::string_view tag);

}  // namespace sluice
