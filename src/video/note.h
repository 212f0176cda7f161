// What the owner of a video should know about it: what was damaged, left out or guessed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// `code` is stable, for programs; `message` is whole sentences for the owner.
struct Note {
  std::string code;
  std::string message;

  friend bool operator==(const Note&, const Note&) = default;
};

// A video has no more of them: a thousand damaged places are no news after the fiftieth.
inline constexpr std::size_t kMaxNotes = 50;

// Adds those that are not there yet, so adding again changes nothing.
std::vector<Note> with_notes(std::vector<Note> notes, const std::vector<Note>& more);

// Stored form: a JSON array of {code, message}. What can't be read holds no notes.
std::string to_json(const std::vector<Note>& notes);
std::vector<Note> notes_from_json(std::string_view json);

}  // namespace sluice
