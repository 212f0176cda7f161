#include "manifest/bit_rate.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Piece {
  std::int64_t milliseconds;
  std::int64_t bytes;
};

std::vector<StoredSegment> segments_of(const std::vector<Piece>& pieces) {
  std::vector<StoredSegment> segments;
  std::int64_t start = 0;
  for (const Piece& piece : pieces) {
    segments.push_back({.track = "720p",
                        .index = static_cast<int>(segments.size()),
                        .start_ticks = start,
                        .duration_ticks = piece.milliseconds,
                        .size_bytes = piece.bytes});
    start += piece.milliseconds;
  }
  return segments;
}

struct Case {
  const char* what;
  std::vector<Piece> pieces;
  std::int64_t peak_bps;
  std::int64_t average_bps;
};

TEST(BitRate, FollowsTheStoredSegments) {
  const std::vector<Case> cases = {
      {"nothing stored", {}, 0, 0},
      {"one segment", {{4000, 1000}}, 2000, 2000},
      {"the largest is the peak", {{4000, 1000}, {4000, 3000}, {4000, 2000}}, 6000, 4000},
      {"a short last one counts together with its neighbour",
       {{4000, 1000}, {1000, 1000}},
       3200,
       3200},
      {"a video of one short segment is its own peak", {{500, 1000}}, 16000, 16000},
      {"half a target counts alone", {{4000, 1000}, {2000, 2000}}, 8000, 4000},
      {"rates are rounded up", {{3000, 1}}, 3, 3},
      {"never below the average", {{4001, 1000}, {1999, 100'000}}, 134'667, 134'667},
  };
  for (const Case& one : cases) {
    const BitRate rate = measure_bit_rate(segments_of(one.pieces), 1000, 4);
    EXPECT_EQ(rate.peak_bps, one.peak_bps) << one.what;
    EXPECT_EQ(rate.average_bps, one.average_bps) << one.what;
  }
}

}  // namespace
}  // namespace sluice
