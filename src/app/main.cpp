#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "app/run_command.h"
#include "transcode/engine_child.h"

int main(int argc, char** argv) {
  // What a worker starts for each job. Looked at first: it starts often.
  if (argc == 2 && std::string_view{argv[1]} == "engine") return sluice::engine_child_main();
  // A client that hangs up is an error of its connection, not of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return sluice::run_command({argv + 1, argv + argc});
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "sluice: internal error: %s\n", bug.what());
    return 1;
  }
}
