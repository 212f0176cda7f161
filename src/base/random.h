// Unpredictable bytes and identifiers from the kernel.
#pragma once

#include <cstddef>
#include <string>

namespace sluice {

// `count` bytes fit for keys and tokens.
std::string random_bytes(std::size_t count);

// 24 characters of lower-case base32 (120 random bits): unguessable, safe in URLs, file names and
// case-insensitive file systems.
std::string random_id();

}  // namespace sluice
