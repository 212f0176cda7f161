#include "app/stop_signals.h"

#include <signal.h>
#include <time.h>

namespace sluice {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

// Until a signal comes or `limit` is over (for ever without one); did one come?
bool wait_for_signal(const timespec* limit) {
  const auto set = stop_signals();
  while (true) {
    const int received =
        limit ? ::sigtimedwait(&set, nullptr, limit) : ::sigwaitinfo(&set, nullptr);
    if (received > 0) {
      ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
      return true;
    }
    if (limit) return false;
  }
}

}  // namespace

StopSignals::StopSignals() {
  const auto set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void StopSignals::wait() { wait_for_signal(nullptr); }

std::jthread StopSignals::forward_to(std::stop_source target) {
  return std::jthread([target](std::stop_token stop) mutable {
    constexpr timespec kLook{0, 100'000'000};
    while (!stop.stop_requested()) {
      if (!wait_for_signal(&kLook)) continue;
      target.request_stop();
      return;
    }
  });
}

}  // namespace sluice
