// Where objects live: one ObjectStore is one bucket.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

namespace sluice {

struct ObjectInfo {
  std::string key;
  std::int64_t size_bytes = 0;
};

// Keys follow key_rules.h; anything else is `invalid` (code invalid_key) and touches nothing. No
// key may be the folder of another ("a" beside "a/b"): where a store can't hold both, the later one
// is `conflict`, code key_conflict.
//
// Thread-safe. Calls block. Transient faults are `unavailable` and may be repeated: every call here
// is idempotent.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // Stores all bytes or nothing: no reader ever sees a part, and when it returns the object
  // survives a crash of the machine. An existing object is replaced.
  virtual Result<> put(std::string_view key, std::string_view bytes) = 0;

  // `not_found` if there is none. What was opened stays readable even when replaced or removed; a
  // store that can't promise this answers reads with `unavailable`, code object_changed, and never
  // with bytes of another object.
  virtual Result<std::shared_ptr<const ByteSource>> open(std::string_view key) = 0;

  virtual Result<ObjectInfo> stat(std::string_view key) = 0;

  // Removing what is not there succeeds.
  virtual Result<> remove(std::string_view key) = 0;

  // Removes every object whose key starts with `prefix`, which ends with '/'. Not atomic; repeat
  // after an error.
  virtual Result<> remove_prefix(std::string_view prefix) = 0;

  // Every object whose key starts with `prefix` (which may be empty), sorted by key.
  virtual Result<std::vector<ObjectInfo>> list(std::string_view prefix) = 0;

  // Can the store be written and read right now? For readiness and `sluice doctor`.
  virtual Result<> check() = 0;
};

}  // namespace sluice
