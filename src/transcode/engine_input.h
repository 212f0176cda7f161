// A source that is no local file, on its way to the engine: the child asks for ranges over a socket
// and a thread of the worker answers.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace sluice {

// The child's end.
class SocketSource final : public ByteSource {
 public:
  // `socket` stays the caller's.
  SocketSource(int socket, std::int64_t size_bytes) : socket_(socket), size_bytes_(size_bytes) {}

  std::int64_t size_bytes() const override { return size_bytes_; }
  // `unavailable`, code source_unreadable, when the worker can't read it.
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override;

 private:
  Result<std::size_t> ask(std::int64_t offset, std::span<char> into) const;

  const int socket_;
  const std::int64_t size_bytes_;
  mutable std::mutex mutex_;  // one question at a time
};

// The worker's end. What the child asks for is limited to this source and to kMaxRangeBytes at a
// time; a child that asks for anything else is answered no more.
inline constexpr std::uint64_t kMaxRangeBytes = 4u << 20;

class SourceFeeder {
 public:
  // `source` outlives it.
  SourceFeeder(const ByteSource& source, UniqueFd socket);
  // Waits for a read that is under way.
  ~SourceFeeder();

  // Why the source could not be read, if so. Known before the child is told.
  std::optional<Error> failure() const;

 private:
  void answer_all();
  bool answer_one();

  const ByteSource& source_;
  const UniqueFd socket_;
  mutable std::mutex mutex_;
  std::optional<Error> failure_;
  std::jthread thread_;
};

}  // namespace sluice
