#include "transcode/engine_input.h"

#include <algorithm>
#include <string>

#include <sys/socket.h>

#include "transcode/engine_protocol.h"
#include "transcode/outside_error.h"

namespace sluice {
namespace {

struct Question {
  std::int64_t offset = 0;
  std::uint64_t count = 0;
};

constexpr std::int64_t kUnreadable = -1;

}  // namespace

Result<std::size_t> SocketSource::read_at(std::int64_t offset, std::span<char> into) const {
  std::lock_guard lock(mutex_);
  std::size_t count = 0;
  while (count < into.size() && offset < size_bytes_) {
    const auto rest =
        into.subspan(count, std::min<std::size_t>(into.size() - count, kMaxRangeBytes));
    SLUICE_TRY_ASSIGN(const auto got, ask(offset, rest));
    if (got == 0) break;
    count += got;
    offset += static_cast<std::int64_t>(got);
  }
  return count;
}

Result<std::size_t> SocketSource::ask(std::int64_t offset, std::span<char> into) const {
  const Question question{offset, into.size()};
  std::int64_t got = kUnreadable;
  SLUICE_TRY(send_bytes(socket_, reinterpret_cast<const char*>(&question), sizeof question));
  SLUICE_TRY(receive_bytes(socket_, reinterpret_cast<char*>(&got), sizeof got));
  if (got < 0 || static_cast<std::uint64_t>(got) > into.size()) {
    return fail(ErrorKind::unavailable, "source_unreadable", "The stored file can't be read.");
  }
  SLUICE_TRY(receive_bytes(socket_, into.data(), static_cast<std::size_t>(got)));
  return static_cast<std::size_t>(got);
}

SourceFeeder::SourceFeeder(const ByteSource& source, UniqueFd socket)
    : source_(source), socket_(std::move(socket)), thread_([this] { answer_all(); }) {}

SourceFeeder::~SourceFeeder() { ::shutdown(socket_.get(), SHUT_RDWR); }

std::optional<Error> SourceFeeder::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

void SourceFeeder::answer_all() {
  while (answer_one()) {
  }
  // The child must not wait for an answer that never comes.
  ::shutdown(socket_.get(), SHUT_RDWR);
}

bool SourceFeeder::answer_one() {
  Question question;
  if (!receive_bytes(socket_.get(), reinterpret_cast<char*>(&question), sizeof question)) {
    return false;
  }
  if (question.offset < 0 || question.count > kMaxRangeBytes) return false;
  std::string bytes(question.count, '\0');
  auto got = source_.read_at(question.offset, bytes);
  std::int64_t length = kUnreadable;
  if (got) {
    length = static_cast<std::int64_t>(*got);
  } else {
    std::lock_guard lock(mutex_);
    failure_ = as_outside_error(std::move(got).error());
  }
  if (!send_bytes(socket_.get(), reinterpret_cast<const char*>(&length), sizeof length))
    return false;
  return length > 0
             ? bool(send_bytes(socket_.get(), bytes.data(), static_cast<std::size_t>(length)))
             : length == 0;
}

}  // namespace sluice
