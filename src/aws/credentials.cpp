#include "aws/credentials.h"

#include <fmt/format.h>

#include "base/log.h"

namespace sluice {
namespace {

using std::chrono::seconds;

// New ones are there at least this long before the old ones expire, says AWS.
constexpr std::chrono::minutes kRefreshBefore{5};
// Closer to their end, the old ones are no longer used: a request takes a while.
constexpr seconds kLeastLeft{10};
constexpr seconds kPauseAfterFailure{10};

}  // namespace

CredentialChain::CredentialChain(const Clock& clock, Environment env)
    : clock_(clock), env_(std::move(env)), nearby_({.use_proxies = false}) {}

Result<AwsCredentials> CredentialChain::get() {
  const auto usable = [](const LoadedCredentials& loaded, Timestamp now) {
    return !loaded.expires_at || now + kLeastLeft < *loaded.expires_at;
  };
  const auto before = current();
  const bool good = before && usable(*before, clock_.now());
  if (good && !is_due(*before, clock_.now())) return before->credentials;
  std::unique_lock loading(loading_, std::defer_lock);
  if (good && !loading.try_lock()) return before->credentials;
  if (!good) loading.lock();

  // Another thread may have been here meanwhile.
  const auto now = clock_.now();
  const auto present = current();
  const bool still_good = present && usable(*present, now);
  if (still_good && !is_due(*present, now)) return present->credentials;
  auto fresh = load();
  std::lock_guard lock(mutex_);
  if (fresh) {
    loaded_ = *fresh;
    return std::move(fresh->credentials);
  }
  if (!still_good) return fail(fresh.error());
  retry_at_ = now + kPauseAfterFailure;
  log_warn("AWS credentials can't be refreshed yet", {{"reason", fresh.error().message}});
  return present->credentials;
}

void CredentialChain::forget(const AwsCredentials& rejected) {
  std::lock_guard lock(mutex_);
  const auto same = [&](const AwsCredentials& other) {
    return other.access_key_id == rejected.access_key_id &&
           other.session_token.reveal() == rejected.session_token.reveal();
  };
  if (loaded_ && same(loaded_->credentials)) loaded_.reset();
}

std::string CredentialChain::source() const {
  std::lock_guard lock(mutex_);
  return loaded_ ? loaded_->source : "";
}

std::optional<LoadedCredentials> CredentialChain::current() const {
  std::lock_guard lock(mutex_);
  return loaded_;
}

bool CredentialChain::is_due(const LoadedCredentials& loaded, Timestamp now) const {
  if (!loaded.expires_at || now + kRefreshBefore < *loaded.expires_at) return false;
  std::lock_guard lock(mutex_);
  return now >= retry_at_;
}

Result<LoadedCredentials> CredentialChain::load() {
  std::string tried;
  const auto look = [&](const char* place,
                        SourceResult answer) -> Result<std::optional<LoadedCredentials>> {
    if (!answer) {
      return fail(answer.error().kind, "no_credentials",
                  fmt::format("No AWS credentials from the {}: {}", place, answer.error().message));
    }
    if (!answer->found)
      tried += fmt::format("{}{} ({})", tried.empty() ? "" : ", ", place, answer->why_not);
    return std::move(answer->found);
  };
  const std::pair<const char*, std::function<SourceResult()>> places[] = {
      {"environment", [&] { return credentials_from_environment(env_); }},
      {"web identity", [&] { return credentials_from_web_identity(env_, internet_); }},
      {"shared file", [&] { return credentials_from_shared_file(env_); }},
      {"container", [&] { return credentials_from_container(env_, nearby_); }},
      {"instance role", [&] { return credentials_from_instance_role(env_, nearby_); }},
  };
  for (const auto& [place, ask] : places) {
    SLUICE_TRY_ASSIGN(auto found, look(place, ask()));
    if (found) return std::move(*found);
  }
  return fail(ErrorKind::unavailable, "no_credentials",
              fmt::format("There are no AWS credentials. Tried: {}.", tried));
}

}  // namespace sluice
