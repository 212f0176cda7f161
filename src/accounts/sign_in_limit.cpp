#include "accounts/sign_in_limit.h"

#include <algorithm>

namespace sluice {

std::optional<std::chrono::seconds> SignInLimit::wait(const std::string& who, Timestamp now) const {
  std::lock_guard lock(mutex_);
  const auto found = failures_.find(who);
  if (found == failures_.end() || found->second.size() < kFailures) return std::nullopt;
  const auto oldest = found->second[found->second.size() - kFailures];
  if (oldest + kWindow <= now) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(oldest + kWindow - now);
}

void SignInLimit::failed(const std::string& who, Timestamp now) {
  std::lock_guard lock(mutex_);
  if (failures_.size() >= kMaxKnown && !failures_.contains(who)) make_room(now);
  auto& failures = failures_[who];
  std::erase_if(failures, [&](Timestamp time) { return time + kWindow <= now; });
  failures.push_back(now);
}

void SignInLimit::succeeded(const std::string& who) {
  std::lock_guard lock(mutex_);
  failures_.erase(who);
}

std::size_t SignInLimit::known() const {
  std::lock_guard lock(mutex_);
  return failures_.size();
}

void SignInLimit::make_room(Timestamp now) {
  std::erase_if(failures_, [&](const auto& known) { return known.second.back() + kWindow <= now; });
  // Whoever fills the table with made-up addresses pushes out mostly their own.
  while (failures_.size() >= kMaxKnown) failures_.erase(failures_.begin());
}

}  // namespace sluice
