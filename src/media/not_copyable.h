// The one way in which a job says that a source must be encoded after all.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace sluice::media {

inline constexpr const char* kNotCopyable = "not_copyable";

inline tl::unexpected<Error> not_copyable(std::string why) {
  return fail(ErrorKind::invalid, kNotCopyable, std::move(why));
}

inline bool is_not_copyable(const Error& error) { return error.code == kNotCopyable; }

}  // namespace sluice::media
