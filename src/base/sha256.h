// The name of a content, so to speak.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

std::string sha256_hex(std::string_view bytes);  // lower case

}  // namespace sluice
