#include "app/engine_commands.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "app/progress_line.h"
#include "app/source_limits.h"
#include "app/stop_signals.h"
#include "transcode/engine_process.h"
#include "transcode/transcode_folder.h"

namespace sluice {
Result<> transcode_file(const Configuration& configuration, const std::string& input,
                        const std::string& folder) {
  StopSignals signals;
  std::stop_source stop;
  const auto forwarding = signals.forward_to(stop);
  ProcessEngine engine(engine_limits(configuration));
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  FolderOptions options{configuration.threads, plan_policy(configuration), {}};
  if (terminal) {
    options.on_progress = [&](const FolderProgress& progress) {
      fmt::print(stderr, "\r{}\x1b[K",
                 progress_line(progress.done, progress.video_seconds, elapsed()));
      std::fflush(stderr);
    };
  }
  const auto plan = transcode_to_folder(input, folder, engine, options, stop.get_token());
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  if (!plan) return fail(plan.error());
  fmt::print("{}/master.m3u8: {} of video in {}, {} renditions\n", folder,
             clock_time(plan->timeline.duration_seconds), clock_time(elapsed()),
             plan->renditions.size());
  for (const auto& note : plan->source.notes) fmt::print("note: {}\n", note.message);
  return {};
}

Result<> probe_file(const Configuration& configuration, const std::string& input) {
  ProcessEngine engine(engine_limits(configuration));
  SLUICE_TRY_ASSIGN(const auto text, describe_file(input, engine, plan_policy(configuration)));
  fmt::print("{}\n", text);
  return {};
}

}  // namespace sluice
