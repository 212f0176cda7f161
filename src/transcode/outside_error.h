// What an error of storage or catalog means for a task.
#pragma once

#include <utility>

#include "base/result.h"

namespace sluice {

// Only the engine may say that a file is bad. "Not found" or "denied" from a store is a fault of
// the installation: the task is tried again and the video is not blamed. A lost lease stays what it
// is.
inline Error as_outside_error(Error error) {
  if (error.permanent()) error.kind = ErrorKind::internal;
  return error;
}

template <class T>
Result<T> from_outside(Result<T> result) {
  if (!result) return fail(as_outside_error(std::move(result).error()));
  return result;
}

inline bool is_lost_lease(const Error& error) {
  return error.kind == ErrorKind::conflict && error.code == "lease_lost";
}

}  // namespace sluice
