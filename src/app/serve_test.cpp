// The process as an operator sees it: how it starts, how it ends, and when it refuses to start.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "catalog/sql_catalog.h"
#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

using testing::HasSubstr;

// `sluice ARGUMENTS…`, killed with the test at the latest.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments, std::string program = SLUICE_BINARY) {
    int pipes[2][2];
    EXPECT_EQ(::pipe2(pipes[0], O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(pipes[1], O_CLOEXEC), 0);
    out_.reset(pipes[0][0]);
    err_.reset(pipes[1][0]);
    const UniqueFd out{pipes[0][1]}, err{pipes[1][1]};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.get(), STDERR_FILENO);
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    char* const environment[] = {nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environment),
              0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) { ::kill(pid_, number); }

  // The first line on standard output, which a server writes once it answers requests.
  std::string first_line() { return read(out_.get(), true); }
  std::string first_log_line() { return read(err_.get(), true); }

  struct End {
    int status = -1;
    std::string out, err;
  };
  End wait() {
    End end{-1, read(out_.get(), false), read(err_.get(), false)};
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    if (WIFEXITED(status)) end.status = WEXITSTATUS(status);
    return end;
  }

 private:
  // Up to the end, or to that of a line; gives up after twenty seconds.
  static std::string read(int fd, bool line) {
    std::string text;
    std::array<char, 4096> buffer;
    pollfd wait{fd, POLLIN, 0};
    while (::poll(&wait, 1, 20'000) == 1) {
      const auto count = ::read(fd, buffer.data(), line ? 1 : buffer.size());
      if (count <= 0) return text;
      if (line && buffer[0] == '\n') return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ADD_FAILURE() << "waited in vain after: " << text;
    return text;
  }

  pid_t pid_ = -1;
  UniqueFd out_, err_;
};

// Free at the moment.
std::string free_address() {
  const UniqueFd probe{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(probe.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return "127.0.0.1:" + std::to_string(::ntohs(address.sin_port));
}

class Serve : public testing::Test {
 protected:
  std::string data() const { return root_.path() + "/data"; }
  std::vector<std::string> arguments(const std::string& listen = "127.0.0.1:0") {
    return {"serve", "--data", data(), "--listen", listen};
  }

  // A start that is refused with one line, which is returned.
  std::string refusal(std::vector<std::string> all, int status) {
    const auto end = Process{std::move(all)}.wait();
    EXPECT_EQ(end.status, status);
    EXPECT_EQ(end.out, "");
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
    return end.err;
  }

  TemporaryRoot root_;
};

TEST_F(Serve, SaysWhereItIsAndEndsCleanlyWhenAsked) {
  for (const int number : {SIGTERM, SIGINT}) {
    Process server{arguments()};
    EXPECT_THAT(server.first_line(), HasSubstr("Sluice is running at http://127.0.0.1:"));
    const auto asked = std::chrono::steady_clock::now();
    server.signal(number);
    EXPECT_EQ(server.wait().status, 0);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds{5});
  }
}

TEST_F(Serve, RefusesAPortThatIsTaken) {
  Process server{arguments()};
  const auto line = server.first_line();
  const auto start = line.find("127.0.0.1:");
  const auto address = line.substr(start, line.find(' ', start) - start);
  auto other = arguments(address);
  other[2] = root_.path() + "/other";
  EXPECT_THAT(refusal(other, 1), HasSubstr(address));
}

TEST_F(Serve, RefusesADataFolderThatIsInUse) {
  Process server{arguments()};
  server.first_line();
  EXPECT_THAT(refusal(arguments(), 1), HasSubstr("(pid " + std::to_string(server.pid()) + ")"));
}

TEST_F(Serve, TakesUpADataFolderAfterAKill) {
  {
    Process server{arguments()};
    server.first_line();
    server.signal(SIGKILL);
    EXPECT_EQ(server.wait().status, -1);
  }
  Process server{arguments()};
  EXPECT_THAT(server.first_line(), HasSubstr("running"));
}

TEST_F(Serve, RefusesADatabaseOfANewerVersion) {
  {
    Process server{arguments()};
    server.first_line();
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait().status, 0);
    const auto database = SqlDatabase::open("sqlite:" + data() + "/sluice.db").value();
    ASSERT_TRUE(database->write([](SqlSession& sql) -> Result<> {
      sql.run("INSERT INTO schema_migrations (version, name) VALUES (1000000, 'from tomorrow')");
      return {};
    }));
  }
  EXPECT_THAT(refusal(arguments(), 1), HasSubstr("newer"));
}

TEST_F(Serve, RefusesAFolderThatCannotBeWritten) {
  auto all = arguments();
  all[2] = "/proc/sluice-data";
  EXPECT_THAT(refusal(all, 1), HasSubstr("/proc/sluice-data"));
}

TEST_F(Serve, NamesEveryFaultOfItsConfiguration) {
  auto all = arguments("nonsense");
  all.insert(all.end(), {"--workers", "many"});
  const auto end = Process{all}.wait();
  EXPECT_EQ(end.status, 2);
  EXPECT_THAT(end.err, HasSubstr("--listen: expected HOST:PORT"));
  EXPECT_THAT(end.err, HasSubstr("--workers: expected a number"));
}

TEST_F(Serve, ReadsAConfigurationFile) {
  const auto file = root_.path() + "/sluice.toml";
  std::ofstream{file} << "listen = \"127.0.0.1:0\"\ndata = \"" << data() << "\"\n";
  Process server{{"--config", file}};
  EXPECT_THAT(server.first_line(), HasSubstr("running"));
  std::ofstream{file} << "lisen = 1\n";
  EXPECT_THAT(refusal({"--config", file}, 2), HasSubstr("unknown key \"lisen\""));
  EXPECT_THAT(refusal({"--config", "/no/such/file"}, 2), HasSubstr("/no/such/file"));
}

TEST_F(Serve, WorksWithoutAnApi) {
  Process worker{{"worker", "--data", data()}};
  EXPECT_THAT(worker.first_log_line(), HasSubstr("working"));
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait().status, 0);
}

