// A queue's message as bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "video/task.h"

namespace sluice {

// {"version":1,"task_id":…,"kind":"prepare","video_id":…,
//  "source":{"bucket":"uploads","key":"videos/ID/source/original"},"chunk":null}
std::string to_json(const TaskMessage& message);

// `invalid`: code bad_message, or unknown_message_version for a message of another version.
// Unknown fields are ignored.
Result<TaskMessage> task_message_from_json(std::string_view json);

}  // namespace sluice
