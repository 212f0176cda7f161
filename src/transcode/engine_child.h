// The engine's side of engine_process.h: what `sluice engine` runs.
#pragma once

namespace sluice {

// Descriptors that the child finds open: its conversation with the worker, and its input: the file
// itself, or a socket for questions about one that is elsewhere (engine_input.h).
inline constexpr int kEngineSocket = 3;
inline constexpr int kEngineInput = 4;

// Does one job and returns the process's exit status. Only ever started by a worker.
int engine_child_main();

}  // namespace sluice
