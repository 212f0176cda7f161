// What requests for uploads say, checked. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/id.h"
#include "base/result.h"
#include "video/video.h"

namespace sluice {

struct NewUpload {
  std::string filename;  // data for display; never part of a path
  std::string title;
  std::int64_t size_bytes = 0;
  Visibility visibility = Visibility::public_;
  bool multipart = false;
};

struct UploadLimits {
  std::int64_t max_upload_bytes = std::int64_t{64} << 30;
  Visibility default_visibility = Visibility::public_;
};

// The body of POST /api/uploads/initiate. Errors are `invalid` with a code that names the member,
// and `too_large`, code upload_too_large. An empty file is taken: it fails like any other file that
// holds no video.
Result<NewUpload> read_new_upload(const nlohmann::json& body, const UploadLimits& limits);

// {video_id}. What can't be an id is `not_found`, as an id that nobody has.
Result<VideoId> read_video_id(const nlohmann::json& body);

// {part_numbers}: 1 to 1000 numbers from 1 to `part_count`, sorted and each once; else `invalid`,
// code invalid_part_numbers.
Result<std::vector<int>> read_part_numbers(const nlohmann::json& body, int part_count);

}  // namespace sluice
