// Bearer tokens: shown to their owner once, stored as a hash.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// 32 random bytes as base64url.
std::string new_token();

// SHA-256 as hex. A plain hash is enough: there is nothing to guess in 256 random bits.
std::string hash_token(std::string_view token);

}  // namespace sluice
