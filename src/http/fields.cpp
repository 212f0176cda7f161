#include "http/fields.h"

namespace sluice::http {

void Fields::add(std::string_view name, std::string_view value) {
  if (size_ == entries_.size()) {
    entries_.emplace_back(name, value);
  } else {
    entries_[size_].first.assign(name);
    entries_[size_].second.assign(value);
  }
  ++size_;
}

const Fields::Entry* Fields::find(std::string_view name) const {
  for (const Entry* entry = begin(); entry != end(); ++entry) {
    if (entry->first == name) return entry;
  }
  return end();
}

std::string_view Fields::get(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == end() ? std::string_view{} : std::string_view{entry->second};
}

std::string& Fields::operator[](std::string_view name) {
  for (std::size_t at = 0; at < size_; ++at) {
    if (entries_[at].first == name) return entries_[at].second;
  }
  add(name, {});
  return entries_[size_ - 1].second;
}

}  // namespace sluice::http
