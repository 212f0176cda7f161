#include "ingest/part_plan.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kSmallestPart = 8 * kMebibyte;
constexpr std::size_t kMostNamed = 10;

// "1, 4-7, 9", cut short when there are many gaps.
std::string name_missing(const std::vector<int>& numbers) {
  std::vector<std::string> runs;
  for (std::size_t first = 0; first < numbers.size();) {
    std::size_t last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (runs.size() == kMostNamed) {
      runs.push_back("…");
      break;
    }
    runs.push_back(first == last ? fmt::format("{}", numbers[first])
                                 : fmt::format("{}-{}", numbers[first], numbers[last]));
    first = last + 1;
  }
  return fmt::format("{}", fmt::join(runs, ", "));
}

}  // namespace

int PartPlan::part_count() const {
  if (part_size <= 0) return 1;
  return static_cast<int>(std::max<std::int64_t>(1, (size_bytes + part_size - 1) / part_size));
}

std::int64_t PartPlan::size_of(int part_number) const {
  if (part_number < part_count()) return part_size;
  return size_bytes - (part_count() - 1) * part_size;
}

std::int64_t choose_part_size(std::int64_t size_bytes) {
  const std::int64_t least = size_bytes / kMostParts + 1;
  return std::max(kSmallestPart, (least + kMebibyte - 1) / kMebibyte * kMebibyte);
}

Result<> check_parts(const PartPlan& plan, const std::vector<StoredPart>& stored) {
  std::map<int, std::int64_t> sizes;
  for (const StoredPart& part : stored) sizes[part.part_number] = part.size_bytes;

  std::vector<int> missing;
  for (int number = 1; number <= plan.part_count(); ++number) {
    const auto part = sizes.find(number);
    if (part == sizes.end()) {
      missing.push_back(number);
    } else if (part->second != plan.size_of(number)) {
      return fail(ErrorKind::conflict, "size_mismatch",
                  fmt::format("Part {} has {} bytes instead of {}.", number, part->second,
                              plan.size_of(number)));
    }
  }
  if (!missing.empty()) {
    return fail(ErrorKind::conflict, "upload_incomplete",
                fmt::format("{} of {} parts are not here yet: {}.", missing.size(),
                            plan.part_count(), name_missing(missing)));
  }
  if (sizes.rbegin()->first > plan.part_count()) {
    return fail(ErrorKind::conflict, "size_mismatch",
                fmt::format("There is a part {}, but only {} were announced.",
                            sizes.rbegin()->first, plan.part_count()));
  }
  return {};
}

}  // namespace sluice
