#include "transcode/engine_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/log.h"
#include "base/unique_fd.h"
#include "media/load_filters.h"
#include "plan/check_plan.h"
#include "transcode/engine_child.h"
#include "transcode/engine_input.h"
#include "transcode/engine_limits.h"
#include "transcode/engine_protocol.h"

namespace sluice {
namespace {

// A running child; killed and reaped when this goes away.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // It has said its last word, or hung up: it ends by itself within this time or not at all.
  int wait() {
    const UniqueFd ended(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd waits{ended.get(), POLLIN, 0};
    if (!ended || ::poll(&waits, 1, kPatienceMilliseconds) <= 0) ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  static constexpr int kPatienceMilliseconds = 5'000;
  pid_t pid_;
};

// A job may wait for storage and for its turn on the processors for this much longer than it runs.
constexpr int kWallPerCpu = 4;

struct Conversation {
  UniqueFd ours, theirs;
};

Error engine_error(const char* code, std::string message) {
  return {ErrorKind::internal, code, std::move(message)};
}

Result<Conversation> open_conversation() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    return fail(engine_error("engine_start", "The engine process can't be started."));
  }
  return Conversation{UniqueFd(pair[0]), UniqueFd(pair[1])};
}

// Out of the way of the numbers that the child expects.
UniqueFd duplicate_high(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 16)); }

Result<pid_t> start(const std::string& program, int socket, int input) {
  const auto high_socket = duplicate_high(socket);
  const auto high_input = duplicate_high(input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, high_socket.get(), kEngineSocket);
  posix_spawn_file_actions_adddup2(&actions, high_input.get(), kEngineInput);
  // Signals that the server handles or ignores mean what they usually mean in the child.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  char name[] = "sluice";
  char command[] = "engine";
  char* const arguments[] = {name, command, nullptr};
  char* const environment[] = {nullptr};
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0)
    return fail(engine_error("engine_start", "The engine process can't be started."));
  return pid;
}

Error hung() {
  return engine_error("engine_hung", "The engine made no progress and was stopped.");
}

// Waits until the socket can be read, somebody stops us, or nothing has come until the deadline.
Result<> wait_for_message(int socket, int stopped, Deadline deadline) {
  pollfd waits[] = {{socket, POLLIN, 0}, {stopped, POLLIN, 0}};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return fail(hung());
    const int ready = ::poll(waits, 2, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if ((waits[1].revents & POLLIN) != 0) {
      return fail(ErrorKind::canceled, "canceled", "The work was stopped.");
    }
    if (ready > 0) return {};
  }
}

Error death(int status) {
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGXCPU) {
    return {ErrorKind::too_large, "engine_cpu_limit",
            "The video took more computing time than it may."};
  }
  if (signal == SIGSYS) {
    return {ErrorKind::invalid, "engine_refused",
            "The file made its decoder try something that is forbidden, so it was stopped."};
  }
  if (signal != 0) {
    return engine_error("engine_crashed",
                        fmt::format("The engine was ended by signal {}.", signal));
  }
  return engine_error("engine_crashed",
                      fmt::format("The engine ended with status {}.", WEXITSTATUS(status)));
}

Result<EngineResult> read_result(const nlohmann::json& head) {
  EngineResult result;
  result.cpu_seconds = head.value("cpu_seconds", 0.0);
  result.peak_memory_bytes = head.value("peak_memory_bytes", std::int64_t{0});
  result.confined = head.value("confined", false);
  const auto plan = head.find("plan");
  if (plan != head.end() && plan->is_string()) {
    SLUICE_TRY_ASSIGN(result.plan, plan_from_json(plan->get<std::string>()));
    SLUICE_TRY(check_plan(*result.plan));
  }
  return result;
}

// The child's input: the source's own descriptor, or one end of a socket that a feeder answers.
struct Input {
  int descriptor = -1;
  UniqueFd childs_end;
  std::unique_ptr<SourceFeeder> feeder;
};

Result<Input> open_input(const ByteSource& source) {
  Input input;
  input.descriptor = source.descriptor();
  if (input.descriptor >= 0) return input;
  SLUICE_TRY_ASSIGN(auto sockets, open_conversation());
  input.feeder = std::make_unique<SourceFeeder>(source, std::move(sockets.ours));
  input.childs_end = std::move(sockets.theirs);
  input.descriptor = input.childs_end.get();
  return input;
}

