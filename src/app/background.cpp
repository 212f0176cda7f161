#include "app/background.h"

#include <unistd.h>

#include <algorithm>
#include <array>

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

}  // namespace

Background::Background(const Configuration& configuration, Installation& installation,
                       Metrics& metrics)
    : dispatcher_({}, *installation.catalog, *installation.queue),
      sweeper_({}, {*installation.catalog, *installation.queue, *installation.uploads,
                    *installation.media, installation.clock, *installation.upload_urls,
                    [this] { dispatcher_.wake(); }}) {
  const TaskParts tasks{*installation.catalog,   *installation.catalog, *installation.uploads,
                        *installation.media,     installation.engine,   installation.clock,
                        policy_of(configuration)};
  for (int i = 0; i < configuration.workers; ++i) {
    WorkerSettings settings;
    settings.name = worker_name(i);
    settings.threads = std::max(1, configuration.threads / configuration.workers);
    workers_.push_back(std::make_unique<Worker>(
        std::move(settings),
        WorkerParts{tasks, *installation.queue, [this] { dispatcher_.wake(); },
                    [&metrics](const TaskReport& report) { metrics.count_task(report); }}));
  }
}

Background::~Background() { stop(); }

void Background::start() {
  for (const auto& worker : workers_) worker->start();
  dispatcher_.start();
  sweeper_.start();
}

void Background::stop() {
  for (const auto& worker : workers_) worker->stop(std::chrono::milliseconds{0});
}

}  // namespace sluice
