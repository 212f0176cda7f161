// Stored media, opened once for many requests: the hot path of playback.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/time.h"
#include "playback/recent.h"
#include "storage/object_store.h"

namespace sluice {

struct OpenObject {
  std::shared_ptr<const ByteSource> source;
  std::string etag;  // strong, with its quotes
};

// Thread-safe. An object that was removed may be found for half a minute more.
class OpenObjects {
 public:
  explicit OpenObjects(ObjectStore& store) : store_(store) {}  // `store` outlives it

  Result<std::shared_ptr<const OpenObject>> open(std::string_view key, Timestamp now);

 private:
  ObjectStore& store_;
  Recent<OpenObject> opened_{384, std::chrono::seconds{30}};
};

}  // namespace sluice
