#include "transcode/sandbox.h"

#include <seccomp.h>

#include <cerrno>
#include <initializer_list>
#include <memory>
#include <type_traits>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sluice {
namespace {

// A sanitizer reserves terabytes of address space, and opens files and processes for its reports.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// At the hard limit of CPU time there is only SIGKILL; the soft one says why.
constexpr std::int64_t kCpuGraceSeconds = 5;

void set_limit(int resource, std::int64_t value, std::int64_t grace = 0) {
  const rlimit limit{static_cast<rlim_t>(value), static_cast<rlim_t>(value + grace)};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

void set_limits(const SandboxLimits& limits) {
  set_limit(RLIMIT_CPU, limits.cpu.count(), kCpuGraceSeconds);
  set_limit(RLIMIT_CORE, 0);
  if (kSanitized) return;
  set_limit(RLIMIT_AS, limits.memory_bytes);
  set_limit(RLIMIT_FSIZE, 0);
}

// A terminal, or the worker's log, is not for a decoder to write to.
void silence_standard_streams() {
  if (kSanitized) return;
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd <= 2; ++fd) {
    if (null >= 0) ::dup2(null, fd);
  }
  if (null > 2) ::close(null);
}

// Where memory runs out, this process is the one to end: not the worker, nor a database beside it.
void volunteer_for_the_oom_killer() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const auto written = ::write(fd, "1000", 4);
  ::close(fd);
}

// Memory, threads, clocks, and descriptors that are open already.
constexpr int kAllowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(futex_waitv),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(recvfrom),
};

// Nothing that is linked to the engine ever has a reason for one of these.
constexpr int kDeadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(kexec_load),
};

constexpr std::uint64_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                         CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

struct FilterDeleter {
  void operator()(scmp_filter_ctx filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, FilterDeleter>;

scmp_arg_cmp equal(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// Collects whether every rule went in.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

  void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int added = ::seccomp_rule_add_array(
        filter_, action, call, static_cast<unsigned>(conditions.size()), conditions.begin());
    // A call that this architecture doesn't have needs no rule.
    if (added != 0 && added != -EDOM) complete_ = false;
  }
  void allow(int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    add(SCMP_ACT_ALLOW, call, conditions);
  }
  bool complete() const { return complete_; }

 private:
  scmp_filter_ctx filter_;
  bool complete_ = true;
};

void add_rules(Rules& rules, int socket, int input) {
  for (const int call : kAllowed) rules.allow(call);
  for (const int call : kDeadly) rules.add(SCMP_ACT_KILL_PROCESS, call);
  // Memory that is never executable; a picture's scaler may ask for it and does without.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    rules.allow(call, {masked(2, PROT_EXEC, 0)});
  }
  // Threads, not processes. The flags of clone3 are out of a filter's sight: glibc falls back.
  rules.allow(SCMP_SYS(clone), {masked(0, kNewNamespaces | CLONE_THREAD, CLONE_THREAD)});
  rules.add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), {masked(0, CLONE_THREAD, 0)});
  rules.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  rules.allow(SCMP_SYS(tgkill), {equal(0, static_cast<std::uint64_t>(::getpid()))});  // abort()
  rules.allow(SCMP_SYS(prctl), {equal(0, PR_SET_NAME)});
  rules.allow(SCMP_SYS(prlimit64), {equal(0, 0), equal(2, 0)});  // only asks
  rules.allow(SCMP_SYS(getrlimit));
  for (const int fd : {1, 2}) {
    const auto number = static_cast<std::uint64_t>(fd);
    rules.allow(SCMP_SYS(write), {equal(0, number)});
    rules.allow(SCMP_SYS(writev), {equal(0, number)});
  }
  // Not sendmsg: it can hand over descriptors.
  for (const int fd : {socket, input}) {
    rules.allow(SCMP_SYS(sendto), {equal(0, static_cast<std::uint64_t>(fd)), equal(4, 0)});
  }
}

bool filter_system_calls(int socket, int input) {
  if (kSanitized) return false;
  const Filter filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return false;
  Rules rules(filter.get());
  add_rules(rules, socket, input);
  return rules.complete() && ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
         ::seccomp_load(filter.get()) == 0;
}

}  // namespace

Confinement enter_sandbox(const SandboxLimits& limits, int socket, int input) {
  silence_standard_streams();
  volunteer_for_the_oom_killer();
  set_limits(limits);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return filter_system_calls(socket, input) ? Confinement::full : Confinement::limits_only;
}

}  // namespace sluice
