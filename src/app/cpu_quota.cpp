#include "app/cpu_quota.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

namespace sluice {
namespace {

namespace fs = std::filesystem;

std::optional<double> number(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

std::optional<double> ratio(std::optional<double> quota, std::optional<double> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

std::string read_text(const fs::path& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Calls `look` for the group and all above it. Inside a container without a cgroup namespace the
// path names a group of the host that can't be seen; the mount's root is the container's own then.
template <class Look>
double tightest(const fs::path& mount, const std::string& group, double limit, Look look) {
  auto path = fs::path{group}.relative_path();
  while (true) {
    if (const auto cpus = look(mount / path)) limit = std::min(limit, *cpus);
    if (path.empty() || path == path.parent_path()) return limit;
    path = path.parent_path();
  }
}

bool has_controller(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (list.substr(0, comma) == name) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

std::optional<double> cpus_from_cpu_max(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  return ratio(number(text.substr(0, space)), number(text.substr(space + 1)));
}

std::optional<double> cpus_from_cfs(std::string_view quota, std::string_view period) {
  return ratio(number(quota), number(period));
}

CgroupPaths cgroup_paths(std::string_view proc_self_cgroup) {
  CgroupPaths paths;
  std::istringstream lines{std::string{proc_self_cgroup}};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = std::string_view{line}.substr(first + 1, second - first - 1);
    if (controllers.empty()) paths.v2 = line.substr(second + 1);
    if (has_controller(controllers, "cpu")) paths.v1_cpu = line.substr(second + 1);
  }
  return paths;
}

int available_cpus(const fs::path& root, int online) {
  const auto paths = cgroup_paths(read_text(root / "proc/self/cgroup"));
  const auto mount = root / "sys/fs/cgroup";
  double limit = online;
  if (paths.v2) {
    limit = tightest(mount, *paths.v2, limit, [](const fs::path& group) {
      return cpus_from_cpu_max(read_text(group / "cpu.max"));
    });
  }
  if (paths.v1_cpu) {
    for (const auto* controller : {"cpu", "cpu,cpuacct"}) {
      limit = tightest(mount / controller, *paths.v1_cpu, limit, [](const fs::path& group) {
        return cpus_from_cfs(read_text(group / "cpu.cfs_quota_us"),
                             read_text(group / "cpu.cfs_period_us"));
      });
    }
  }
  return std::clamp(static_cast<int>(std::ceil(limit)), 1, std::max(1, online));
}

}  // namespace sluice
