// SIGINT and SIGTERM as something to wait for.
#pragma once

#include <stop_token>
#include <thread>

namespace sluice {

// To be made before other threads are: they inherit that the signals are blocked. After the first
// signal a second one ends the process at once, which nothing minds.
class StopSignals {
 public:
  StopSignals();

  // Blocks until one comes.
  void wait();

  // Requests a stop when one comes, for as long as the thread lives.
  std::jthread forward_to(std::stop_source target);
};

}  // namespace sluice
