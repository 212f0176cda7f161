// The score on drawn pictures: what it should like, and what it should not.
#include "media/poster_score.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

constexpr int kWidth = 426;
constexpr int kHeight = 240;

struct Picture {
  std::vector<double> luma = std::vector<double>(kWidth * kHeight, 16);

  double& at(int x, int y) { return luma[static_cast<std::size_t>(y * kWidth + x)]; }
  double at(int x, int y) const {
    x = std::clamp(x, 0, kWidth - 1);
    y = std::clamp(y, 0, kHeight - 1);
    return luma[static_cast<std::size_t>(y * kWidth + x)];
  }
  Picture changed(const std::function<double(int, int, double)>& change) const {
    Picture made;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) made.at(x, y) = change(x, y, at(x, y));
    }
    return made;
  }

  double score() const {
    std::vector<std::uint8_t> bytes;
    for (const double level : luma) {
      bytes.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(level, 16.0, 235.0))));
    }
    const std::vector<std::uint8_t> grey(kWidth / 2 * kHeight / 2, 128);
    return poster_score({kWidth, kHeight, bytes.data(), kWidth, grey.data(), grey.data(), kWidth / 2});
  }
};

Picture flat(double level) {
  return Picture().changed([level](int, int, double) { return level; });
}

// Hills under a sky, with leaves on them and a wall with windows.
Picture landscape() {
  std::minstd_rand random(1);
  std::vector<double> leaves(kWidth * kHeight);
  for (auto& leaf : leaves) leaf = static_cast<double>(random() % 1000) / 1000;
  return Picture().changed([&](int x, int y, double) {
    const double hill = 90 + 30 * std::sin(x / 60.0) + 8 * std::sin(x / 9.0);
    if (x > 280 && x < 360 && y > 70 && y < 200) {
      return (x / 14) % 2 == 0 && (y / 18) % 2 == 0 ? 60.0 : 190.0;
    }
    if (y < hill) return 205.0 - y / 3.0;
    const double patch = leaves[static_cast<std::size_t>(y / 3 * kWidth + x / 3)];
    return 60 + 70 * patch + 20 * std::sin(x / 25.0 + y / 15.0);
  });
}

Picture blurred(const Picture& picture, int radius) {
  const auto along = [radius](const Picture& from, bool across) {
    return from.changed([&](int x, int y, double) {
      double sum = 0;
      for (int i = -radius; i <= radius; ++i) sum += across ? from.at(x + i, y) : from.at(x, y + i);
      return sum / (2 * radius + 1);
    });
  };
  return along(along(along(along(picture, true), false), true), false);
}

// Two lines of something like letters.
Picture title_card(double ground, double ink) {
  return flat(ground).changed([&](int x, int y, double level) {
    const bool line = (y > 90 && y < 112) || (y > 125 && y < 140);
    const bool letter = (x / 3 * 7 + y / 4 * 5 + x / 11) % 3 == 0;
    return line && x > 90 && x < 330 && letter ? ink : level;
  });
}

Picture noise() {
  std::minstd_rand random(1);
  return Picture().changed(
      [&](int, int, double) { return 16.0 + static_cast<double>(random() % 220); });
}

Picture faded(const Picture& picture, double share, double to) {
  return picture.changed(
      [=](int, int, double level) { return to + (level - to) * share; });
}

Picture with_bars(const Picture& picture, int rows, int columns) {
  return picture.changed([=](int x, int y, double level) {
    const bool bar = y < rows || y >= kHeight - rows || x < columns || x >= kWidth - columns;
    return bar ? 16.0 : level;
  });
}

struct Case {
  std::string name;
  Picture picture;
  double at_least;
  double at_most;
};

TEST(PosterScore, KnowsAGoodPictureFromOneThatSaysNothing) {
  const auto scene = landscape();
  const Case cases[] = {
      {"a landscape", scene, 0.6, 1},
      {"a landscape in the dusk", faded(scene, 0.5, 16), kAcceptablePoster, 1},
      {"a landscape between black bars", with_bars(scene, 30, 0), 0.6, 1},
      {"a portrait between black bars", with_bars(scene, 0, 145), 0.6, 1},
      {"black", flat(16), 0, 0},
      {"white", flat(235), 0, 0},
      {"grey", flat(120), 0, 0},
      {"white on black", title_card(16, 235), 0, 0.15},
      {"black on white", title_card(235, 16), 0, 0.15},
      {"white on blue", title_card(70, 220), 0, 0.15},
      {"noise", noise(), 0, 0.1},
      {"nearly black", faded(scene, 0.12, 16), 0, 0.1},
      {"nearly white", faded(scene, 0.1, 235), 0, 0.1},
      {"out of focus", blurred(scene, 5), 0, 0.15},
  };
  for (const auto& one : cases) {
    const double score = one.picture.score();
    EXPECT_GE(score, one.at_least) << one.name;
    EXPECT_LE(score, one.at_most) << one.name;
  }
}

TEST(PosterScore, FallsWithBlur) {
  const auto scene = landscape();
  EXPECT_GT(scene.score(), blurred(scene, 1).score());
  EXPECT_GT(blurred(scene, 1).score(), blurred(scene, 3).score());
}

TEST(PosterScore, TakesPicturesOfAnySize) {
  const std::vector<std::uint8_t> bytes(64 * 64, 90);
  for (const int size : {1, 2, 8, 9, 64}) {
    EXPECT_EQ(poster_score({size, size, bytes.data(), 64, bytes.data(), bytes.data(), 64}), 0) << size;
  }
}

TEST(PosterRank, PutsWhatWillDoInTheFirstTenthFirst) {
  EXPECT_GT(poster_rank(kAcceptablePoster, true), poster_rank(1, false));
  EXPECT_GT(poster_rank(kAcceptablePoster, false), poster_rank(0.9 * kAcceptablePoster, true));
  EXPECT_GT(poster_rank(0.9, true), poster_rank(0.8, true));
}

}  // namespace
}  // namespace sluice::media
