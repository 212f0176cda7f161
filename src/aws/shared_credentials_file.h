// The file ~/.aws/credentials: sections of NAME = VALUE.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// The values of one section; nothing when the text has no such section. Names in lower case.
std::optional<std::map<std::string, std::string>> profile_in(std::string_view text,
                                                             std::string_view profile);

}  // namespace sluice
