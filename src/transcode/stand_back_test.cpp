#include "transcode/stand_back.h"

#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice {
namespace {

// What has come of it, as an exit status: it can't be undone, so a child tries it.
int status_after(const std::function<int()>& look) {
  const auto child = ::fork();
  if (child == 0) {
    stand_back();
    ::_exit(look());
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StandBack, RunsWhenNobodyElseWantsTo) {
  EXPECT_EQ(status_after([] { return ::getpriority(PRIO_PROCESS, 0); }), 15);
  EXPECT_EQ(status_after([] { return ::sched_getscheduler(0); }), SCHED_BATCH);
}

TEST(StandBack, StandsBackAsASessionToo) {
  EXPECT_EQ(status_after([] { return ::getsid(0) == ::getpid() ? 7 : 8; }), 7);
  // "/autogroup-123 nice 15"; not where the kernel has no such groups.
  const auto niceness = [] {
    std::ifstream file("/proc/self/autogroup");
    std::string group, word;
    int said = 99;
    file >> group >> word >> said;
    return said;
  };
  EXPECT_EQ(status_after(niceness), std::ifstream("/proc/self/autogroup") ? 15 : 99);
}

}  // namespace
}  // namespace sluice
