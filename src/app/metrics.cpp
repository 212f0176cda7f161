#include "app/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <mutex>
#include <tuple>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace sluice {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Labels;

const prometheus::Histogram::BucketBoundaries kRequestSeconds = {0.001, 0.005, 0.025, 0.1,
                                                                 0.5,   2.5,   10,    60};
const prometheus::Histogram::BucketBoundaries kTaskSeconds = {0.1, 0.5, 1,   2.5, 5,
                                                              10,  30,  120, 600, 1800};

// A client may send any word for a method; a label must not grow with that.
std::string_view known_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};
  for (const auto known : kMethods) {
    if (method == known) return known;
  }
  return "other";
}

double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

class Metrics::Impl {
 public:
  void count_request(const http::Access& access) {
    auto& series = series_of(access);
    series.count.Increment();
    series.seconds.Observe(std::chrono::duration<double>(access.duration).count());
    const bool accepted = access.status >= 200 && access.status < 300;
    if (accepted && access.method == "POST" && access.pattern.starts_with("/api/uploads/")) {
      if (access.pattern.ends_with("/initiate")) uploads_initiated_.Increment();
      if (access.pattern.ends_with("/complete")) uploads_completed_.Increment();
    }
  }

  void count_task(const TaskReport& report) {
    const std::string kind{to_string(report.kind)};
    task_seconds_.Add({{"kind", kind}, {"outcome", std::string{report.outcome}}}, kTaskSeconds)
        .Observe(report.seconds);
    if (report.media_seconds <= 0) return;
    encoded_media_.Add({{"kind", kind}}).Increment(report.media_seconds);
    encode_cpu_.Add({{"kind", kind}}).Increment(report.cpu_seconds);
    encode_wall_.Add({{"kind", kind}}).Increment(report.seconds);
    if (report.kind != TaskKind::video) return;
    speed_per_wall_.Set(report.media_seconds / report.seconds);
    if (report.cpu_seconds > 0) speed_per_cpu_.Set(report.media_seconds / report.cpu_seconds);
  }

  std::string render(const Now& now) {
    if (now.tasks) {
      set_tasks("waiting", now.tasks->waiting);
      set_tasks("running", now.tasks->running);
      set_tasks("done", now.tasks->done);
      set_tasks("failed", now.tasks->failed);
      work_waiting_.Set(now.tasks->work_waiting);
      set_backlog("first", now.tasks->first);
      set_backlog("rest", now.tasks->rest);
    }
    if (now.queue) {
      set_depth("first", now.queue->first_waiting);
      set_depth("rest", now.queue->rest_waiting);
      set_depth("dead", now.queue->dead);
      in_flight_.Set(static_cast<double>(now.queue->in_flight));
    }
    memory_.Set(resident_bytes());
    cpu_self_.Set(cpu_seconds(RUSAGE_SELF));
    cpu_engine_.Set(cpu_seconds(RUSAGE_CHILDREN));
    return prometheus::TextSerializer{}.Serialize(registry_.Collect());
  }

 private:
  struct Series {
    prometheus::Counter& count;
    prometheus::Histogram& seconds;
  };

  // Found by its parts, so that the hot path of delivery builds no labels.
  Series& series_of(const http::Access& access) {
    const auto method = known_method(access.method);
    const std::tuple key{access.pattern, method, access.status};
    std::lock_guard lock(mutex_);
    if (const auto found = series_.find(key); found != series_.end()) return found->second;
    const std::string pattern{access.pattern.empty() ? "none" : access.pattern};
    const Labels route = {{"method", std::string{method}}, {"pattern", pattern}};
    auto labels = route;
    labels["status"] = std::to_string(access.status);
    Series made{requests_.Add(labels), request_seconds_.Add(route, kRequestSeconds)};
    return series_.emplace(key, made).first->second;
  }

  void set_tasks(const char* state, std::int64_t count) {
    tasks_.Add({{"state", state}}).Set(static_cast<double>(count));
  }
  void set_backlog(const char* lane, const Backlog& backlog) {
    const auto set = [&](const char* state, std::int64_t tasks, double work) {
      const Labels labels = {{"lane", lane}, {"state", state}};
      backlog_tasks_.Add(labels).Set(static_cast<double>(tasks));
      backlog_work_.Add(labels).Set(work);
    };
    set("waiting", backlog.waiting, backlog.work_waiting);
    set("running", backlog.running, backlog.work_running);
  }
  void set_depth(const char* lane, std::int64_t count) {
    depth_.Add({{"lane", lane}}).Set(static_cast<double>(count));
  }

