#include "catalog/postgresql_server.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalog/postgresql_database.h"

namespace sluice {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string of_process(pid_t pid, const std::string& name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

// A zombie whose parent has not looked yet runs no more.
bool runs(pid_t pid) {
  const auto stat = contents(of_process(pid, "stat"));
  const auto end = stat.rfind(") ");
  return end != std::string::npos && stat.at(end + 2) != 'Z';
}

pid_t parent_of(pid_t pid) {
  const auto stat = contents(of_process(pid, "stat"));
  return std::stoi(stat.substr(stat.rfind(") ") + 4));
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    try {
      const auto pid = std::stoi(name);
      if (parent_of(pid) == parent) children.push_back(pid);
    } catch (const std::logic_error&) {
      // It has ended in the meantime.
    }
  }
  return children;
}

bool answers() {
  return PQping((postgresql_server_url() + "?connect_timeout=2").c_str()) == PQPING_OK;
}

// Whoever started the first one does not know of the one that took its place.
struct Successor {
  pid_t pid = 0;
  ~Successor() {
    if (pid == 0) return;
    ::kill(pid, SIGQUIT);
    ::waitpid(pid, nullptr, 0);
  }
};
Successor successor;

// The dead one is a zombie until its parent looks, and the new one would take it for alive.
void remove_locks(const std::filesystem::path& data) {
  std::filesystem::remove(data / "postmaster.pid");
  for (const auto& entry : std::filesystem::directory_iterator(data.parent_path())) {
    if (entry.path().extension() == ".lock") std::filesystem::remove(entry.path());
  }
}

// A state of another process can only be asked for.
template <class Condition>
void wait_until(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("waited in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

}  // namespace

PostgresqlServer::PostgresqlServer() {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb(postgresql_server_url().c_str()), PQfinish);
  const auto backend = PQbackendPID(connection.get());
  if (backend == 0) throw std::runtime_error("there is no server");
  pid_ = parent_of(backend);
  const auto command = contents(of_process(pid_, "cmdline"));
  for (std::size_t start = 0; start < command.size();) {
    const auto end = command.find('\0', start);
    command_.push_back(command.substr(start, end - start));
    start = end + 1;
  }
  struct ::stat owner {};
  ::stat(of_process(pid_, "").c_str(), &owner);
  user_ = owner.st_uid;
  group_ = owner.st_gid;
}

void PostgresqlServer::kill() {
  const auto children = children_of(pid_);
  ::kill(pid_, SIGKILL);
  wait_until([&] { return !runs(pid_); });
  if (successor.pid == pid_) ::waitpid(std::exchange(successor.pid, 0), nullptr, 0);
  // The next one refuses to start while they use the memory.
  for (const auto child : children) {
    wait_until([&] { return !runs(child); });
  }
}

void PostgresqlServer::start() {
  remove_locks(*(std::ranges::find(command_, "-D") + 1));
  std::vector<char*> arguments;
  for (auto& word : command_) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int standard : {0, 1, 2}) ::dup2(nowhere, standard);
    const bool is_root = ::geteuid() == 0;
    if (is_root && (::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(1);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    ::execv(arguments[0], arguments.data());
    ::_exit(1);
  }
  successor.pid = pid_;
  wait_until(answers);
}

void PostgresqlServer::freeze() { signal_all(SIGSTOP); }

void PostgresqlServer::thaw() { signal_all(SIGCONT); }

void PostgresqlServer::signal_all(int number) {
  ::kill(pid_, number);
  for (const auto child : children_of(pid_)) ::kill(child, number);
}

}  // namespace sluice
