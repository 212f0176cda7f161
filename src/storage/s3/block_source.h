// A far object read in blocks: few requests for what is read in order, few bytes for what isn't.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "base/byte_source.h"
#include "base/result.h"

namespace sluice {

struct Block {
  std::int64_t offset = 0;
  std::string bytes;
  std::int64_t end() const { return offset + static_cast<std::int64_t>(bytes.size()); }
};

// The blocks that were used last, of all sources together. Thread-safe.
class BlockCache {
 public:
  explicit BlockCache(std::int64_t max_bytes) : max_bytes_(max_bytes) {}

  void add(const void* owner, std::shared_ptr<const Block> block);
  // The block of this owner that holds `position`; that before it which ends there.
  std::shared_ptr<const Block> find(const void* owner, std::int64_t position);
  std::shared_ptr<const Block> ending_at(const void* owner, std::int64_t position);
  void drop(const void* owner);

 private:
  struct Entry {
    const void* owner;
    std::shared_ptr<const Block> block;
  };
  using Entries = std::list<Entry>;
  template <class Fits>
  std::shared_ptr<const Block> take_first(Fits fits);
  void forget(Entries::iterator at);

  const std::int64_t max_bytes_;
  std::mutex mutex_;
  Entries entries_;  // the one used last in front
  std::int64_t bytes_ = 0;
};

// The first read somewhere fetches kSmallestBlockBytes; each that goes on where a block ended,
// twice as much as that block, up to kLargestBlockBytes.
inline constexpr std::int64_t kSmallestBlockBytes = 256 * 1024;
inline constexpr std::int64_t kLargestBlockBytes = 4 * 1024 * 1024;

class BlockSource final : public ByteSource {
 public:
  // Exactly these bytes, or an error. Called by one thread at a time.
  using Fetch = std::function<Result<std::string>(std::int64_t offset, std::int64_t count)>;

  // `first` is what came when the object was opened.
  BlockSource(std::int64_t size_bytes, Block first, Fetch fetch, std::shared_ptr<BlockCache> cache);
  ~BlockSource() override;

  std::int64_t size_bytes() const override { return size_bytes_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override;

 private:
  Result<std::shared_ptr<const Block>> block_with(std::int64_t position, std::int64_t wanted) const;

  const std::int64_t size_bytes_;
  const Fetch fetch_;
  const std::shared_ptr<BlockCache> cache_;
  mutable std::mutex fetching_;
};

}  // namespace sluice
