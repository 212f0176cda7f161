// Bytes that can be read at any position: a stored object, an uploaded file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace sluice {

// Thread-safe: reads carry their own position.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::int64_t size_bytes() const = 0;

  // Fills `into` from `offset`; returns fewer bytes only at the end, 0 behind it.
  virtual Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const = 0;

  // A descriptor of a regular file with exactly these bytes, or -1. It stays ours.
  virtual int descriptor() const { return -1; }
};

}  // namespace sluice
