#include "app/program.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "app/run_command.h"

namespace sluice {

int program(int argc, char** argv, EngineMain engine) {
  // What a worker starts for each job. Looked at first: it starts often.
  if (engine != nullptr && argc == 2 && std::string_view{argv[1]} == "engine") return engine();
  // A client that hangs up is an error of its connection, not of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run_command({argv + 1, argv + argc}, engine != nullptr);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "sluice: internal error: %s\n", bug.what());
    return 1;
  }
}

}  // namespace sluice
