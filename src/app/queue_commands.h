// `sluice queue list-dead` and `sluice queue replay ID`: messages that were given up.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tasks.h"
#include "queue/job_queue.h"

namespace sluice {

// Oldest first: a table for people, or one JSON object on each line. Messages are other people's
// data: whatever is in them, the text is safe to print on a terminal.
Result<std::string> list_dead_letters(DeadLetters& letters, bool as_json);

struct ReplayParts {
  Tasks& tasks;
  JobQueue& queue;
  const Clock& clock;
};

// Does again what the message was for, takes it from the dead letters, and says what was done: a
// failed video is retried, one that has not failed gets the message once more. Repeating it after a
// fault is harmless. `not_found`, code dead_letter_not_found; `invalid`, code
// dead_letter_unreadable, for a message that is none of ours and stays.
Result<std::string> replay_dead_letter(const ReplayParts& parts, std::string_view id);

}  // namespace sluice
