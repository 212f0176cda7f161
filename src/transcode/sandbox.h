// What keeps hostile input inside the engine's process, should it ever get a decoder to run it.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice {

struct SandboxLimits {
  std::int64_t memory_bytes = 0;  // address space
  std::chrono::seconds cpu{};
};

enum class Confinement {
  full,         // limits, and no system call but those that decoding and encoding need
  limits_only,  // this kernel, or this build, can't filter system calls
};

// For this process and every thread that it has or starts, for good. Afterwards there are no files
// to open, no sockets, no programs, no other processes and no executable memory; what is left is to
// read descriptors that are open, to talk over `socket` and `input`, memory, threads and clocks. What
// libraries ask for innocently is refused (EPERM); what only an attack asks for ends the process
// (SIGSYS). Needs no privileges, works in containers and as root.
//
// Libraries that are loaded at run time have to be in before.
Confinement enter_sandbox(const SandboxLimits& limits, int socket, int input);

}  // namespace sluice
