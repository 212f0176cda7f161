// Lets a coroutine have something done on the pool.
#pragma once

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include "http/loop.h"

namespace sluice::http {

// One piece of work at a time. Whoever starts one waits for done() before anything that the work
// refers to goes away, this object included.
class PoolCall {
 public:
  PoolCall(Executor executor, asio::thread_pool& pool)
      : executor_(executor), pool_(pool), finished_(executor) {
    finished_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  // `work` doesn't throw.
  template <class Work>
  void start(Work work) {
    begin();
    asio::post(pool_, [this, work = std::move(work)]() mutable {
      work();
      asio::post(executor_, [this] { end(); });
    });
  }

  // The work is somebody else's, who says when it is done; on the executor.
  void begin() { running_ = true; }
  void end() {
    running_ = false;
    finished_.cancel();
  }

  Task<void> done() {
    while (running_) {
      auto wait = finished_.async_wait(asio::as_tuple(asio::deferred));
      co_await std::move(wait);
    }
  }

 private:
  Executor executor_;
  asio::thread_pool& pool_;
  Timer finished_;  // never expires; canceled when the work is done
  bool running_ = false;
};

}  // namespace sluice::http
