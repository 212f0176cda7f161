// What there is to say to the owner about a source. Every code has one place: here.
#pragma once

#include <string>
#include <vector>

#include "video/note.h"

namespace sluice {

// "0:07", "12:34", "1:02:03".
std::string clock_text(double seconds);

// Code picture_damaged: of what lies between two times. The same for everybody who decodes it.
Note damage_note(double from_seconds, double to_seconds, double duration_seconds);

// Does one of them say why a video has fewer pictures than its source lists?
bool tell_of_missing_pictures(const std::vector<Note>& notes);

// Code cut_off: the container speaks of more than there is.
Note cut_off_note(double announced_seconds, double found_seconds);

// Code time_jumps: the file's clock was set back or forth, and the pieces were joined.
Note time_jumps_note(int jumps);

// Code audio_left_out: more audio tracks than are made of one file.
Note audio_left_out_note(std::size_t tracks, std::size_t kept);

// Code picture_subtitles: there is no text in them.
Note picture_subtitles_note(int tracks);

// Code subtitles_left_out: text, but not readable, or far too much of it.
Note text_left_out_note(int tracks);

// Code subtitles_left_out as well: those that were added are no longer what they were.
Note added_text_lost_note(const std::string& label);

// Code no_hdr_base: Dolby Vision that can't be shown without Dolby's own decoder.
Note no_hdr_base_note();

}  // namespace sluice
