#include "signing/cloudfront_url_signer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"

namespace sluice {
namespace {

// Twice as many signatures are kept at most, about a kilobyte each.
constexpr std::size_t kGeneration = 2048;

Timestamp round_up(Timestamp time) {
  const auto step = std::chrono::milliseconds(CloudFrontUrlSigner::kRound).count();
  return from_unix_ms((to_unix_ms(time) + step - 1) / step * step);
}

// '*' and '?' are wildcards in a resource, '/' would leave the video.
bool is_plain(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

}  // namespace

std::string cloudfront_policy(std::string_view resource, Timestamp until) {
  return fmt::format(
      R"({{"Statement":[{{"Resource":"{}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{}}}}}}}]}})",
      resource, std::chrono::floor<std::chrono::seconds>(until).time_since_epoch().count());
}

std::string to_cloudfront_base64(std::string_view bytes) {
  std::string text = to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '=', '_');
  std::ranges::replace(text, '/', '~');
  return text;
}

CloudFrontUrlSigner::CloudFrontUrlSigner(CloudFrontOptions options, CloudFrontKey key)
    : options_(std::move(options)), key_(std::move(key)) {}

Result<std::unique_ptr<CloudFrontUrlSigner>> CloudFrontUrlSigner::open(CloudFrontOptions options) {
  SLUICE_TRY_ASSIGN(CloudFrontKey key, CloudFrontKey::from_file(options.private_key_file));
  SLUICE_TRY(key.sign("tried", options.hash));
  return std::make_unique<CloudFrontUrlSigner>(std::move(options), std::move(key));
}

Result<SignedPrefix> CloudFrontUrlSigner::sign(const VideoId& video, Timestamp until) const {
  const Timestamp rounded = round_up(until);
  std::string key = fmt::format("{} {}", video.str(), to_unix_ms(rounded));
  {
    std::lock_guard lock(mutex_);
    if (const auto* known = find(key)) return *known;
  }
  SLUICE_TRY_ASSIGN(const SignedPrefix prefix, make(video, rounded));
  std::lock_guard lock(mutex_);
  keep(std::move(key), prefix);
  return prefix;
}

Result<SignedPrefix> CloudFrontUrlSigner::make(const VideoId& video, Timestamp until) const {
  if (!is_plain(video.str())) {
    return fail(ErrorKind::invalid, "bad_video_id", "This is not the id of a video.");
  }
  SignedPrefix prefix;
  prefix.base_url = fmt::format("{}/videos/{}/", options_.origin(), video.str());
  prefix.expires_at = until;
  const std::string policy = cloudfront_policy(prefix.base_url + "*", until);
  SLUICE_TRY_ASSIGN(const std::string signature, key_.sign(policy, options_.hash));
  prefix.query = fmt::format("?Policy={}&Signature={}&Key-Pair-Id={}", to_cloudfront_base64(policy),
                             to_cloudfront_base64(signature), options_.key_pair_id);
  if (options_.hash == CloudFrontHash::sha256) prefix.query += "&Hash-Algorithm=SHA256";
  return prefix;
}

const SignedPrefix* CloudFrontUrlSigner::find(const std::string& key) const {
  for (const Prefixes* generation : {&recent_, &older_}) {
    if (const auto found = generation->find(key); found != generation->end()) return &found->second;
  }
  return nullptr;
}

void CloudFrontUrlSigner::keep(std::string key, const SignedPrefix& prefix) const {
  if (recent_.size() >= kGeneration) older_ = std::exchange(recent_, {});
  recent_.insert_or_assign(std::move(key), prefix);
}

}  // namespace sluice
