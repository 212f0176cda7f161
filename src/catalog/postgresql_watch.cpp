#include "catalog/postgresql_watch.h"

#include <condition_variable>

#include <fcntl.h>
#include <sys/socket.h>

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr auto kNever = Clock::time_point::max();

}  // namespace

PostgresqlWatch::Socket::Socket(PostgresqlWatch& watch, int descriptor)
    : watch_(watch), descriptor_(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)), deadline_(kNever) {
  std::lock_guard lock(watch_.mutex_);
  watch_.sockets_.push_back(this);
}

PostgresqlWatch::Socket::~Socket() {
  std::lock_guard lock(watch_.mutex_);
  std::erase(watch_.sockets_, this);
}

void PostgresqlWatch::Socket::set_limit(std::chrono::milliseconds limit) {
  deadline_ = Clock::now() + limit;
}

void PostgresqlWatch::Socket::lift_limit() { deadline_ = kNever; }

void PostgresqlWatch::Socket::cut() {
  cut_ = true;
  deadline_ = kNever;
  // Whoever waits for it reads the end of the stream.
  ::shutdown(descriptor_.get(), SHUT_RDWR);
}

// Looking now and then is cheaper than being woken by every transaction.
PostgresqlWatch::PostgresqlWatch()
    : thread_([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
          stopped.wait_for(lock, stop, kLookEvery, [] { return false; });
          look();
        }
      }) {}

void PostgresqlWatch::look() {
  const auto now = Clock::now();
  std::lock_guard lock(mutex_);
  for (auto* socket : sockets_) {
    if (socket->deadline_.load() <= now) socket->cut();
  }
}

}  // namespace sluice
