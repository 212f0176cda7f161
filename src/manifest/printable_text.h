// Words from uploaded files, such as titles, made fit for a manifest of any format.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// `text` without control characters, byte order marks and what is no character of XML 1.0; valid
// UTF-8, at most 100 characters.
std::string printable_text(std::string_view text);

}  // namespace sluice
