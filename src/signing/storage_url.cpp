#include "signing/storage_url.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.h"

namespace sluice {
namespace {

std::int64_t unix_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// One line per field. No field of a valid grant holds a line break, so no two grants look alike.
std::string claim_of(const StorageGrant& grant) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", grant.method, grant.key, grant.size_bytes,
                     grant.upload_id, grant.part_number, unix_seconds(grant.expires_at));
}

std::string_view find(const StorageQuery& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view{} : std::string_view{found->second};
}

// Absent is 0; nothing for what isn't a plain decimal number.
template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  if (text.empty()) return value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<StorageGrant> parse(std::string_view method, std::string_view object_key,
                                  const StorageQuery& query) {
  // Keeps the multiplication to milliseconds within 64 bits.
  constexpr std::int64_t kMaxExpires = 1'000'000'000'000;
  const auto expires = number<std::int64_t>(find(query, "expires"));
  const auto size = number<std::int64_t>(find(query, "size"));
  const auto part = number<int>(find(query, "part"));
  const auto upload_id = find(query, "upload_id");
  if (!expires || *expires > kMaxExpires || !size || !part) return std::nullopt;
  if (object_key.find('\n') != std::string_view::npos) return std::nullopt;
  if (upload_id.find('\n') != std::string_view::npos) return std::nullopt;
  return StorageGrant{.method = std::string(method == "HEAD" ? "GET" : method),
                      .key = std::string(object_key),
                      .size_bytes = *size,
                      .upload_id = std::string(upload_id),
                      .part_number = *part,
                      .expires_at = Timestamp{std::chrono::seconds{*expires}}};
}

}  // namespace

std::string make_storage_url(const HmacKey& key, std::string_view public_url,
                             const StorageGrant& grant) {
  const auto mac = key.sign(claim_of(grant));
  // Keys consist of characters that a path may hold as they are.
  auto url = fmt::format("{}{}{}?expires={}", public_url, kStoragePath, grant.key,
                         unix_seconds(grant.expires_at));
  if (grant.method == "PUT") url += fmt::format("&size={}", grant.size_bytes);
  if (!grant.upload_id.empty()) {
    url += fmt::format("&upload_id={}&part={}", grant.upload_id, grant.part_number);
  }
  return url + "&signature=" + to_base64url({mac.data(), mac.size()});
}

Result<StorageGrant> verify_storage_url(const HmacKey& key, std::string_view method,
                                        std::string_view object_key, const StorageQuery& query,
                                        Timestamp now) {
  const auto grant = parse(method, object_key, query);
  const auto mac = from_base64url(find(query, "signature"));
  if (!grant || !mac || !key.verify(claim_of(*grant), *mac)) {
    return fail(ErrorKind::denied, "bad_signature", "This URL was not signed for this request.");
  }
  if (now >= grant->expires_at) {
    return fail(ErrorKind::denied, "url_expired", "This URL has expired; ask for a new one.");
  }
  return *grant;
}

}  // namespace sluice
