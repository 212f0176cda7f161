// A store that fails when told, for tests that walk through every failure a task can meet.
#pragma once

#include <atomic>

#include "storage/object_store.h"

namespace sluice {

// Passes every call on to `inner` (which outlives it), but for the n-th one, counted from 0 over
// all methods. Reads from what was opened are not counted. Thread-safe.
class FaultyObjectStore final : public ObjectStore {
 public:
  enum class Fault {
    before,  // the call is not made
    after,   // the call is made and its answer lost
  };
  FaultyObjectStore(ObjectStore& inner, int failing_call, Fault fault = Fault::before)
      : inner_(inner), failing_call_(failing_call), fault_(fault) {}

  // Calls so far; the walk is over when a run makes no more than `failing_call` of them.
  int calls() const { return calls_; }

  Result<> put(std::string_view key, std::string_view bytes) override;
  Result<std::shared_ptr<const ByteSource>> open(std::string_view key) override;
  Result<ObjectInfo> stat(std::string_view key) override;
  Result<> remove(std::string_view key) override;
  Result<> remove_prefix(std::string_view prefix) override;
  Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
  Result<> check() override;

 private:
  template <class Call>
  auto pass(Call call) -> decltype(call());

  ObjectStore& inner_;
  const int failing_call_;
  const Fault fault_;
  std::atomic<int> calls_ = 0;
};

}  // namespace sluice
