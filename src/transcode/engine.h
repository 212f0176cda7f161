// The engine as a worker sees it: a job in, outputs as they are made. One job is one child process
// of this same binary (see engine_process.h): its input is a descriptor, its outputs are messages,
// and its death is an ordinary error.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "media/output.h"
#include "plan/plan.h"
#include "video/task.h"

namespace sluice {

struct EngineJob {
  TaskKind kind = TaskKind::prepare;  // all but finish
  PlanPolicy policy;                  // prepare
  std::optional<Plan> plan;           // all but prepare
  std::vector<std::string> tracks;    // video, audio, text
  int first_chunk = 0;
  int end_chunk = 0;
  int threads = 1;
};

// One finished object: stored under video_prefix(id) + name.
using EngineOutput = media::Output;

struct EngineResult {
  std::optional<Plan> plan;  // prepare: with codecs and init hashes filled in
  double cpu_seconds = 0;    // of the child
  std::int64_t peak_memory_bytes = 0;
  bool confined = true;  // false: this system can't filter system calls, and limits alone hold it
};

struct EngineCallbacks {
  // Called on the calling thread, in order. An error stops the job and becomes its result.
  std::function<Result<>(EngineOutput)> on_output;
  // Seconds of the source's time that are encoded so far, of this job; often.
  std::function<void(double)> on_progress;
};

struct EngineLimits {
  std::int64_t memory_bytes = std::int64_t{8} << 30;  // address space
  std::chrono::seconds silence{120};  // without output or progress: the child hangs and is killed
  std::int64_t output_base_bytes = std::int64_t{64} << 20;  // of all objects together, likewise
  std::chrono::seconds cpu{600};  // and more for what has to be encoded (engine_limits.h)
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Blocks until the job is done. Thread-safe: jobs may run side by side.
  // Errors: `invalid` (the file's fault, for its uploader; engine_refused: it made the decoder try
  // what its sandbox forbids), `too_large` engine_memory / engine_cpu_limit / engine_output_limit,
  // `internal` engine_crashed / engine_hung, `canceled` when stopped; when the source could not be
  // read, why, whatever came of that in the engine.
  virtual Result<EngineResult> run(const EngineJob& job, const ByteSource& source,
                                   const EngineCallbacks& callbacks, std::stop_token stop) = 0;
};

}  // namespace sluice
