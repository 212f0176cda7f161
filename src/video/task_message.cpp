#include "video/task_message.h"

#include <limits>

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

constexpr int kVersion = 1;

using Json = nlohmann::json;

tl::unexpected<Error> bad_message() {
  return fail(ErrorKind::invalid, "bad_message", "The message is not a task message.");
}

// A string field that must be there and not be empty.
std::optional<std::string> text_field(const Json& object, const char* name) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) return std::nullopt;
  auto text = field->get<std::string>();
  if (text.empty()) return std::nullopt;
  return text;
}

// False on anything but null, nothing or a chunk's number.
bool read_chunk(const Json& object, std::optional<int>& chunk) {
  const auto field = object.find("chunk");
  if (field == object.end() || field->is_null()) return true;
  if (!field->is_number_integer()) return false;
  const auto number = field->get<std::int64_t>();
  if (number < 0 || number > std::numeric_limits<int>::max()) return false;
  chunk = static_cast<int>(number);
  return true;
}

}  // namespace

std::string to_json(const TaskMessage& message) {
  nlohmann::ordered_json json = {
      {"version", kVersion},
      {"task_id", message.task_id.str()},
      {"kind", to_string(message.kind)},
      {"video_id", message.video_id.str()},
      {"source", {{"bucket", message.source_bucket}, {"key", message.source_key}}},
      {"chunk", nullptr}};
  if (message.chunk) json["chunk"] = *message.chunk;
  return json.dump();
}

Result<TaskMessage> task_message_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return bad_message();
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer()) return bad_message();
  if (*version != kVersion) {
    return fail(ErrorKind::invalid, "unknown_message_version",
                "The message was written by another version of Sluice.");
  }
  const auto source = json.find("source");
  if (source == json.end() || !source->is_object()) return bad_message();

  const auto task_id = text_field(json, "task_id");
  const auto kind = parse_task_kind(text_field(json, "kind").value_or(""));
  const auto video_id = text_field(json, "video_id");
  const auto bucket = text_field(*source, "bucket");
  const auto key = text_field(*source, "key");
  std::optional<int> chunk;
  if (!task_id || !kind || !video_id || !bucket || !key || !read_chunk(json, chunk)) {
    return bad_message();
  }
  return TaskMessage{TaskId(*task_id), *kind, VideoId(*video_id), *bucket, *key, chunk};
}

}  // namespace sluice
