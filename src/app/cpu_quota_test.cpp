#include "app/cpu_quota.h"

#include <stdlib.h>

#include <fstream>

#include <gtest/gtest.h>

namespace sluice {
namespace {

namespace fs = std::filesystem;

// A machine's files, made up.
class Machine {
 public:
  Machine() {
    std::string pattern = (fs::temp_directory_path() / "sluice-cpus-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~Machine() { fs::remove_all(root_); }
  Machine& with(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream{root_ / path} << text;
    return *this;
  }
  int cpus(int online) const { return available_cpus(root_, online); }

 private:
  fs::path root_;
};

TEST(CpuQuota, ReadsCpuMax) {
  EXPECT_EQ(cpus_from_cpu_max("150000 100000\n"), 1.5);
  EXPECT_EQ(cpus_from_cpu_max("max 100000\n"), std::nullopt);
  EXPECT_EQ(cpus_from_cpu_max(""), std::nullopt);
  EXPECT_EQ(cpus_from_cpu_max("100000"), std::nullopt);
  EXPECT_EQ(cpus_from_cpu_max("100000 0"), std::nullopt);
}

TEST(CpuQuota, ReadsCfs) {
  EXPECT_EQ(cpus_from_cfs("200000\n", "100000\n"), 2.0);
  EXPECT_EQ(cpus_from_cfs("-1\n", "100000\n"), std::nullopt);
  EXPECT_EQ(cpus_from_cfs("", ""), std::nullopt);
}

TEST(CpuQuota, FindsItsGroups) {
  const auto paths = cgroup_paths("5:cpuset:/c\n4:cpu,cpuacct:/a/b\n0::/x\n");
  EXPECT_EQ(paths.v1_cpu, "/a/b");
  EXPECT_EQ(paths.v2, "/x");
  const auto none = cgroup_paths("5:cpuset:/c\nnonsense\n");
  EXPECT_EQ(none.v1_cpu, std::nullopt);
  EXPECT_EQ(none.v2, std::nullopt);
}

TEST(CpuQuota, IsAllOfTheMachineWithoutALimit) {
  EXPECT_EQ(Machine{}.cpus(8), 8);
  EXPECT_EQ(Machine{}
                .with("proc/self/cgroup", "0::/\n")
                .with("sys/fs/cgroup/cpu.max", "max 100000\n")
                .cpus(8),
            8);
}

TEST(CpuQuota, TakesTheTightestLimitOnTheWayUp) {
  Machine machine;
  machine.with("proc/self/cgroup", "0::/pod/box\n")
      .with("sys/fs/cgroup/pod/box/cpu.max", "max 100000\n")
      .with("sys/fs/cgroup/pod/cpu.max", "150000 100000\n");
  EXPECT_EQ(machine.cpus(8), 2);
  EXPECT_EQ(machine.cpus(1), 1);
}

TEST(CpuQuota, FindsTheContainersOwnLimitWhereTheHostsPathCannotBeSeen) {
  Machine machine;
  machine.with("proc/self/cgroup", "4:cpu,cpuacct:/docker/0123\n")
      .with("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000\n")
      .with("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(machine.cpus(8), 3);
}

TEST(CpuQuota, IsNeverNone) {
  Machine machine;
  machine.with("proc/self/cgroup", "0::/\n").with("sys/fs/cgroup/cpu.max", "10000 100000\n");
  EXPECT_EQ(machine.cpus(8), 1);
}

}  // namespace
}  // namespace sluice
