// How many CPUs this process may use: a container's quota, not the machine's size.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// cgroup v2, cpu.max: "150000 100000" is 1.5; "max 100000" is no limit.
std::optional<double> cpus_from_cpu_max(std::string_view text);

// cgroup v1: cpu.cfs_quota_us and cpu.cfs_period_us; a quota of -1 is no limit.
std::optional<double> cpus_from_cfs(std::string_view quota, std::string_view period);

// Paths of the process in /proc/self/cgroup: "0::/a/b" of v2, "4:cpu,cpuacct:/a/b" of v1.
struct CgroupPaths {
  std::optional<std::string> v2;
  std::optional<std::string> v1_cpu;
};
CgroupPaths cgroup_paths(std::string_view proc_self_cgroup);

// The tightest limit on the way from the process's group up, rounded up to whole CPUs, at least 1
// and at most `online`. `root` is "/" outside tests.
int available_cpus(const std::filesystem::path& root, int online);

}  // namespace sluice
