#include "media/downmix.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

std::vector<double> matrix(const char* from, int to_channels) {
  AVChannelLayout in{}, out{};
  EXPECT_EQ(av_channel_layout_from_string(&in, from), 0) << from;
  av_channel_layout_default(&out, to_channels);
  auto made = downmix_matrix(in, out);
  for (auto& gain : made) gain = std::round(gain * 1000) / 1000;
  av_channel_layout_uninit(&in);
  av_channel_layout_uninit(&out);
  return made;
}

using Gains = std::vector<double>;

TEST(Downmix, FollowsBs775) {
  //                                             FL FR FC    LFE SL    SR
  EXPECT_EQ(matrix("5.1(side)", 2), (Gains{1, 0, .707, 0, .707, 0,  //
                                           0, 1, .707, 0, 0, .707}));
  EXPECT_EQ(matrix("5.1", 2), matrix("5.1(side)", 2));
  EXPECT_EQ(matrix("7.1", 2), (Gains{1, 0, .707, 0, .707, 0, .707, 0,  //
                                     0, 1, .707, 0, 0, .707, 0, .707}));
  EXPECT_EQ(matrix("3.0(back)", 2), (Gains{1, 0, .5, 0, 1, .5}));
}

TEST(Downmix, KeepsOneChannelAtItsLevelInBoth) {
  EXPECT_EQ(matrix("mono", 2), (Gains{1, 1}));
  EXPECT_EQ(matrix("FR", 2), (Gains{1, 1})) << "half of a pair in a track of its own";
  EXPECT_EQ(matrix("LFE", 2), (Gains{1, 1}));
}

TEST(Downmix, JoinsBackAndSideFor51) {
  EXPECT_EQ(matrix("5.1(side)", 6), (Gains{1, 0, 0, 0, 0, 0,  //
                                           0, 1, 0, 0, 0, 0,  //
                                           0, 0, 1, 0, 0, 0,  //
                                           0, 0, 0, 1, 0, 0,  //
                                           0, 0, 0, 0, 1, 0,  //
                                           0, 0, 0, 0, 0, 1}));
  const auto from71 = matrix("7.1", 6);
  EXPECT_EQ(Gains(from71.begin() + 4 * 8, from71.end()), (Gains{0, 0, 0, 0, .707, 0, .707, 0,  //
                                                                0, 0, 0, 0, 0, .707, 0, .707}));
}

TEST(Downmix, PutsChannelsThatNobodyPlacedLeftAndRightInTurn) {
  AVChannelLayout in{}, out{};
  av_channel_layout_default(&in, 12);
  ASSERT_EQ(in.order, AV_CHANNEL_ORDER_UNSPEC);
  av_channel_layout_default(&out, 2);
  EXPECT_EQ(downmix_matrix(in, out), (Gains{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0,  //
                                            0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
}

}  // namespace
}  // namespace sluice::media
