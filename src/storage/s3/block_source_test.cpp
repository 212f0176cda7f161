#include "storage/s3/block_source.h"

#include <thread>

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

std::string contents(std::int64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

// A far object that says what was fetched of it.
struct Far {
  explicit Far(std::int64_t size) : bytes(contents(size)) {}

  std::unique_ptr<BlockSource> open(std::int64_t first_bytes = 0,
                                    std::int64_t cache_bytes = 32 * kMiB) {
    return std::make_unique<BlockSource>(
        static_cast<std::int64_t>(bytes.size()),
        Block{0, bytes.substr(0, static_cast<std::size_t>(first_bytes))},
        [this](std::int64_t offset, std::int64_t count) -> Result<std::string> {
          fetches.emplace_back(offset, count);
          if (broken) return fail(ErrorKind::unavailable, "cut_off", "It broke.");
          return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
        },
        std::make_shared<BlockCache>(cache_bytes));
  }

  std::string read(const BlockSource& source, std::int64_t offset, std::size_t count) const {
    std::string into(count, '\0');
    const auto got = source.read_at(offset, into);
    into.resize(got.value_or(0));
    EXPECT_TRUE(into == bytes.substr(static_cast<std::size_t>(offset), count)) << offset;
    return into;
  }

  std::int64_t fetched() const {
    std::int64_t total = 0;
    for (const auto& fetch : fetches) total += fetch.second;
    return total;
  }

  std::string bytes;
  bool broken = false;
  std::vector<std::pair<std::int64_t, std::int64_t>> fetches;
};

using Fetches = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(BlockSource, NeedsNothingMoreForASmallObject) {
  Far far(300'000);
  const auto source = far.open(300'000);
  far.read(*source, 0, 300'000);
  far.read(*source, 299'000, 5'000 - 4'000);
  EXPECT_EQ(far.fetches, Fetches{});
}

TEST(BlockSource, FetchesMoreAndMoreOfWhatIsReadInOrder) {
  Far far(20 * kMiB);
  const auto source = far.open(kMiB);
  for (std::int64_t at = 0; at < 20 * kMiB; at += 65'536) far.read(*source, at, 65'536);
  EXPECT_EQ(far.fetches, (Fetches{{kMiB, 2 * kMiB},
                                  {3 * kMiB, 4 * kMiB},
                                  {7 * kMiB, 4 * kMiB},
                                  {11 * kMiB, 4 * kMiB},
                                  {15 * kMiB, 4 * kMiB},
                                  {19 * kMiB, kMiB}}));
}

TEST(BlockSource, FetchesLittleElsewhere) {
  Far far(64 * kMiB);
  const auto source = far.open(kMiB);
  far.read(*source, 60 * kMiB, 1'000);
  far.read(*source, 30 * kMiB, 1'000);
  far.read(*source, 60 * kMiB + 1'000, 1'000);
  EXPECT_EQ(far.fetched(), 2 * kSmallestBlockBytes);
}

TEST(BlockSource, FollowsTwoReadersOfDifferentPlaces) {
  Far far(64 * kMiB);
  const auto source = far.open();
  for (std::int64_t at = 0; at < 8 * kMiB; at += 262'144) {
    far.read(*source, at, 262'144);
    far.read(*source, 32 * kMiB + at, 262'144);
  }
  EXPECT_LE(far.fetches.size(), 14u);
  EXPECT_LE(far.fetched(), 24 * kMiB);
}

TEST(BlockSource, ReadsAtAndBehindTheEnd) {
  Far far(1'000'000);
  const auto source = far.open(100);
  EXPECT_EQ(far.read(*source, 999'990, 100).size(), 10u);
  std::string into(10, '\0');
  EXPECT_EQ(source->read_at(1'000'000, into).value_or(1), 0u);
  EXPECT_EQ(source->read_at(5'000'000, into).value_or(1), 0u);
}

TEST(BlockSource, AsksOnceForAllThatOneReadWants) {
  Far far(30 * kMiB);
  const auto source = far.open(kMiB);
  far.read(*source, 0, 30 * kMiB);
  EXPECT_EQ(far.fetches, (Fetches{{kMiB, 29 * kMiB}}));
}

TEST(BlockSource, PassesAFaultOnAndReadsAgainAfterIt) {
  Far far(5 * kMiB);
  const auto source = far.open();
  far.broken = true;
  std::string into(10, '\0');
  const auto got = source->read_at(kMiB, into);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, "cut_off");
  far.broken = false;
  far.read(*source, kMiB, 10);
}

TEST(BlockSource, KeepsNoMoreThanTheCacheHolds) {
  Far far(64 * kMiB);
  const auto source = far.open(0, kMiB);
  far.read(*source, 0, 10);
  for (int i = 1; i <= 4; ++i) far.read(*source, i * 8 * kMiB, 10);
  const auto before = far.fetches.size();
  far.read(*source, 32 * kMiB, 10);
  EXPECT_EQ(far.fetches.size(), before) << "used last";
  far.read(*source, 0, 10);
  EXPECT_EQ(far.fetches.size(), before + 1) << "used first";
}

TEST(BlockSource, FetchesOnceForReadersAtTheSamePlace) {
  Far far(8 * kMiB);
  const auto source = far.open();
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) readers.emplace_back([&] { far.read(*source, kMiB, 100'000); });
  }
  EXPECT_EQ(far.fetches.size(), 1u);
}

}  // namespace
}  // namespace sluice
