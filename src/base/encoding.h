// Text forms of bytes, and percent-encoding for URLs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

std::string to_hex(std::string_view bytes);                       // lower case
std::string to_base64(std::string_view bytes);                    // RFC 4648 section 4, padded
std::optional<std::string> from_base64(std::string_view text);    // strict
std::string to_base64url(std::string_view bytes);                 // RFC 4648 section 5, no padding
std::optional<std::string> from_base64url(std::string_view text); // strict: nothing on any fault

// RFC 3986: everything but unreserved characters becomes %XX, '/' too.
std::string percent_encode(std::string_view text);
// Nothing on a malformed escape. '+' stays '+'.
std::optional<std::string> percent_decode(std::string_view text);

// Is `text` valid UTF-8 without NUL?
bool is_text(std::string_view text);

}  // namespace sluice
