#include "ingest/part_plan.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

TEST(PartSize, KeepsWithinTheStoresLimits) {
  for (const std::int64_t size :
       {std::int64_t{0}, std::int64_t{1}, 64 * kMiB, 64 * kMiB + 1, 64 * 1024 * kMiB,
        80'000 * kMiB - 1, 80'000 * kMiB, 80'000 * kMiB + 1, std::int64_t{5} << 40}) {
    const PartPlan plan{size, choose_part_size(size)};
    EXPECT_GE(plan.part_size, 8 * kMiB) << size;
    EXPECT_EQ(plan.part_size % kMiB, 0) << size;
    EXPECT_LE(plan.part_count(), kMostParts) << size;
    std::int64_t sum = 0;
    for (int number = 1; number <= plan.part_count(); ++number) sum += plan.size_of(number);
    EXPECT_EQ(sum, size);
  }
}

TEST(PartPlan, CutsTheLastPartShort) {
  const PartPlan plan{.size_bytes = 25, .part_size = 10};
  EXPECT_EQ(plan.part_count(), 3);
  EXPECT_EQ(plan.size_of(1), 10);
  EXPECT_EQ(plan.size_of(3), 5);
  EXPECT_EQ((PartPlan{20, 10}.part_count()), 2);
  EXPECT_EQ((PartPlan{20, 10}.size_of(2)), 10);
  EXPECT_EQ((PartPlan{0, 10}.part_count()), 1);
  EXPECT_EQ((PartPlan{0, 10}.size_of(1)), 0);
}

struct Case {
  std::vector<StoredPart> stored;
  std::string code;
  std::string says;
};

TEST(CheckParts, NamesWhatIsWrong) {
  const PartPlan plan{.size_bytes = 95, .part_size = 10};
  std::vector<StoredPart> all;
  for (int number = 1; number <= 10; ++number) all.push_back({number, plan.size_of(number)});
  const auto without = [&](std::vector<int> numbers) {
    auto parts = all;
    std::erase_if(parts, [&](const StoredPart& part) {
      return std::ranges::find(numbers, part.part_number) != numbers.end();
    });
    return parts;
  };
  auto short_part = all;
  short_part[3].size_bytes = 9;
  auto long_last = all;
  long_last[9].size_bytes = 10;
  auto extra = all;
  extra.push_back({11, 10});
  const std::vector<Case> cases = {
      {all, "", ""},
      {{}, "upload_incomplete", "10 of 10 parts are not here yet: 1-10."},
      {without({2}), "upload_incomplete", "1 of 10 parts are not here yet: 2."},
      {without({1, 3, 4, 5, 10}), "upload_incomplete",
       "5 of 10 parts are not here yet: 1, 3-5, 10."},
      {short_part, "size_mismatch", "Part 4 has 9 bytes instead of 10."},
      {long_last, "size_mismatch", "Part 10 has 10 bytes instead of 5."},
      {extra, "size_mismatch", "There is a part 11, but only 10 were announced."},
  };
  for (const Case& one : cases) {
    const auto checked = check_parts(plan, one.stored);
    EXPECT_EQ(checked ? "" : checked.error().code, one.code);
    EXPECT_EQ(checked ? "" : checked.error().message, one.says);
    EXPECT_TRUE(checked || checked.error().kind == ErrorKind::conflict);
  }
}

TEST(CheckParts, KeepsTheSentenceShort) {
  const PartPlan plan{.size_bytes = 10'000, .part_size = 1};
  std::vector<StoredPart> odd;
  for (int number = 1; number <= 10'000; number += 2) odd.push_back({number, 1});
  EXPECT_LT(check_parts(plan, odd).error().message.size(), 120u);
}

}  // namespace
}  // namespace sluice
