#include "storage/s3/block_source.h"

#include <algorithm>
#include <cstring>

namespace sluice {

void BlockCache::add(const void* owner, std::shared_ptr<const Block> block) {
  std::lock_guard lock(mutex_);
  bytes_ += static_cast<std::int64_t>(block->bytes.size());
  entries_.push_front({owner, std::move(block)});
  // The newest stays even when it is larger than the whole cache.
  while (bytes_ > max_bytes_ && entries_.size() > 1) forget(std::prev(entries_.end()));
}

std::shared_ptr<const Block> BlockCache::find(const void* owner, std::int64_t position) {
  return take_first([=](const Entry& entry) {
    return entry.owner == owner && entry.block->offset <= position && position < entry.block->end();
  });
}

std::shared_ptr<const Block> BlockCache::ending_at(const void* owner, std::int64_t position) {
  return take_first(
      [=](const Entry& entry) { return entry.owner == owner && entry.block->end() == position; });
}

void BlockCache::drop(const void* owner) {
  std::lock_guard lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto here = at++;
    if (here->owner == owner) forget(here);
  }
}

template <class Fits>
std::shared_ptr<const Block> BlockCache::take_first(Fits fits) {
  std::lock_guard lock(mutex_);
  const auto at = std::ranges::find_if(entries_, fits);
  if (at == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, at);
  return entries_.front().block;
}

void BlockCache::forget(Entries::iterator at) {
  bytes_ -= static_cast<std::int64_t>(at->block->bytes.size());
  entries_.erase(at);
}

BlockSource::BlockSource(std::int64_t size_bytes, Block first, Fetch fetch,
                         std::shared_ptr<BlockCache> cache)
    : size_bytes_(size_bytes), fetch_(std::move(fetch)), cache_(std::move(cache)) {
  if (!first.bytes.empty()) cache_->add(this, std::make_shared<const Block>(std::move(first)));
}

BlockSource::~BlockSource() { cache_->drop(this); }

Result<std::size_t> BlockSource::read_at(std::int64_t offset, std::span<char> into) const {
  const auto end = std::min(size_bytes_, offset + static_cast<std::int64_t>(into.size()));
  std::size_t count = 0;
  for (auto position = offset; position < end;) {
    SLUICE_TRY_ASSIGN(const auto block, block_with(position, end - position));
    const auto length = static_cast<std::size_t>(std::min(end, block->end()) - position);
    const auto from = static_cast<std::size_t>(position - block->offset);
    std::memcpy(into.data() + count, block->bytes.data() + from, length);
    count += length;
    position += static_cast<std::int64_t>(length);
  }
  return count;
}

Result<std::shared_ptr<const Block>> BlockSource::block_with(std::int64_t position,
                                                             std::int64_t wanted) const {
  if (auto found = cache_->find(this, position)) return found;
  std::lock_guard lock(fetching_);
  if (auto found = cache_->find(this, position)) return found;
  std::int64_t length = kSmallestBlockBytes;
  if (const auto before = cache_->ending_at(this, position)) {
    length = std::clamp(static_cast<std::int64_t>(before->bytes.size()) * 2, kSmallestBlockBytes,
                        kLargestBlockBytes);
  }
  length = std::min(std::max(length, wanted), size_bytes_ - position);
  SLUICE_TRY_ASSIGN(auto bytes, fetch_(position, length));
  auto block = std::make_shared<const Block>(Block{position, std::move(bytes)});
  cache_->add(this, block);
  return block;
}

}  // namespace sluice
