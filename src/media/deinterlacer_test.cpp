#include "media/deinterlacer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::media {
namespace {

constexpr int kWidth = 64, kHeight = 48;

// Something round that moves to the right, at two moments: that of the even lines and of the odd.
Frame picture(double even_lines_at, double odd_lines_at, std::int64_t pts, bool flagged) {
  auto frame = make_frame();
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = kWidth;
  frame->height = kHeight;
  av_frame_get_buffer(frame.get(), 0);
  for (int y = 0; y < kHeight; ++y) {
    const double at = y % 2 == 0 ? even_lines_at : odd_lines_at;
    for (int x = 0; x < kWidth; ++x) {
      const double distance = std::hypot(x - 20 - at, y - 24);
      frame->data[0][y * frame->linesize[0] + x] =
          static_cast<std::uint8_t>(distance < 12 ? 200 : 40);
    }
  }
  for (int plane = 1; plane < 3; ++plane) {
    for (int y = 0; y < kHeight / 2; ++y) {
      std::fill_n(frame->data[plane] + y * frame->linesize[plane], kWidth / 2, std::uint8_t{128});
    }
  }
  frame->pts = pts;
  frame->pkt_duration = 4;
  frame->interlaced_frame = flagged ? 1 : 0;
  frame->top_field_first = 1;
  return frame;
}

Frame field_pair(int number) { return picture(number * 4, number * 4 + 2, number * 4, true); }
Frame film(int number, bool flagged) {
  return picture(number * 4, number * 4, number * 4, flagged);
}

std::string luma(const AVFrame& frame) {
  std::string bytes;
  for (int y = 0; y < frame.height; ++y) {
    bytes.append(reinterpret_cast<const char*>(frame.data[0] + y * frame.linesize[0]),
                 static_cast<std::size_t>(frame.width));
  }
  return bytes;
}

std::vector<Frame> run(Deinterlacer& deinterlacer, std::vector<Frame> frames) {
  std::vector<Frame> out;
  for (auto& frame : frames) {
    EXPECT_TRUE(deinterlacer.add(std::move(frame)));
    while (auto ready = deinterlacer.take()) out.push_back(std::move(ready));
  }
  EXPECT_TRUE(deinterlacer.finish());
  while (auto ready = deinterlacer.take()) out.push_back(std::move(ready));
  return out;
}

TEST(IsProgressive, TellsFilmFromVideoByItsLines) {
  EXPECT_TRUE(is_progressive(*film(1, true), film(0, true).get(), film(2, true).get()));
  EXPECT_FALSE(is_progressive(*field_pair(1), field_pair(0).get(), field_pair(2).get()));
  EXPECT_FALSE(is_progressive(*film(1, true), film(1, true).get(), film(1, true).get())) << "still";
  EXPECT_FALSE(is_progressive(*film(1, true), nullptr, nullptr));
}

TEST(IsProgressive, IsNotMisledByACut) {
  const auto other_scene = picture(-30, -30, 0, true);
  EXPECT_FALSE(is_progressive(*field_pair(1), other_scene.get(), field_pair(2).get()));
}

TEST(Deinterlacer, LeavesFilmAsItIs) {
  for (const bool flagged : {false, true}) {
    Deinterlacer deinterlacer(100);
    std::vector<Frame> frames;
    std::vector<std::string> expected;
    for (int i = 0; i < 6; ++i) {
      frames.push_back(film(i, flagged));
      expected.push_back(luma(*frames.back()));
    }
    const auto out = run(deinterlacer, std::move(frames));
    ASSERT_EQ(out.size(), 6u);
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(luma(*out[i]), expected[i]) << i;
  }
}

TEST(Deinterlacer, KeepsNumberTimesAndLengths) {
  Deinterlacer deinterlacer(100);
  std::vector<Frame> frames;
  for (int i = 0; i < 12; ++i) frames.push_back(i / 4 == 1 ? field_pair(i) : film(i, false));
  const auto out = run(deinterlacer, std::move(frames));
  ASSERT_EQ(out.size(), 12u);
  for (int i = 0; i < 12; ++i) {
    const auto& frame = *out[static_cast<std::size_t>(i)];
    EXPECT_EQ(frame.pts, i * 4);
    EXPECT_EQ(frame.pkt_duration, 4);
    const bool film_there = i / 4 != 1;
    EXPECT_EQ(luma(frame) == luma(*film(i, false)), film_there) << i;
    EXPECT_NE(luma(frame), luma(*field_pair(i))) << i;
  }
}

// Which is why chunks that start anywhere join.
TEST(Deinterlacer, ComesToTheSameFromOneFrameEarlierOn) {
  const auto from = [](int first) {
    Deinterlacer deinterlacer(100);
    std::vector<Frame> frames;
    for (int i = first; i < 10; ++i) frames.push_back(i % 5 == 2 ? film(i, true) : field_pair(i));
    return run(deinterlacer, std::move(frames));
  };
  const auto all = from(0);
  for (int first = 1; first < 8; ++first) {
    const auto some = from(first);
    for (std::size_t i = 1; i < some.size(); ++i) {
      const auto number = static_cast<std::size_t>(first) + i;
      EXPECT_EQ(luma(*some[i]), luma(*all[number])) << number << " from " << first;
    }
  }
}

TEST(Deinterlacer, GoesOnWhenThePictureChangesItsSize) {
  Deinterlacer deinterlacer(100);
  std::vector<Frame> frames;
  for (int i = 0; i < 3; ++i) frames.push_back(field_pair(i));
  for (int i = 3; i < 6; ++i) {
    auto smaller = field_pair(i);
    smaller->height = 32;
    frames.push_back(std::move(smaller));
  }
  const auto out = run(deinterlacer, std::move(frames));
  ASSERT_EQ(out.size(), 6u);
  EXPECT_EQ(out[2]->height, kHeight);
  EXPECT_EQ(out[3]->height, 32);
}

}  // namespace
}  // namespace sluice::media
