// Engine jobs as child processes of this binary.
#pragma once

#include <atomic>
#include <set>
#include <string>

#include "transcode/engine.h"

namespace sluice {

// Starts `program engine` for each job, with the source's descriptor as its input, and kills it
// when it is stopped, silent for too long, or over its limits. A source without a descriptor is read
// here, on a thread of the job, and handed to the child in the ranges that it asks for.
// Says so once in the log when the system has no sandbox for it.
class ProcessEngine final : public Engine {
 public:
  explicit ProcessEngine(EngineLimits limits = {}, std::string program = "/proc/self/exe")
      : limits_(limits), program_(std::move(program)) {}

  Result<EngineResult> run(const EngineJob& job, const ByteSource& source,
                           const EngineCallbacks& callbacks, std::stop_token stop) override;

 private:
  // What a job has sent, over all its children.
  struct Sent {
    std::set<std::string> names;
    std::int64_t bytes = 0;
  };
  struct Run {
    const EngineJob& job;
    const ByteSource& source;
    const EngineCallbacks& callbacks;
    std::stop_token stop;
    Sent sent{};
  };
  Result<EngineResult> run_child(Run& run, bool with_filters);
  Result<> pass_on(Run& run, EngineOutput output);

  EngineLimits limits_;
  std::string program_;
  std::atomic<bool> warned_ = false;
};

}  // namespace sluice
