#include "transcode/stand_back.h"

#include <cerrno>
#include <cstdint>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace sluice {
namespace {

constexpr int kNiceness = 15;

// sched_setattr(2): the C library has neither it nor its type, and the kernel's header does not go together with <sched.h>.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_nanoseconds = 0;
  std::uint64_t deadline_nanoseconds = 0;
  std::uint64_t period_nanoseconds = 0;
};

// Since Linux 6.12 whoever wakes up and runs for shorter times than the one who runs may interrupt him; by default all have
// the same, some milliseconds, and wait for that long.
constexpr std::uint64_t kSliceNanoseconds = 20'000'000;

// Linux shares out the processors among sessions before it looks at the niceness of what is in them (sched(7), "The
// autogroup feature"). In the session of its server an encoder would take as much as the database, which is in another.
void leave_session() {
  if (::setsid() < 0) return;
  const UniqueFd file(::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return;
  const auto niceness = std::to_string(kNiceness);
  // Without privileges only one process in a tenth of a second may.
  constexpr timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (::write(file.get(), niceness.data(), niceness.size()) >= 0 || errno != EAGAIN) return;
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

void stand_back() {
  leave_session();
  const SchedulingAttributes attributes{.policy = SCHED_BATCH, .nice = kNiceness, .runtime_nanoseconds = kSliceNanoseconds};
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace sluice
