#include "app/background.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <thread>

#include <fmt/format.h>

#include "app/source_limits.h"
#include "video/object_key.h"

namespace sluice {
namespace {

constexpr std::chrono::seconds kPatience{5};

std::string worker_name(int number) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}:{}:{}", host.data(), ::getpid(), number);
}

WorkerSettings worker_settings(const Configuration& configuration, int number) {
  WorkerSettings settings;
  settings.name = worker_name(number);
  settings.threads = std::max(1, configuration.threads / std::max(1, configuration.workers));
  settings.light_slot = configuration.queue == "sql:";
  return settings;
}

std::function<Result<int>(Timestamp)> abort_stray_uploads(const Installation& installation) {
  auto* bucket = installation.stores.s3_uploads;
  if (bucket == nullptr) return {};
  return [bucket](Timestamp begun_before) {
    return bucket->abort_stale_multiparts(kVideosPrefix, begun_before);
  };
}

}  // namespace

Background::Background(const Configuration& configuration, Installation& installation,
                       Metrics& metrics)
    : dispatcher_({}, *installation.catalog, *installation.queue.jobs, installation.clock),
      sweeper_({},
               {*installation.catalog, *installation.queue.jobs, *installation.stores.uploads,
                *installation.stores.media, installation.clock, *installation.stores.upload_urls,
                [this] { dispatcher_.wake(); }, abort_stray_uploads(installation)}),
      cut_off_([&stores = installation.stores] {
        if (stores.aws) stores.aws->stop.request_stop();
      }) {
  const TaskParts tasks{*installation.catalog,
                        *installation.catalog,
                        *installation.catalog,
                        *installation.stores.uploads,
                        *installation.stores.media,
                        *installation.engine,
                        installation.clock,
                        plan_policy(configuration)};
  if (const char* agent = std::getenv("ECS_AGENT_URI")) {
    protection_ = std::make_unique<TaskProtection>(agent);
  }
  for (int i = 0; i < configuration.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        worker_settings(configuration, i),
        WorkerParts{tasks, *installation.queue.jobs, [this] { dispatcher_.wake(); },
                    [&metrics](const TaskReport& report) { metrics.count_task(report); },
                    [this](bool began) {
                      if (protection_) protection_->work(began);
                    }}));
  }
}

Background::~Background() { stop(std::chrono::milliseconds{0}); }

void Background::start() {
  for (const auto& worker : workers_) worker->start();
  dispatcher_.start();
  sweeper_.start();
}

void Background::stop(std::chrono::milliseconds grace) {
  std::promise<void> stopped;
  // A task that is told to stop waits for the request that it has sent. One that hangs is cut off.
  const std::jthread impatience([this, grace, over = stopped.get_future()] {
    if (over.wait_for(grace + kPatience) == std::future_status::timeout) cut_off_();
  });
  {
    std::vector<std::jthread> stopping;  // side by side: the grace is for all of them together
    for (const auto& worker : workers_) {
      stopping.emplace_back([&worker, grace] { worker->stop(grace); });
    }
  }
  stopped.set_value();
}

}  // namespace sluice