// One message from the child; the result, if it was that.
Result<std::optional<EngineResult>> take(Result<EngineMessage> received, Child& child,
                                         const EngineCallbacks& callbacks) {
  if (!received && received.error().code == "engine_gone") return fail(death(child.wait()));
  SLUICE_TRY_ASSIGN(auto message, std::move(received));
  const auto type = message.head.value("type", "");
  if (type == "progress") {
    callbacks.on_progress(message.head.value("seconds", 0.0));
  } else if (type == "output") {
    SLUICE_TRY_ASSIGN(auto output, output_from_message(std::move(message)));
    SLUICE_TRY(callbacks.on_output(std::move(output)));
  } else if (type == "error") {
    return fail(error_from_json(message.head));
  } else {
    child.wait();
    SLUICE_TRY_ASSIGN(auto result, read_result(message.head));
    return std::optional(std::move(result));
  }
  return std::nullopt;
}

}  // namespace

Result<EngineResult> ProcessEngine::run(const EngineJob& job, const ByteSource& source,
                                        const EngineCallbacks& callbacks, std::stop_token stop) {
  Run run{job, source, callbacks, std::move(stop)};
  auto result = run_child(run, false);
  if (!result && result.error().code == media::kFiltersMissing) result = run_child(run, true);
  if (result && !result->confined && !warned_.exchange(true)) {
    log_warn("the engine has no sandbox here: this system can't filter system calls");
  }
  return result;
}

Result<EngineResult> ProcessEngine::run_child(Run& run, bool with_filters) {
  SLUICE_TRY_ASSIGN(auto sockets, open_conversation());
  SLUICE_TRY_ASSIGN(auto input, open_input(run.source));
  const UniqueFd stopped(::eventfd(0, EFD_CLOEXEC));
  const std::stop_callback wake(run.stop, [&] { ::eventfd_write(stopped.get(), 1); });
  SLUICE_TRY_ASSIGN(const pid_t pid, start(program_, sockets.theirs.get(), input.descriptor));
  Child child(pid);
  sockets.theirs.reset();
  input.childs_end.reset();
  const int socket = sockets.ours.get();
  auto limits = limits_;
  limits.cpu = cpu_limit(limits_, run.job);
  auto order = job_to_json(run.job, limits);
  order["with_filters"] = with_filters;
  if (input.feeder) order["remote_bytes"] = run.source.size_bytes();
  if (!send_message(socket, {std::move(order), ""})) return fail(death(child.wait()));
  const EngineCallbacks callbacks{
      [&](EngineOutput output) { return pass_on(run, std::move(output)); },
      [&](double seconds) {
        if (run.callbacks.on_progress) run.callbacks.on_progress(seconds);
      }};
  // Also a child that goes on reporting progress has to come to an end.
  const auto end = std::chrono::steady_clock::now() + kWallPerCpu * limits.cpu;
  while (true) {
    const auto deadline = std::min(end, std::chrono::steady_clock::now() + limits_.silence);
    SLUICE_TRY(wait_for_message(socket, stopped.get(), deadline));
    auto received = receive_message(socket, deadline);
    // Whatever the child makes of bytes that it could not get, it is not the file's fault.
    if (const auto unread = input.feeder ? input.feeder->failure() : std::nullopt)
      return fail(*unread);
    SLUICE_TRY_ASSIGN(auto result, take(std::move(received), child, callbacks));
    if (result) return std::move(*result);
  }
}

// A job that is run again makes the same once more; nobody needs that twice.
Result<> ProcessEngine::pass_on(Run& run, EngineOutput output) {
  if (!run.sent.names.insert(output.name).second) return {};
  run.sent.bytes += static_cast<std::int64_t>(output.bytes.size());
  if (run.sent.bytes > output_limit(limits_, run.job)) {
    return fail(ErrorKind::too_large, "engine_output_limit",
                "The video would become many times larger than any of its kind.");
  }
  if (!run.callbacks.on_output) return {};
  return run.callbacks.on_output(std::move(output));
}

}  // namespace sluice