  prometheus::Gauge& gauge(const char* name, const char* help) {
    return BuildGauge().Name(name).Help(help).Register(registry_).Add({});
  }

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Gauge>& tasks_ =
      BuildGauge().Name("sluice_tasks").Help("Tasks by state.").Register(registry_);
  prometheus::Gauge& work_waiting_ =
      gauge("sluice_work_waiting_cpu_seconds", "Estimated CPU seconds of the tasks that wait.");
  // What a fleet should be sized by: work, not messages.
  prometheus::Family<prometheus::Gauge>& backlog_tasks_ =
      BuildGauge()
          .Name("sluice_backlog_tasks")
          .Help("Tasks to be done, by lane and state.")
          .Register(registry_);
  prometheus::Family<prometheus::Gauge>& backlog_work_ =
      BuildGauge()
          .Name("sluice_backlog_cpu_seconds")
          .Help("Estimated CPU seconds of the tasks to be done, by lane and state.")
          .Register(registry_);
  prometheus::Family<prometheus::Gauge>& depth_ =
      BuildGauge()
          .Name("sluice_queue_depth")
          .Help("Messages that wait in each lane, and dead letters.")
          .Register(registry_);
  prometheus::Gauge& in_flight_ =
      gauge("sluice_queue_in_flight", "Messages in the hands of workers.");
  prometheus::Family<prometheus::Histogram>& task_seconds_ =
      BuildHistogram()
          .Name("sluice_task_duration_seconds")
          .Help("Runs of tasks by kind and outcome.")
          .Register(registry_);
  prometheus::Family<prometheus::Counter>& encoded_media_ =
      BuildCounter()
          .Name("sluice_encoded_media_seconds_total")
          .Help("Seconds of video or sound that were encoded, once for each task.")
          .Register(registry_);
  prometheus::Family<prometheus::Counter>& encode_cpu_ =
      BuildCounter()
          .Name("sluice_encode_cpu_seconds_total")
          .Help("CPU seconds spent on them.")
          .Register(registry_);
  prometheus::Family<prometheus::Counter>& encode_wall_ =
      BuildCounter()
          .Name("sluice_encode_wall_seconds_total")
          .Help("Wall-clock seconds spent on them.")
          .Register(registry_);
  prometheus::Family<prometheus::Gauge>& speed_ =
      BuildGauge()
          .Name("sluice_encode_speed")
          .Help("Seconds of video per second, of the last video task.")
          .Register(registry_);
  prometheus::Gauge& speed_per_wall_ = speed_.Add({{"per", "wall_second"}});
  prometheus::Gauge& speed_per_cpu_ = speed_.Add({{"per", "cpu_second"}});
  prometheus::Family<prometheus::Counter>& requests_ = BuildCounter()
                                                           .Name("sluice_http_requests_total")
                                                           .Help("Finished requests.")
                                                           .Register(registry_);
  prometheus::Family<prometheus::Histogram>& request_seconds_ =
      BuildHistogram()
          .Name("sluice_http_request_duration_seconds")
          .Help("From a request's first byte to its answer's last.")
          .Register(registry_);
  prometheus::Family<prometheus::Counter>& uploads_ = BuildCounter()
                                                          .Name("sluice_uploads_total")
                                                          .Help("Uploads by how far they came.")
                                                          .Register(registry_);
  prometheus::Counter& uploads_initiated_ = uploads_.Add({{"step", "initiated"}});
  prometheus::Counter& uploads_completed_ = uploads_.Add({{"step", "completed"}});
  prometheus::Gauge& memory_ =
      gauge("process_resident_memory_bytes", "Memory of this process, without its engines.");
  prometheus::Family<prometheus::Gauge>& cpu_ = BuildGauge()
                                                    .Name("sluice_cpu_seconds")
                                                    .Help("CPU time so far, here and in engines.")
                                                    .Register(registry_);
  prometheus::Gauge& cpu_self_ = cpu_.Add({{"process", "self"}});
  prometheus::Gauge& cpu_engine_ = cpu_.Add({{"process", "engine"}});

  std::mutex mutex_;
  // Patterns and methods live as long as the router and the program.
  std::map<std::tuple<std::string_view, std::string_view, int>, Series> series_;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(const http::Access& access) { impl_->count_request(access); }
void Metrics::count_task(const TaskReport& report) { impl_->count_task(report); }
std::string Metrics::render(const Now& now) { return impl_->render(now); }

}  // namespace sluice
