#include "accounts/account_rules.h"

#include <algorithm>

#include "base/encoding.h"

namespace sluice {
namespace {

constexpr std::size_t kMaxEmailBytes = 254;  // RFC 5321 section 4.5.3.1.3, less the brackets
constexpr std::size_t kMinPasswordCharacters = 8;
constexpr std::size_t kMaxNameCharacters = 100;

bool is_email(std::string_view email) {
  const auto at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == email.size()) return false;
  if (email.find('@') != at || email.size() > kMaxEmailBytes || !is_text(email)) return false;
  return std::none_of(email.begin(), email.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f || c == '<' || c == '>' || c == ',' || c == ';' || c == '"';
  });
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

Result<> check_email(std::string_view email) {
  if (is_email(email)) return {};
  return fail(ErrorKind::invalid, "invalid_email", "This is not an e-mail address.");
}

Result<> check_password(std::string_view password) {
  if (characters(password) < kMinPasswordCharacters) {
    return fail(ErrorKind::invalid, "weak_password", "A password needs at least 8 characters.");
  }
  if (password.size() > kMaxPasswordBytes) {
    return fail(ErrorKind::invalid, "password_too_long", "A password has at most 1024 bytes.");
  }
  return {};
}

Result<> check_token_name(std::string_view name) {
  const bool fits = characters(name) <= kMaxNameCharacters && is_text(name) &&
                    name.find_first_not_of(' ') != std::string_view::npos;
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
  });
  if (fits && !control) return {};
  return fail(ErrorKind::invalid, "invalid_name", "A token's name has 1 to 100 characters.");
}

}  // namespace sluice
