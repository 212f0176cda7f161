// Slows down those who guess passwords.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace sluice {

// Who tries, as an address and an e-mail together: neither a whole office nor an account is locked
// out by one person's mistakes. In memory, bounded, thread-safe.
class SignInLimit {
 public:
  static constexpr std::size_t kFailures = 10;
  static constexpr std::chrono::minutes kWindow{15};
  static constexpr std::size_t kMaxKnown = 20'000;

  // How long `who` has to wait; nothing: go ahead. Attempts made side by side are not counted
  // against each other; the number of threads bounds them.
  std::optional<std::chrono::seconds> wait(const std::string& who, Timestamp now) const;

  void failed(const std::string& who, Timestamp now);
  void succeeded(const std::string& who);

  std::size_t known() const;

 private:
  void make_room(Timestamp now);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::vector<Timestamp>> failures_;  // oldest first
};

}  // namespace sluice
