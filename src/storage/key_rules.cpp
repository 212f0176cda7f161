#include "storage/key_rules.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t kMaxKeyLength = 512;
constexpr std::size_t kMaxComponentLength = 255;

bool allowed(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool is_component(std::string_view text) {
  return !text.empty() && text.size() <= kMaxComponentLength && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool is_key(std::string_view key) {
  if (key.size() > kMaxKeyLength) return false;
  for (;;) {
    const auto slash = key.find('/');
    if (!is_component(key.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

Result<> refuse(bool valid) {
  if (valid) return {};
  return fail(ErrorKind::invalid, "invalid_key", "This is not the name of an object.");
}

}  // namespace

Result<> check_key(std::string_view key) { return refuse(is_key(key)); }

Result<> check_folder_prefix(std::string_view prefix) {
  return refuse(prefix.ends_with('/') && is_key(prefix.substr(0, prefix.size() - 1)));
}

Result<> check_list_prefix(std::string_view prefix) {
  const auto slash = prefix.rfind('/');
  const auto rest = slash == std::string_view::npos ? prefix : prefix.substr(slash + 1);
  if (!std::all_of(rest.begin(), rest.end(), allowed)) return refuse(false);
  if (slash == std::string_view::npos) return {};
  return refuse(is_key(prefix.substr(0, slash)));
}

}  // namespace sluice
