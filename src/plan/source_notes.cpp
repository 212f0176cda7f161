#include "plan/source_notes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr const char* kPictureDamaged = "picture_damaged";
constexpr const char* kCutOff = "cut_off";

}  // namespace

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(std::floor(std::max(seconds, 0.0)));
  const long hours = whole / 3600, minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

Note damage_note(double from_seconds, double to_seconds, double duration_seconds) {
  const bool to_the_end = to_seconds >= duration_seconds;
  return {
      kPictureDamaged,
      to_the_end
          ? fmt::format("The file is damaged after {}: some pictures there are broken or missing.",
                        clock_text(from_seconds))
          : fmt::format("The file is damaged between {} and {}: some pictures there are broken or "
                        "missing.",
                        clock_text(from_seconds), clock_text(to_seconds))};
}

Note cut_off_note(double announced_seconds, double found_seconds) {
  return {kCutOff,
          fmt::format("The file says that it is {} long, but ends after {}. It may have been "
                      "cut off; what is there was kept.",
                      clock_text(announced_seconds), clock_text(found_seconds))};
}

bool tell_of_missing_pictures(const std::vector<Note>& notes) {
  return std::any_of(notes.begin(), notes.end(), [](const Note& note) {
    return note.code == kPictureDamaged || note.code == kCutOff;
  });
}

Note time_jumps_note(int jumps) {
  return {"time_jumps",
          jumps == 1
              ? std::string("The file's clock jumps in one place. The pieces were joined.")
              : fmt::format("The file's clock jumps in {} places. The pieces were joined.", jumps)};
}

Note audio_left_out_note(std::size_t tracks, std::size_t kept) {
  return {"audio_left_out",
          fmt::format("The file has {} audio tracks. The first {} were kept.", tracks, kept)};
}

Note picture_subtitles_note(int tracks) {
  return {"picture_subtitles",
          fmt::format("{} of the file {} pictures, not text, and left out. Captions can be added as "
                      "a file.",
                      tracks == 1 ? "One subtitle track" : fmt::format("{} subtitle tracks", tracks),
                      tracks == 1 ? "is" : "are")};
}

Note text_left_out_note(int tracks) {
  return {"subtitles_left_out",
          fmt::format("{} of the file could not be read and {} left out.",
                      tracks == 1 ? "One subtitle track" : fmt::format("{} subtitle tracks", tracks),
                      tracks == 1 ? "is" : "are")};
}

Note added_text_lost_note(const std::string& label) {
  return {"subtitles_left_out",
          fmt::format("Subtitles that were added{} are damaged in storage and were removed. Please "
                      "add them again.",
                      label.empty() ? "" : fmt::format(" ({})", label))};
}

Note no_hdr_base_note() {
  return {"no_hdr_base",
          "The picture is Dolby Vision without an HDR10 or HLG base. Its colours can't be shown as "
          "they "
          "were meant."};
}

}  // namespace sluice
