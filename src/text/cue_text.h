// Cue text of each format as WebVTT cue text (W3C WebVTT, section 4.2.2). Pure.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

struct CueText {
  std::string text;      // see Cue; "" when there is nothing to show
  std::string settings;  // what the text itself says of its place
};

// `text` is valid UTF-8. Whatever it says, what comes out holds no other markup than <b>, <i>, <u>
// and, from WebVTT, <c>, <v>, <lang>, <ruby>, <rt> and time stamps, all tags closed, and is no
// longer than kMaxCueBytes.
CueText cue_text_from_webvtt(std::string_view text);
// Of SubRip's own tags <font> has no counterpart; what isn't a tag of it is text.
CueText cue_text_from_subrip(std::string_view text);
// The text of an Advanced SubStation Alpha event: override codes but for weight, slant and
// underlining are left out, drawings too; what stands at the top stays there.
CueText cue_text_from_ass(std::string_view text);

// The known settings of a cue, each well-formed; the rest is left out.
std::string cue_settings(std::string_view settings);

}  // namespace sluice
