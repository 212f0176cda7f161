// Colours through the scaler and the encoder and back, against the formulas of BT.709 and BT.601.
#include "media/jpeg.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

using Rgb = std::array<double, 3>;

struct Matrix {
  double red, blue;  // shares in the luma
};
constexpr Matrix kBt709{0.2126, 0.0722};
constexpr Matrix kBt601{0.299, 0.114};

// y, cb and cr as shares: 0 to 1, and -0.5 to 0.5 twice.
Rgb to_rgb(const Matrix& matrix, double y, double cb, double cr) {
  const double red = y + 2 * (1 - matrix.red) * cr;
  const double blue = y + 2 * (1 - matrix.blue) * cb;
  return {red, (y - matrix.red * red - matrix.blue * blue) / (1 - matrix.red - matrix.blue), blue};
}

Frame flat_picture(int width, int height, int y, int cb, int cr) {
  auto picture = make_frame();
  picture->format = AV_PIX_FMT_YUV420P;
  picture->width = width;
  picture->height = height;
  EXPECT_EQ(av_frame_get_buffer(picture.get(), 0), 0);
  const int levels[3] = {y, cb, cr};
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? height : (height + 1) / 2;
    std::fill_n(picture->data[plane], picture->linesize[plane] * rows,
                static_cast<std::uint8_t>(levels[plane]));
  }
  return picture;
}

Frame decode(const std::string& jpeg) {
  const AVCodec* mjpeg = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
  const Codec codec(avcodec_alloc_context3(mjpeg));
  EXPECT_EQ(avcodec_open2(codec.get(), mjpeg, nullptr), 0);
  const auto packet = make_packet();
  EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(jpeg.size())), 0);
  std::copy(jpeg.begin(), jpeg.end(), packet->data);
  EXPECT_EQ(avcodec_send_packet(codec.get(), packet.get()), 0);
  auto picture = make_frame();
  EXPECT_EQ(avcodec_receive_frame(codec.get(), picture.get()), 0);
  return picture;
}

// Of the pixel in the middle, as a browser shows it.
Rgb middle(const AVFrame& picture) {
  const auto level = [&](int plane, int half) {
    const int x = picture.width / 2 >> half, y = picture.height / 2 >> half;
    return picture.data[plane][y * picture.linesize[plane] + x] / 255.0;
  };
  return to_rgb(kBt601, level(0, 0), level(1, 1) - 128 / 255.0, level(2, 1) - 128 / 255.0);
}

struct Case {
  const char* name;
  int y, cb, cr;
};

TEST(JpegScaler, KeepsColoursOfEitherMatrix) {
  const Case cases[] = {{"black", 16, 128, 128},     {"white", 235, 128, 128},
                        {"grey", 126, 128, 128},     {"light", 200, 128, 128},
                        {"reddish", 110, 110, 170},  {"greenish", 140, 100, 100},
                        {"bluish", 80, 170, 115},    {"skin", 160, 110, 150}};
  for (const auto& one : cases) {
    for (const bool hd : {true, false}) {
      for (const int width : {426, 256, 82}) {  // smaller, the same size, larger
        const ColorTags color{AVCOL_PRI_BT709, AVCOL_TRC_BT709,
                              hd ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M, false};
        JpegScaler scaler(color, 256, 144);
        const auto scaled =
            scaler.scale(*flat_picture(width, width == 256 ? 144 : 240, one.y, one.cb, one.cr));
        ASSERT_TRUE(scaled);
        const auto shown = middle(*decode(encode_jpeg(**scaled, 2).value()));
        const auto expected = to_rgb(hd ? kBt709 : kBt601, (one.y - 16) / 219.0,
                                     (one.cb - 128) / 224.0, (one.cr - 128) / 224.0);
        for (std::size_t i = 0; i < 3; ++i) {
          EXPECT_NEAR(255 * shown[i], 255 * expected[i], 1.5)
              << one.name << ", " << (hd ? "BT.709" : "BT.601") << ", from " << width << ", " << i;
        }
      }
    }
  }
}

TEST(EncodeJpeg, MakesTheSameBytesAgain) {
  const auto picture = make_jpeg_picture(82, 144).value();
  const auto bytes = encode_jpeg(*picture, 3).value();
  EXPECT_EQ(bytes, encode_jpeg(*picture, 3).value());
  EXPECT_EQ(bytes.find("Lavc"), std::string::npos) << "no version of a library inside";
  const auto again = decode(bytes);
  EXPECT_EQ(again->width, 82);
  EXPECT_EQ(again->height, 144);
  EXPECT_EQ(again->data[0][0], 0) << "black";
}

}  // namespace
}  // namespace sluice::media
