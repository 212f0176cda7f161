#include "media/cover_art.h"

#include <algorithm>

#include "media/jpeg.h"
#include "media/waveform.h"

namespace sluice::media {
namespace {

// Of a cover: larger ones are taken for what they are, an attempt to use up memory.
constexpr std::int64_t kMaxPixels = 50'000'000;

// The cover's height and width at most, and how much smaller ones are enlarged at most.
constexpr int kLargestHeight = 624;
constexpr int kLargestWidth = 1184;
constexpr double kMostEnlarged = 2.5;

// The ground is the cover itself at this size and enlarged again, which blurs it, at a third of its
// brightness.
constexpr int kBlurredWidth = 16;
constexpr int kBlurredHeight = 9;

constexpr int kSmooth = SWS_BICUBIC | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT;
constexpr int kAveraging = SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT;

Frame decode_cover(AVStream* stream) {
  const AVCodec* decoder = avcodec_find_decoder(stream->codecpar->codec_id);
  if (decoder == nullptr || stream->attached_pic.size <= 0) return nullptr;
  Codec codec(avcodec_alloc_context3(decoder));
  avcodec_parameters_to_context(codec.get(), stream->codecpar);
  codec->max_pixels = kMaxPixels;
  codec->thread_count = 1;
  if (avcodec_open2(codec.get(), decoder, nullptr) < 0) return nullptr;
  avcodec_send_packet(codec.get(), &stream->attached_pic);
  avcodec_send_packet(codec.get(), nullptr);
  auto frame = make_frame();
  if (avcodec_receive_frame(codec.get(), frame.get()) < 0 || frame->width < 2 ||
      frame->height < 2) {
    return nullptr;
  }
  return frame;
}

// A part of a picture, scaled; null where the library can't.
Frame scale(const AVFrame& from, int width, int height, int flags) {
  auto made = make_jpeg_picture(width, height);
  if (!made) return nullptr;
  const Scaler scaler(sws_getContext(from.width, from.height,
                                     static_cast<AVPixelFormat>(from.format), width, height,
                                     AV_PIX_FMT_YUVJ420P, flags, nullptr, nullptr, nullptr));
  if (!scaler || sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, (*made)->data,
                           (*made)->linesize) < 0) {
    return nullptr;
  }
  return std::move(*made);
}

// The largest part in the middle that has the poster's shape; no pixels are copied.
Frame middle_of(const AVFrame& cover) {
  auto part = make_frame_ref(&cover);
  const int height = std::min(cover.height, cover.width * kPosterHeight / kPosterWidth) & ~1;
  const int width = std::min(cover.width, cover.height * kPosterWidth / kPosterHeight) & ~1;
  part->crop_left = static_cast<std::size_t>((cover.width - width) / 2 & ~1);
  part->crop_right = static_cast<std::size_t>(cover.width - width) - part->crop_left;
  part->crop_top = static_cast<std::size_t>((cover.height - height) / 2 & ~1);
  part->crop_bottom = static_cast<std::size_t>(cover.height - height) - part->crop_top;
  if (height < 2 || width < 2 || av_frame_apply_cropping(part.get(), AV_FRAME_CROP_UNALIGNED) < 0) {
    return nullptr;
  }
  return part;
}

void darken(AVFrame& picture) {
  for (int y = 0; y < picture.height; ++y) {
    auto* line = picture.data[0] + y * picture.linesize[0];
    for (int x = 0; x < picture.width; ++x) line[x] = static_cast<std::uint8_t>(line[x] / 3);
  }
  for (int plane = 1; plane <= 2; ++plane) {
    for (int y = 0; y < picture.height / 2; ++y) {
      auto* line = picture.data[plane] + y * picture.linesize[plane];
      for (int x = 0; x < picture.width / 2; ++x) {
        line[x] = static_cast<std::uint8_t>(128 + (line[x] - 128) / 2);
      }
    }
  }
}

Frame ground_of(const AVFrame& cover) {
  const auto middle = middle_of(cover);
  if (!middle) return nullptr;
  // Sizes of JPEG pictures are even.
  const auto blurred = scale(*middle, kBlurredWidth, kBlurredHeight + 1, kAveraging);
  if (!blurred) return nullptr;
  auto ground = scale(*blurred, kPosterWidth, kPosterHeight, kSmooth);
  if (ground) darken(*ground);
  return ground;
}

// Whole, as large as the ground lets it be, upright pixels.
Frame whole_of(const AVFrame& cover) {
  const double enlarged =
      std::min({static_cast<double>(kLargestHeight) / cover.height,
                static_cast<double>(kLargestWidth) / cover.width, kMostEnlarged});
  const int width = std::max(2, static_cast<int>(cover.width * enlarged) & ~1);
  const int height = std::max(2, static_cast<int>(cover.height * enlarged) & ~1);
  return scale(cover, width, height, kSmooth);
}

void lay_in_the_middle(AVFrame& ground, const AVFrame& cover) {
  const int x = (ground.width - cover.width) / 2 & ~1;
  const int y = (ground.height - cover.height) / 2 & ~1;
  std::uint8_t* into[4] = {};
  const std::uint8_t* from[4] = {};
  for (int plane = 0; plane < 3; ++plane) {
    const int half = plane == 0 ? 0 : 1;
    into[plane] = ground.data[plane] + (y >> half) * ground.linesize[plane] + (x >> half);
    from[plane] = cover.data[plane];
  }
  av_image_copy(into, ground.linesize, from, cover.linesize, AV_PIX_FMT_YUVJ420P, cover.width,
                cover.height);
}

}  // namespace

Result<Frame> draw_cover(SourceInput& input) {
  const auto* format = input.format();
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    auto* stream = format->streams[i];
    if ((stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0) continue;
    const auto cover = decode_cover(stream);
    if (!cover) continue;
    auto ground = ground_of(*cover);
    const auto whole = whole_of(*cover);
    if (!ground || !whole) continue;
    lay_in_the_middle(*ground, *whole);
    return ground;
  }
  return Frame();
}

}  // namespace sluice::media
