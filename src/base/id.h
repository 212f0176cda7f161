// Identifiers that can't be mistaken for one another.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace sluice {

template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string value_;
};

using UserId = Id<struct UserTag>;
using VideoId = Id<struct VideoTag>;
using TaskId = Id<struct TaskTag>;

}  // namespace sluice

template <class Tag>
struct std::hash<sluice::Id<Tag>> {
  std::size_t operator()(const sluice::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
