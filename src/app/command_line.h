// What the user asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "app/configuration.h"

namespace sluice {

enum class Command {
  serve,
  worker,
  transcode,
  probe,
  doctor,
  healthcheck,
  migrate,
  user_add,
  token_create,
  queue_list_dead,
  queue_replay,
};

struct CommandLine {
  Command command = Command::serve;
  GivenSettings flags;
  std::string config_file;  // --config or SLUICE_CONFIG
  std::string input;        // transcode, probe
  std::string output;       // transcode
  std::string email;        // user add, token create
  bool password_stdin = false;
  std::string message;  // queue replay
  bool json = false;    // queue list-dead
  bool live = false;    // healthcheck
};

// Nothing to do but to say this and go: --help, --version, or a fault.
struct Farewell {
  int exit_code = 0;
  std::string text;  // for standard output when exit_code is 0, else one line for standard error
};

inline constexpr int kUsageError = 2;

tl::expected<CommandLine, Farewell> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace sluice
