// What may be an account's e-mail address, its password and the name of its tokens. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace sluice {

inline constexpr std::size_t kMaxPasswordBytes = 1024;

// Something@something, up to 254 bytes of text without spaces or control characters: whether mail
// arrives there is for others to find out. Else `invalid`, code invalid_email.
Result<> check_email(std::string_view email);

// At least 8 characters, else `invalid`, code weak_password; at most 1024 bytes, else `invalid`,
// code password_too_long.
Result<> check_password(std::string_view password);

// 1 to 100 characters of text, not only spaces, no control characters; else `invalid`, code
// invalid_name.
Result<> check_token_name(std::string_view name);

}  // namespace sluice
