#include "storage/faulty_object_store.h"

namespace sluice {

template <class Call>
auto FaultyObjectStore::pass(Call call) -> decltype(call()) {
  const bool fails = calls_++ == failing_call_;
  if (!fails) return call();
  if (fault_ == Fault::after) (void)call();
  return fail(ErrorKind::unavailable, "injected_fault", "The storage did not answer.");
}

Result<> FaultyObjectStore::put(std::string_view key, std::string_view bytes) {
  return pass([&] { return inner_.put(key, bytes); });
}

Result<std::shared_ptr<const ByteSource>> FaultyObjectStore::open(std::string_view key) {
  return pass([&] { return inner_.open(key); });
}

Result<ObjectInfo> FaultyObjectStore::stat(std::string_view key) {
  return pass([&] { return inner_.stat(key); });
}

Result<> FaultyObjectStore::remove(std::string_view key) {
  return pass([&] { return inner_.remove(key); });
}

Result<> FaultyObjectStore::remove_prefix(std::string_view prefix) {
  return pass([&] { return inner_.remove_prefix(prefix); });
}

Result<std::vector<ObjectInfo>> FaultyObjectStore::list(std::string_view prefix) {
  return pass([&] { return inner_.list(prefix); });
}

Result<> FaultyObjectStore::check() {
  return pass([&] { return inner_.check(); });
}

}  // namespace sluice
