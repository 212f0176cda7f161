// libpq waits for an answer for ever; this ends the connections of those who have waited too long.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace sluice {

// Thread-safe. Takes up to a quarter of a second longer than the limits given.
class PostgresqlWatch {
 public:
  // One connection's socket.
  class Socket {
   public:
    Socket(PostgresqlWatch& watch, int descriptor);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // From now on; the one before ends.
    void set_limit(std::chrono::milliseconds limit);
    void lift_limit();
    // Both directions, as if the other side had gone away.
    void cut();
    bool was_cut() const { return cut_; }

   private:
    friend class PostgresqlWatch;

    PostgresqlWatch& watch_;
    const UniqueFd descriptor_;  // our own: the other may be closed and its number used again
    std::atomic<std::chrono::steady_clock::time_point> deadline_;
    std::atomic<bool> cut_ = false;
  };

  PostgresqlWatch();

 private:
  void look();

  std::mutex mutex_;
  std::vector<Socket*> sockets_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace sluice
