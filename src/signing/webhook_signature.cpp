#include "signing/webhook_signature.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "signing/hmac.h"

namespace sluice {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kLeastBytes = 24;
constexpr std::size_t kMostBytes = 64;

// Empty when it is none.
std::string key_of(const Secret& secret) {
  std::string_view text = secret.reveal();
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  auto key = from_base64(text).value_or("");
  if (key.size() < kLeastBytes || key.size() > kMostBytes) key.clear();
  return key;
}

}  // namespace

Secret to_webhook_secret(std::string_view random_bytes) {
  return Secret(fmt::format("{}{}", kPrefix, to_base64(random_bytes)));
}

std::optional<std::string> sign_webhook(const Secret& secret, const WebhookMessage& message) {
  const auto key = key_of(secret);
  if (key.empty()) return std::nullopt;
  const auto mac =
      HmacKey(key).sign(fmt::format("{}.{}.{}", message.id, message.unix_seconds, message.body));
  return "v1," + to_base64({mac.data(), mac.size()});
}

std::string webhook_signature_header(const std::vector<Secret>& secrets,
                                     const WebhookMessage& message) {
  std::string header;
  for (const auto& secret : secrets) {
    const auto signature = sign_webhook(secret, message);
    if (!signature) continue;
    if (!header.empty()) header += ' ';
    header += *signature;
  }
  return header;
}

}  // namespace sluice
