// Names with values, in order of arrival: headers, query parameters, route parameters.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

// The first of a name wins. Names are compared as they are. Entries keep their memory when
// cleared, so a connection reads request after request without allocating.
class Fields {
 public:
  using Entry = std::pair<std::string, std::string>;

  Fields() = default;
  Fields(std::initializer_list<Entry> entries) : entries_(entries), size_(entries.size()) {}
  Fields(const Fields&) = default;
  Fields& operator=(const Fields&) = default;
  Fields(Fields&& other) noexcept
      : entries_(std::move(other.entries_)), size_(std::exchange(other.size_, 0)) {}
  Fields& operator=(Fields&& other) noexcept {
    entries_.swap(other.entries_);
    std::swap(size_, other.size_);
    return *this;
  }

  void add(std::string_view name, std::string_view value);  // even if the name is there already
  void clear() { size_ = 0; }

  // Empty when there is none.
  std::string_view get(std::string_view name) const;

  const Entry* find(std::string_view name) const;  // end() when there is none
  bool contains(std::string_view name) const { return find(name) != end(); }
  std::string& operator[](std::string_view name);  // adds it when there is none

  const Entry* begin() const { return entries_.data(); }
  const Entry* end() const { return entries_.data() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace sluice::http
