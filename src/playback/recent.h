// A small cache: what was used lately, for a while.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/time.h"

namespace sluice {

// Keeps up to `max_entries` values, the least recently used goes first; none is returned when it is
// older than `max_age`, however often it was used. Thread-safe.
template <class Value>
class Recent {
 public:
  Recent(std::size_t max_entries, std::chrono::milliseconds max_age)
      : max_entries_(max_entries), max_age_(max_age) {}

  // Null when there is none.
  std::shared_ptr<const Value> find(std::string_view key, Timestamp now) {
    std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    const auto entry = found->second;
    if (is_old(*entry, now)) {
      erase(entry);
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return entry->value;
  }

  void put(std::string_view key, std::shared_ptr<const Value> value, Timestamp now) {
    std::lock_guard lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) erase(found->second);
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      const auto current = entry++;
      if (is_old(*current, now)) erase(current);
    }
    while (entries_.size() >= max_entries_) erase(std::prev(entries_.end()));
    entries_.push_front({std::string(key), std::move(value), now});
    index_.emplace(entries_.front().key, entries_.begin());
  }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Value> value;
    Timestamp since;
  };
  using Entries = std::list<Entry>;

  bool is_old(const Entry& entry, Timestamp now) const { return now - entry.since >= max_age_; }
  void erase(typename Entries::iterator entry) {
    index_.erase(entry->key);
    entries_.erase(entry);
  }

  const std::size_t max_entries_;
  const std::chrono::milliseconds max_age_;
  std::mutex mutex_;
  Entries entries_;  // most recently used first
  std::unordered_map<std::string_view, typename Entries::iterator> index_;  // keys live in entries_
};

}  // namespace sluice
