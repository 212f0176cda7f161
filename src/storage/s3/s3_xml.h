// What S3 says and wants to hear in XML. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "storage/object_store.h"

namespace sluice {

// `unavailable`, code bad_answer, for whatever is not the document that was asked for: a proxy's
// page, half an answer.

struct S3ObjectPage {
  std::vector<ObjectInfo> objects;
  std::string next_token;  // empty on the last page
};
Result<S3ObjectPage> parse_object_page(std::string_view xml);

struct S3Part {
  int part_number = 0;
  std::int64_t size_bytes = 0;
  std::string etag;
};
struct S3PartPage {
  std::vector<S3Part> parts;
  int next_marker = 0;  // 0 on the last page
};
Result<S3PartPage> parse_part_page(std::string_view xml);

struct S3Upload {
  std::string key;
  std::string upload_id;
  Timestamp initiated{};
};
struct S3UploadPage {
  std::vector<S3Upload> uploads;
  bool truncated = false;
  std::string next_key;
  std::string next_upload_id;
};
Result<S3UploadPage> parse_upload_page(std::string_view xml);

Result<std::string> parse_upload_id(std::string_view xml);

// The code of the first object that could not be deleted; empty when all were.
Result<std::string> parse_delete_fault(std::string_view xml);

// S3 begins to answer a completion before it knows how it ends: the error's code, or empty.
Result<std::string> parse_completion_fault(std::string_view xml);

std::string delete_request(const std::vector<std::string>& keys);
std::string completion_request(const std::vector<S3Part>& parts);

}  // namespace sluice
