#include "app/command_line.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace sluice {
namespace {

constexpr std::string_view kSwitch = "BOOL";  // a flag whose value may be left out

// The parser and where it puts things.
struct Parser {
  CLI::App app{"Sluice: upload a video, watch it a moment later.", "sluice"};
  std::map<std::string, std::string, std::less<>> values;
  CommandLine line;
  CLI::App* worker = nullptr;
  CLI::App* transcode = nullptr;
  CLI::App* probe = nullptr;
  CLI::App* doctor = nullptr;
  CLI::App* healthcheck = nullptr;
  CLI::App* migrate = nullptr;
  CLI::App* user_add = nullptr;
  CLI::App* token_create = nullptr;
  CLI::App* queue_list_dead = nullptr;
  CLI::App* queue_replay = nullptr;

  Parser() {
    app.set_version_flag("--version", "sluice " SLUICE_VERSION);
    app.require_subcommand(0, 1);
    app.fallthrough();
    add_settings();
    add_commands();
  }

  void add_settings() {
    app.add_option("--config", line.config_file, "a file with these settings, TOML or INI")
        ->envname("SLUICE_CONFIG")
        ->type_name("FILE");
    for (const auto& setting : all_settings()) {
      const auto flag = fmt::format("--{}", setting.name);
      const auto help = fmt::format("{} [{}]", setting.description, setting.environment);
      auto& value = values[std::string{setting.name}];
      auto* option = setting.argument == kSwitch ? app.add_flag(flag, value, help)
                                                 : app.add_option(flag, value, help);
      option->type_name(std::string{setting.argument})->take_last();
    }
  }

  CLI::App* add(CLI::App& parent, std::string name, std::string help) {
    auto* command = parent.add_subcommand(std::move(name), std::move(help));
    command->fallthrough();
    return command;
  }

  void add_commands() {
    add(app, "serve", "API and workers in one process; what a bare `sluice` does");
    worker = add(app, "worker", "workers only");
    transcode = add(app, "transcode", "a file into a folder of HLS, without a server");
    transcode->add_option("INPUT", line.input, "a video or audio file")->required();
    transcode->add_option("OUT_DIR", line.output, "the folder to write")->required();
    probe = add(app, "probe", "what Sluice sees in a file and would make of it, as JSON");
    probe->add_option("INPUT", line.input, "a video or audio file")->required();
    doctor = add(app, "doctor", "checks every part and says how to fix what is wrong");
    healthcheck = add(app, "healthcheck",
                      "asks the process that runs with these settings, for a container's probe");
    healthcheck->add_flag("--live", line.live, "is it alive? instead of: can it work?");
    migrate = add(app, "migrate", "brings the database's tables up to date, as a start does too");
    auto* user = add(app, "user", "accounts");
    user->require_subcommand(1);
    user_add = add(*user, "add", "a new account; asks for its password");
    user_add->add_option("EMAIL", line.email)->required();
    user_add->add_flag("--password-stdin", line.password_stdin,
                       "read the password from standard input");
    auto* token = add(app, "token", "access tokens");
    token->require_subcommand(1);
    token_create = add(*token, "create", "a new token, printed once");
    token_create->add_option("--user", line.email, "whose")->required()->type_name("EMAIL");
    auto* queue = add(app, "queue", "messages that were given up");
    queue->require_subcommand(1);
    queue_list_dead = add(*queue, "list-dead", "the dead letters, oldest first");
    queue_list_dead->add_flag("--json", line.json, "as JSON, one line each");
    queue_replay = add(*queue, "replay", "puts the video of a dead letter back on the queue");
    queue_replay->add_option("ID", line.message, "as list-dead shows it")->required();
  }

  Command command() const {
    if (worker->parsed()) return Command::worker;
    if (transcode->parsed()) return Command::transcode;
    if (probe->parsed()) return Command::probe;
    if (doctor->parsed()) return Command::doctor;
    if (healthcheck->parsed()) return Command::healthcheck;
    if (migrate->parsed()) return Command::migrate;
    if (user_add->parsed()) return Command::user_add;
    if (token_create->parsed()) return Command::token_create;
    if (queue_list_dead->parsed()) return Command::queue_list_dead;
    if (queue_replay->parsed()) return Command::queue_replay;
    return Command::serve;
  }

  CommandLine result() {
    line.command = command();
    for (const auto& [name, value] : values) {
      const auto flag = "--" + name;
      if (app.get_option(flag)->count() > 0) line.flags[name] = {value, flag};
    }
    return std::move(line);
  }
};

Farewell usage_error(std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  return {kUsageError, fmt::format("sluice: {} (see sluice --help)", what)};
}

std::string describe_unexpected(const CLI::App& app) {
  const auto extras = app.remaining(true);
  // The value of an unknown flag is among them; the flag is what is wrong.
  for (const auto& extra : extras) {
    if (extra.starts_with('-')) return "unknown flag " + extra;
  }
  return "unexpected argument " + (extras.empty() ? std::string{} : extras.front());
}

}  // namespace

tl::expected<CommandLine, Farewell> parse_command_line(const std::vector<std::string>& arguments) {
  Parser parser;
  // CLI11 takes them from the back.
  std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
  try {
    parser.app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return tl::unexpected(Farewell{0, parser.app.help()});
  } catch (const CLI::CallForVersion& version) {
    return tl::unexpected(Farewell{0, std::string{version.what()} + "\n"});
  } catch (const CLI::ExtrasError&) {
    return tl::unexpected(usage_error(describe_unexpected(parser.app)));
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(usage_error(error.what()));
  }
  return parser.result();
}

}  // namespace sluice
