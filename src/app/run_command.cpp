#include "app/run_command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "app/account_commands.h"
#include "app/command_line.h"
#include "app/cpu_quota.h"
#include "app/data_folder.h"
#include "app/doctor.h"
#include "app/engine_commands.h"
#include "app/healthcheck.h"
#include "app/installation.h"
#include "app/queue_commands.h"
#include "app/serve.h"
#include "base/log.h"

namespace sluice {
namespace {

constexpr int kFailed = 1;

std::optional<std::string> environment_variable(std::string_view name) {
  const char* value = std::getenv(std::string{name}.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

tl::expected<GivenSettings, Faults> read_file(const std::string& name) {
  if (name.empty()) return GivenSettings{};
  std::ifstream file{name};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return tl::unexpected(Faults{fmt::format("{} can't be read", name)});
  return settings_from_file(text.str(), name);
}

tl::expected<Configuration, Faults> configure(const CommandLine& line) {
  const auto file = read_file(line.config_file);
  const auto given = merge_settings(line.flags, settings_from_environment(environment_variable),
                                    file ? *file : GivenSettings{});
  Surroundings surroundings;
  surroundings.cpus = available_cpus("/", static_cast<int>(std::thread::hardware_concurrency()));
  surroundings.terminal = ::isatty(STDERR_FILENO) != 0;
  surroundings.worker = line.command == Command::worker;
  surroundings.region = environment_variable("AWS_REGION")
                            .value_or(environment_variable("AWS_DEFAULT_REGION").value_or(""));
  auto configuration = resolve_configuration(given, surroundings);
  if (file) return configuration;
  auto faults = file.error();
  if (!configuration) {
    faults.insert(faults.end(), configuration.error().begin(), configuration.error().end());
  }
  return tl::unexpected(std::move(faults));
}

// Prints what `sluice doctor` found; is everything well?
Result<> report(const std::vector<Finding>& findings) {
  int faults = 0;
  for (const auto& found : findings) {
    fmt::print("{:4} {}: {}\n", found.good ? "ok" : "BAD", found.part, found.text);
    if (!found.good) ++faults;
  }
  if (faults == 0) return {};
  return fail(ErrorKind::internal, "unwell",
              fmt::format("{} of {} checks failed", faults, findings.size()));
}

// Beside whatever else is at work on the queue.
template <class Work>
Result<> with_queue(const Configuration& configuration, Work&& work) {
  if (configuration.uses_data_folder()) SLUICE_TRY(make_data_folder(configuration.data));
  const SystemClock clock;
  SLUICE_TRY_ASSIGN(const auto catalog, open_catalog(configuration));
  SLUICE_TRY_ASSIGN(const auto queue, open_queue(configuration, *catalog, clock));
  SLUICE_TRY_ASSIGN(const std::string text, work(ReplayParts{*catalog, *queue.jobs, clock}));
  fmt::print("{}", text);
  return {};
}

Result<> show_dead_letters(const Configuration& configuration, bool json) {
  return with_queue(configuration, [&](const ReplayParts& parts) {
    return list_dead_letters(parts.queue.dead_letters(), json);
  });
}

Result<> replay_message(const Configuration& configuration, const std::string& id) {
  return with_queue(configuration,
                    [&](const ReplayParts& parts) { return replay_dead_letter(parts, id); });
}

Result<> migrate_database(const Configuration& configuration) {
  if (configuration.uses_data_folder()) SLUICE_TRY(make_data_folder(configuration.data));
  SLUICE_TRY_ASSIGN(const auto catalog, open_catalog(configuration));
  fmt::print("The tables are up to date.\n");
  return {};
}

bool needs_engine(Command command, const Configuration& configuration) {
  if (command == Command::serve) return configuration.workers > 0;
  return command == Command::worker || command == Command::transcode || command == Command::probe;
}

Result<> run(const CommandLine& line, const Configuration& configuration, bool has_engine) {
  if (!has_engine && needs_engine(line.command, configuration)) {
    return fail(
        ErrorKind::invalid, "no_engine",
        "this program is the API alone, without the engine: start it as `serve --workers 0`, "
        "and workers with the whole one");
  }
  switch (line.command) {
    case Command::serve: return serve(configuration);
    case Command::worker: return work(configuration);
    case Command::transcode: return transcode_file(configuration, line.input, line.output);
    case Command::probe: return probe_file(configuration, line.input);
    case Command::doctor: return report(examine(configuration, has_engine));
    case Command::healthcheck: return check_health(configuration, line.live);
    case Command::migrate: return migrate_database(configuration);
    case Command::user_add: return add_user(configuration, line.email, line.password_stdin);
    case Command::token_create: return create_token(configuration, line.email);
    case Command::queue_list_dead: return show_dead_letters(configuration, line.json);
    case Command::queue_replay: return replay_message(configuration, line.message);
  }
  return {};
}

}  // namespace

int run_command(const std::vector<std::string>& arguments, bool has_engine) {
  const auto line = parse_command_line(arguments);
  if (!line) {
    if (line.error().exit_code == 0) {
      fmt::print("{}", line.error().text);
    } else {
      fmt::print(stderr, "{}\n", line.error().text);
    }
    return line.error().exit_code;
  }
  const auto configuration = configure(*line);
  if (!configuration) {
    for (const auto& fault : configuration.error()) fmt::print(stderr, "sluice: {}\n", fault);
    return kUsageError;
  }
  start_logging(configuration->log_format);
  const auto done = run(*line, *configuration, has_engine);
  if (done) return 0;
  fmt::print(stderr, "sluice: {}\n", done.error().message);
  return kFailed;
}

}  // namespace sluice
