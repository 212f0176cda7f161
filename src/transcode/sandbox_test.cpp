// Each attempt is made by a child of this program that has shut itself in.
#include "transcode/sandbox.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr int kNotConfined = 201;
constexpr int kSucceeded = 202;

class Sandbox : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own work needs what the sandbox forbids";
#endif
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets_), 0);
  }
  void TearDown() override {
    ::close(sockets_[0]);
    ::close(sockets_[1]);
  }

  // How the child ended that did this inside: a wait status.
  int inside(const std::function<int()>& attempt) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto confinement =
          enter_sandbox({std::int64_t{1} << 30, std::chrono::seconds(2)}, sockets_[0], sockets_[0]);
      ::_exit(confinement == Confinement::full ? attempt() : kNotConfined);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
  }

  // The errno that a call ended with; the child lives on.
  int refusal(const std::function<long()>& call) {
    const int status = inside([&] { return call() < 0 ? errno : kSucceeded; });
    EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    return WEXITSTATUS(status);
  }

  void expect_death(const std::function<long()>& call, int signal = SIGSYS) {
    const int status = inside([&] {
      call();
      return kSucceeded;
    });
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended with status " << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), signal);
  }

  int sockets_[2] = {-1, -1};
};

TEST_F(Sandbox, OpensNoFile) {
  EXPECT_EQ(refusal([] { return ::open("/etc/passwd", O_RDONLY); }), EPERM);
  EXPECT_EQ(refusal([] { return ::open("/tmp/sluice-sandbox", O_CREAT | O_WRONLY, 0600); }), EPERM);
  EXPECT_EQ(refusal([] { return ::syscall(SYS_openat, AT_FDCWD, "/", O_PATH); }), EPERM);
  EXPECT_EQ(refusal([] { return ::unlink("/tmp/sluice-sandbox"); }), EPERM);
  EXPECT_EQ(refusal([] { return ::access("/etc/passwd", R_OK); }), EPERM);
}

TEST_F(Sandbox, ReachesNoNetwork) {
  EXPECT_EQ(refusal([] { return ::socket(AF_INET, SOCK_STREAM, 0); }), EPERM);
  EXPECT_EQ(refusal([] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }), EPERM);
}

TEST_F(Sandbox, HandsOverNoDescriptor) {
  EXPECT_EQ(refusal([this] {
              const msghdr nothing{};
              return ::sendmsg(sockets_[0], &nothing, 0);
            }),
            EPERM);
}

TEST_F(Sandbox, StartsNoProgramAndNoProcess) {
  expect_death([] {
    char* const arguments[] = {nullptr};
    return static_cast<long>(::execve("/bin/true", arguments, arguments));
  });
  expect_death([] { return static_cast<long>(::fork()); });
  expect_death([] { return static_cast<long>(::vfork()); });
}

TEST_F(Sandbox, TouchesNoOtherProcess) {
  expect_death([] { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr); });
  EXPECT_EQ(refusal([] { return ::kill(::getppid(), 0); }), EPERM);
  EXPECT_EQ(refusal([] {
              const rlimit more{RLIM_INFINITY, RLIM_INFINITY};
              return ::setrlimit(RLIMIT_AS, &more);
            }),
            EPERM);
}

TEST_F(Sandbox, HasNoExecutableMemory) {
  const auto map = [](int protection) {
    return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  EXPECT_EQ(refusal([&] { return map(PROT_READ | PROT_EXEC) == MAP_FAILED ? -1 : 0; }), EPERM);
  EXPECT_EQ(refusal([&] {
              return ::mprotect(map(PROT_READ | PROT_WRITE), 4096, PROT_READ | PROT_EXEC);
            }),
            EPERM);
}

TEST_F(Sandbox, KeepsTheTerminalClean) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const int status = inside([&] {
    return ::write(1, "x", 1) == 1 && ::write(pipe[1], "x", 1) < 0 && errno == EPERM ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
  ::close(pipe[1]);
  char byte = 0;
  EXPECT_EQ(::read(pipe[0], &byte, 1), 0);
  ::close(pipe[0]);
}

TEST_F(Sandbox, LeavesThreadsMemoryClocksAndTheConversation) {
  const int status = inside([this] {
    std::vector<char> memory(std::size_t{64} << 20, 'x');
    std::thread thread([&] { memory.front() = 'y'; });
    thread.join();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return memory.front() == 'y' && ::send(sockets_[0], "done", 4, MSG_NOSIGNAL) == 4 ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
  char words[4];
  EXPECT_EQ(::recv(sockets_[1], words, sizeof words, 0), 4);
}

TEST_F(Sandbox, LimitsMemory) {
  EXPECT_EQ(refusal([] {
              void* memory = ::mmap(nullptr, std::size_t{2} << 30, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return memory == MAP_FAILED ? -1 : 0;
            }),
            ENOMEM);
}

TEST_F(Sandbox, LimitsComputingTimeAndSaysSo) {
  expect_death(
      [] {
        const std::atomic<bool> forever = true;
        while (forever) {
        }
        return 0L;
      },
      SIGXCPU);
}

}  // namespace
}  // namespace sluice
