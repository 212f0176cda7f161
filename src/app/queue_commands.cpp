#include "app/queue_commands.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "video/task_message.h"

namespace sluice {
namespace {

constexpr int kMostListed = 10'000;

using Row = std::array<std::string, 6>;

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text;
}

Row to_row(const DeadLetter& letter) {
  const auto message = task_message_from_json(letter.body);
  Row row{letter.id,
          message ? std::string(to_string(message->kind)) : "?",
          message ? message->video_id.str() : "?",
          std::to_string(letter.deliveries),
          to_rfc3339(letter.published_at),
          letter.reason};
  for (auto& cell : row) cell = printable(std::move(cell));
  return row;
}

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string json_line(const DeadLetter& letter) {
  nlohmann::ordered_json json = {{"id", letter.id},
                                 {"kind", nullptr},
                                 {"video_id", nullptr},
                                 {"task_id", nullptr},
                                 {"deliveries", letter.deliveries},
                                 {"reason", letter.reason},
                                 {"published_at", to_rfc3339(letter.published_at)},
                                 {"body", letter.body}};
  if (const auto message = task_message_from_json(letter.body)) {
    json["kind"] = to_string(message->kind);
    json["video_id"] = message->video_id.str();
    json["task_id"] = message->task_id.str();
  }
  return json.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace) + '\n';
}

Result<DeadLetter> find_letter(DeadLetters& letters, std::string_view id) {
  SLUICE_TRY_ASSIGN(auto all, letters.list(kMostListed));
  const auto found = std::ranges::find(all, id, &DeadLetter::id);
  if (found == all.end()) return dead_letter_not_found();
  return std::move(*found);
}

// A message is a doorbell, so one too many does no harm, and nobody waits behind it for long.
Result<> ring_again(const ReplayParts& parts, const DeadLetter& letter) {
  return parts.queue.publish(Lane::first, letter.body);
}

Result<std::string> replay(const ReplayParts& parts, const DeadLetter& letter) {
  const auto message = task_message_from_json(letter.body);
  if (!message && message.error().code == "unknown_message_version") {
    SLUICE_TRY(ring_again(parts, letter));
    return "The message was written by another version of Sluice; it is on the queue again.";
  }
  if (!message) {
    return fail(ErrorKind::invalid, "dead_letter_unreadable",
                "This message is not a task message, so there is nothing to do again; it will be "
                "gone two weeks after it died.");
  }
  const auto video = printable(message->video_id.str());
  const auto retried = parts.tasks.retry_video(message->video_id, parts.clock.now());
  if (retried) return fmt::format("Video {} is on the queue again.", video);
  if (retried.error().code == "not_failed") {
    SLUICE_TRY(ring_again(parts, letter));
    return fmt::format("Video {} has not failed; the message is on the queue again.", video);
  }
  if (retried.error().kind == ErrorKind::not_found) {
    return fmt::format("Video {} does not exist any more; the message was dropped.", video);
  }
  return fail(retried.error());
}

}  // namespace

Result<std::string> list_dead_letters(DeadLetters& letters, bool as_json) {
  SLUICE_TRY_ASSIGN(const auto all, letters.list(kMostListed));
  if (as_json) {
    std::string lines;
    for (const auto& letter : all) lines += json_line(letter);
    return lines;
  }
  if (all.empty()) return "There are no dead letters.\n";
  std::vector<Row> rows{{"ID", "KIND", "VIDEO", "DELIVERIES", "PUBLISHED", "REASON"}};
  for (const auto& letter : all) rows.push_back(to_row(letter));
  return table(rows);
}

Result<std::string> replay_dead_letter(const ReplayParts& parts, std::string_view id) {
  SLUICE_TRY_ASSIGN(const auto letter, find_letter(parts.queue.dead_letters(), id));
  SLUICE_TRY_ASSIGN(auto what, replay(parts, letter));
  SLUICE_TRY(parts.queue.dead_letters().remove(letter.id));
  return what;
}

}  // namespace sluice
