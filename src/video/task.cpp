#include "video/task.h"

#include <array>
#include <utility>

namespace sluice {
namespace {

template <class Value, std::size_t N>
using Names = std::array<std::pair<Value, std::string_view>, N>;

constexpr Names<TaskKind, 6> kKinds = {{{TaskKind::prepare, "prepare"},
                                        {TaskKind::video, "video"},
                                        {TaskKind::audio, "audio"},
                                        {TaskKind::text, "text"},
                                        {TaskKind::images, "images"},
                                        {TaskKind::finish, "finish"}}};
constexpr Names<TaskState, 5> kStates = {{{TaskState::waiting, "waiting"},
                                          {TaskState::running, "running"},
                                          {TaskState::done, "done"},
                                          {TaskState::failed, "failed"},
                                          {TaskState::canceled, "canceled"}}};
constexpr Names<Lane, 2> kLanes = {{{Lane::first, "first"}, {Lane::rest, "rest"}}};

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& [entry, name] : table) {
    if (entry == value) return name;
  }
  return "";
}

template <class Value, std::size_t N>
std::optional<Value> value_of(const Names<Value, N>& table, std::string_view text) {
  for (const auto& [value, name] : table) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(TaskKind kind) { return name_of(kKinds, kind); }
std::string_view to_string(TaskState state) { return name_of(kStates, state); }
std::string_view to_string(Lane lane) { return name_of(kLanes, lane); }
std::optional<TaskKind> parse_task_kind(std::string_view text) { return value_of(kKinds, text); }
std::optional<TaskState> parse_task_state(std::string_view text) { return value_of(kStates, text); }
std::optional<Lane> parse_lane(std::string_view text) { return value_of(kLanes, text); }

}  // namespace sluice