TEST_F(Serve, IsAskedByAContainersHealthCheck) {
  const auto listen = free_address();
  const std::vector<std::string> check = {"healthcheck", "--listen", listen};
  EXPECT_THAT(refusal(check, 1), HasSubstr(listen.substr(0, listen.rfind(':'))));
  Process server{arguments(listen)};
  server.first_line();
  EXPECT_EQ(Process{check}.wait().out, "ready\n");
  EXPECT_EQ((Process{{"healthcheck", "--live", "--listen", listen}}.wait().out), "alive\n");
}

TEST_F(Serve, AnswersProbesOfAWorkerOnAnAddressOfItsOwn) {
  const auto listen = free_address();
  Process worker{{"worker", "--data", data(), "--status-listen", listen}};
  worker.first_log_line();
  EXPECT_EQ((Process{{"healthcheck", "--status-listen", listen}}.wait().out), "ready\n");
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait().status, 0);
}

TEST_F(Serve, BringsTheTablesUpToDateBeforeAnybodyStarts) {
  const auto end = Process{{"migrate", "--data", data()}}.wait();
  EXPECT_EQ(end.status, 0) << end.err;
  EXPECT_TRUE(SqlCatalog::open("sqlite:" + data() + "/sluice.db"));
}

TEST_F(Serve, WithoutTheEngineIsAnApiAlone) {
  Process api{{"serve", "--workers", "0", "--data", data(), "--listen", "127.0.0.1:0"},
              SLUICE_API_BINARY};
  EXPECT_THAT(api.first_line(), HasSubstr("running"));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"serve"}, {"worker"}, {"probe", "film.mp4"}}) {
    const auto end = Process{arguments, SLUICE_API_BINARY}.wait();
    EXPECT_EQ(end.status, 1);
    EXPECT_THAT(end.err, HasSubstr("without the engine"));
  }
}

TEST_F(Serve, IsExaminedByTheDoctor) {
  Process server{arguments()};
  server.first_line();
  const auto end = Process{{"doctor", "--data", data(), "--listen", "127.0.0.1:0"}}.wait();
  for (const auto* part :
       {"data folder", "secret key", "database", "storage", "engine", "address"}) {
    EXPECT_THAT(end.out, HasSubstr(std::string{"ok   "} + part)) << end.err;
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_THAT(end.out, HasSubstr("ok   sandbox"));
#endif
  EXPECT_THAT(end.out, HasSubstr("(pid " + std::to_string(server.pid()) + ")"));
}

}  // namespace
}  // namespace sluice
