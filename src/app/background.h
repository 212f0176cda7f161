// What goes on without a request: workers, the dispatcher and the sweeper.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/configuration.h"
#include "app/installation.h"
#include "app/metrics.h"
#include "app/task_protection.h"
#include "transcode/dispatcher.h"
#include "transcode/sweeper.h"
#include "transcode/worker.h"

namespace sluice {

class Background {
 public:
  // Both outlive it.
  Background(const Configuration& configuration, Installation& installation, Metrics& metrics);
  ~Background();  // stops

  void start();

  // Takes no new tasks; what runs may end within `grace` and is then given back. For good.
  void stop(std::chrono::milliseconds grace);

  // There may be tasks to publish.
  void wake() { dispatcher_.wake(); }

 private:
  Dispatcher dispatcher_;
  Sweeper sweeper_;
  std::function<void()> cut_off_;
  std::unique_ptr<TaskProtection> protection_;  // on Amazon ECS
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace sluice
