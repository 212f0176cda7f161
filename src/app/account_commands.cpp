#include "app/account_commands.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include <fmt/format.h>

#include "accounts/accounts.h"
#include "app/data_folder.h"
#include "app/installation.h"

namespace sluice {
namespace {

constexpr std::chrono::hours kTokenLifetime{365 * 24};

// Keeps what is typed off the screen.
class SilentTerminal {
 public:
  SilentTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

Result<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) {
    return fail(ErrorKind::invalid, "no_password", "no password was given");
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> ask(std::string_view question) {
  fmt::print(stderr, "{}: ", question);
  const SilentTerminal silent;
  auto line = read_line();
  fmt::print(stderr, "\n");
  return line;
}

Result<std::string> read_password(bool from_stdin) {
  if (from_stdin || ::isatty(STDIN_FILENO) == 0) return read_line();
  SLUICE_TRY_ASSIGN(auto password, ask("Password"));
  SLUICE_TRY_ASSIGN(const auto again, ask("Again"));
  if (password != again) {
    return fail(ErrorKind::invalid, "password_differs", "the two passwords differ");
  }
  return password;
}

}  // namespace

Result<> add_user(const Configuration& configuration, const std::string& email, bool from_stdin) {
  SLUICE_TRY_ASSIGN(const auto password, read_password(from_stdin));
  if (configuration.uses_data_folder()) SLUICE_TRY(make_data_folder(configuration.data));
  SLUICE_TRY_ASSIGN(const auto catalog, open_catalog(configuration));
  const SystemClock clock;
  Accounts accounts{*catalog, clock, {}};
  SLUICE_TRY_ASSIGN(const auto user, accounts.add_user(email, password));
  fmt::print("{} can sign in now.\n", user.email);
  return {};
}

Result<> create_token(const Configuration& configuration, const std::string& email) {
  if (configuration.uses_data_folder()) SLUICE_TRY(make_data_folder(configuration.data));
  SLUICE_TRY_ASSIGN(const auto catalog, open_catalog(configuration));
  const SystemClock clock;
  Accounts accounts{*catalog, clock, {}};
  SLUICE_TRY_ASSIGN(const auto user, accounts.find_account(email));
  SLUICE_TRY_ASSIGN(const auto issued, accounts.create_token(user, "command line", kTokenLifetime));
  fmt::print("{}\n", issued.token);
  return {};
}

}  // namespace sluice
