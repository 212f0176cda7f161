#include "video/note.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace sluice {

using nlohmann::json;

std::vector<Note> with_notes(std::vector<Note> notes, const std::vector<Note>& more) {
  for (const auto& note : more) {
    if (notes.size() >= kMaxNotes) break;
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
  return notes;
}

std::string to_json(const std::vector<Note>& notes) {
  json list = json::array();
  for (const auto& note : notes) list.push_back({{"code", note.code}, {"message", note.message}});
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<Note> notes_from_json(std::string_view text) {
  const auto list = json::parse(text, nullptr, false);
  std::vector<Note> notes;
  if (!list.is_array()) return notes;
  for (const auto& one : list) {
    if (one.is_object()) notes.push_back({one.value("code", ""), one.value("message", "")});
  }
  return notes;
}

}  // namespace sluice
