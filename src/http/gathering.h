// Requests of one route that are answered together.
#pragma once

#include <vector>

#include "http/loop.h"
#include "http/pool_call.h"

namespace sluice::http {

// Those of one loop, on whose thread everything here happens but the handler's work.
class Gathering {
 public:
  // A request in the hands of a session, which has begun `call` and waits until that is over.
  struct Guest {
    const Request* request = nullptr;
    Response* response = nullptr;
    PoolCall* call = nullptr;
  };

  Gathering(const GroupHandler& handler, Executor executor, asio::thread_pool& pool)
      : handler_(handler), executor_(executor), pool_(pool) {}

  void add(const Guest& guest);

 private:
  using Group = std::vector<Guest>;

  void start();
  void answer(const Group& group) const;
  void end(const Group& group);

  const GroupHandler& handler_;
  Executor executor_;
  asio::thread_pool& pool_;
  Group waiting_;
  bool about_to_start_ = false;
  int at_work_ = 0;
};

}  // namespace sluice::http
