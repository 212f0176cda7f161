#include "ingest/requests.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "video/title.h"

namespace sluice {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestFilename = 1024;
constexpr std::size_t kLongestContentType = 255;
constexpr std::size_t kMostNumbersAtOnce = 1000;

tl::unexpected<Error> invalid(std::string code, std::string message) {
  return fail(ErrorKind::invalid, std::move(code), std::move(message));
}

// Null when the member is missing or null: both mean "not given".
const json* member(const json& body, const char* name) {
  const auto found = body.find(name);
  return found == body.end() || found->is_null() ? nullptr : &*found;
}

std::string in_words(std::int64_t bytes) {
  constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;
  constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
  if (bytes >= kGibibyte && bytes % kGibibyte == 0) return fmt::format("{} GiB", bytes / kGibibyte);
  if (bytes >= kMebibyte && bytes % kMebibyte == 0) return fmt::format("{} MiB", bytes / kMebibyte);
  return fmt::format("{} bytes", bytes);
}

Result<std::string> read_text(const json& body, const char* name, std::size_t longest) {
  const json* value = member(body, name);
  const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
  if (text == nullptr || text->empty() || text->size() > longest || !is_text(*text)) {
    return invalid(fmt::format("invalid_{}", name),
                   fmt::format("{} has to be a text of 1 to {} bytes.", name, longest));
  }
  return *text;
}

Result<std::int64_t> read_size(const json& body, std::int64_t most) {
  const json* value = member(body, "size_bytes");
  const auto not_a_size = [] {
    return invalid("invalid_size_bytes", "size_bytes has to be the file's size, a whole number.");
  };
  if (value == nullptr || !value->is_number_integer()) return not_a_size();
  // nlohmann keeps what is above the signed range as unsigned; nothing that large is below a limit.
  const bool beyond = value->is_number_unsigned() &&
                      value->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
  const std::int64_t size =
      beyond ? std::numeric_limits<std::int64_t>::max() : value->get<std::int64_t>();
  if (size < 0) return not_a_size();
  if (size > most) {
    return fail(ErrorKind::too_large, "upload_too_large",
                fmt::format("This server takes files of up to {}.", in_words(most)));
  }
  return size;
}

Result<Visibility> read_visibility(const json& body, Visibility otherwise) {
  const json* value = member(body, "visibility");
  if (value == nullptr) return otherwise;
  const auto* text = value->get_ptr<const std::string*>();
  const auto visibility = text == nullptr ? std::nullopt : parse_visibility(*text);
  if (!visibility) {
    return invalid("invalid_visibility", "visibility is public, unlisted or private.");
  }
  return *visibility;
}

Result<std::string> read_title(const json& body, std::string_view filename) {
  const json* value = member(body, "title");
  if (value == nullptr) return title_from_filename(filename);
  const auto* text = value->get_ptr<const std::string*>();
  if (text == nullptr) return invalid("invalid_title", "title has to be a string.");
  return check_title(*text);
}

Result<bool> read_multipart(const json& body) {
  const json* value = member(body, "multipart");
  if (value == nullptr) return false;
  if (!value->is_boolean()) return invalid("invalid_multipart", "multipart is true or false.");
  return value->get<bool>();
}

}  // namespace

Result<NewUpload> read_new_upload(const json& body, const UploadLimits& limits) {
  NewUpload upload;
  SLUICE_TRY_ASSIGN(upload.filename, read_text(body, "filename", kLongestFilename));
  SLUICE_TRY_ASSIGN(upload.size_bytes, read_size(body, limits.max_upload_bytes));
  SLUICE_TRY_ASSIGN(upload.title, read_title(body, upload.filename));
  SLUICE_TRY_ASSIGN(upload.visibility, read_visibility(body, limits.default_visibility));
  SLUICE_TRY_ASSIGN(upload.multipart, read_multipart(body));
  // What a file is shows when it is probed; what its name or its sender say is not used.
  if (member(body, "content_type") != nullptr) {
    SLUICE_TRY(read_text(body, "content_type", kLongestContentType));
  }
  return upload;
}

Result<VideoId> read_video_id(const json& body) {
  const json* value = member(body, "video_id");
  const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
  if (text == nullptr) return invalid("invalid_video_id", "video_id has to be a string.");
  if (text->empty() || text->size() > 64 || !is_text(*text)) {
    return fail(ErrorKind::not_found, "video_not_found", "There is no such video.");
  }
  return VideoId(*text);
}

Result<std::vector<int>> read_part_numbers(const json& body, int part_count) {
  const json* value = member(body, "part_numbers");
  const auto refusal = [part_count] {
    return invalid("invalid_part_numbers",
                   fmt::format("part_numbers is a list of 1 to {} numbers from 1 to {}.",
                               kMostNumbersAtOnce, part_count));
  };
  if (value == nullptr || !value->is_array() || value->empty() ||
      value->size() > kMostNumbersAtOnce) {
    return refusal();
  }
  std::vector<int> numbers;
  for (const json& number : *value) {
    if (!number.is_number_unsigned()) return refusal();
    const auto wide = number.get<std::uint64_t>();
    if (wide < 1 || wide > static_cast<std::uint64_t>(part_count)) return refusal();
    numbers.push_back(static_cast<int>(wide));
  }
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace sluice
