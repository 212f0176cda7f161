#include "app/background.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>

namespace sluice {
namespace {

std::string worker_name(int number) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}:{}:{}", host.data(), ::getpid(), number);
}

PlanPolicy policy_of(const Configuration& configuration) {
  return {.max_duration_seconds = static_cast<double>(configuration.max_duration.count())};
}

WorkerSettings worker_settings(const Configuration& configuration, int number) {
  WorkerSettings settings;
  settings.name = worker_name(number);
  settings.threads = std::max(1, configuration.threads / std::max(1, configuration.workers));
  settings.light_slot = configuration.queue == "sql:";
  return settings;
}

}  // namespace

int tasks_side_by_side(const Configuration& configuration) {
  return configuration.workers * slots_of(worker_settings(configuration, 0));
}

Background::Background(const Configuration& configuration, Installation& installation,
                       Metrics& metrics)
    : dispatcher_({}, *installation.catalog, *installation.queue.jobs, installation.clock),
      sweeper_({}, {*installation.catalog, *installation.queue.jobs, *installation.stores.uploads,
                    *installation.stores.media, installation.clock, *installation.stores.upload_urls,
                    [this] { dispatcher_.wake(); }}) {
  const TaskParts tasks{*installation.catalog,   *installation.catalog, *installation.stores.uploads,
                        *installation.stores.media,     installation.engine,   installation.clock,
                        policy_of(configuration)};
  for (int i = 0; i < configuration.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        worker_settings(configuration, i),
        WorkerParts{tasks, *installation.queue.jobs, [this] { dispatcher_.wake(); },
                    [&metrics](const TaskReport& report) { metrics.count_task(report); }}));
  }
}

Background::~Background() { stop(std::chrono::milliseconds{0}); }

void Background::start() {
  for (const auto& worker : workers_) worker->start();
  dispatcher_.start();
  sweeper_.start();
}

void Background::stop(std::chrono::milliseconds grace) {
  std::vector<std::jthread> stopping;  // side by side: the grace is for all of them together
  for (const auto& worker : workers_) {
    stopping.emplace_back([&worker, grace] { worker->stop(grace); });
  }
}

}  // namespace sluice
