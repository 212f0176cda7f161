#include "media/jpeg.h"

#include <fmt/format.h>

namespace sluice::media {
namespace {

Error image_failed(int error) {
  return {ErrorKind::internal, "image_failed",
          fmt::format("An image could not be made ({}).", av_message(error))};
}

Scaler make_scaler(const AVFrame& from, int width, int height, int matrix) {
  Scaler scaler(sws_getContext(from.width, from.height, AV_PIX_FMT_YUV420P, width, height,
                               AV_PIX_FMT_YUVJ420P,
                               SWS_BICUBIC | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT,
                               nullptr, nullptr, nullptr));
  constexpr int kUnchanged = 1 << 16;
  // Its answer says whether RGB tables were made, which pictures of one matrix don't need.
  if (scaler) {
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(matrix), 0,
                             sws_getCoefficients(SWS_CS_ITU601), 1, 0, kUnchanged, kUnchanged);
  }
  return scaler;
}

}  // namespace

Result<Frame> make_jpeg_picture(int width, int height) {
  auto picture = make_frame();
  picture->format = AV_PIX_FMT_YUVJ420P;
  picture->width = width;
  picture->height = height;
  picture->color_range = AVCOL_RANGE_JPEG;
  picture->sample_aspect_ratio = AVRational{1, 1};
  if (const int made = av_frame_get_buffer(picture.get(), 0); made < 0) return fail(image_failed(made));
  const ptrdiff_t strides[4] = {picture->linesize[0], picture->linesize[1], picture->linesize[2], 0};
  av_image_fill_black(picture->data, strides, AV_PIX_FMT_YUVJ420P, AVCOL_RANGE_JPEG, width, height);
  return picture;
}

Result<Frame> JpegScaler::scale(const AVFrame& picture) {
  if (!scaler_) scaler_ = make_scaler(picture, width_, height_, color_.matrix);
  if (!scaler_) return fail(image_failed(AVERROR(ENOMEM)));
  SLUICE_TRY_ASSIGN(auto scaled, make_jpeg_picture(width_, height_));
  if (const int done = sws_scale(scaler_.get(), picture.data, picture.linesize, 0, picture.height,
                                 scaled->data, scaled->linesize);
      done < 0) {
    return fail(image_failed(done));
  }
  return scaled;
}

Result<std::string> encode_jpeg(const AVFrame& picture, int coarseness) {
  const AVCodec* mjpeg = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  if (mjpeg == nullptr) return fail(image_failed(AVERROR_ENCODER_NOT_FOUND));
  const Codec codec(avcodec_alloc_context3(mjpeg));
  codec->width = picture.width;
  codec->height = picture.height;
  codec->pix_fmt = AV_PIX_FMT_YUVJ420P;
  codec->color_range = AVCOL_RANGE_JPEG;
  codec->sample_aspect_ratio = AVRational{1, 1};
  codec->time_base = AVRational{1, 1};
  codec->thread_count = 1;
  codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;  // no version of the library inside
  codec->global_quality = coarseness * FF_QP2LAMBDA;
  if (const int opened = avcodec_open2(codec.get(), mjpeg, nullptr); opened < 0) {
    return fail(image_failed(opened));
  }
  const auto entering = make_frame_ref(&picture);
  entering->pts = 0;
  entering->quality = codec->global_quality;
  if (const int sent = avcodec_send_frame(codec.get(), entering.get()); sent < 0) {
    return fail(image_failed(sent));
  }
  const auto packet = make_packet();
  if (const int got = avcodec_receive_packet(codec.get(), packet.get()); got < 0) {
    return fail(image_failed(got));
  }
  return std::string(reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size));
}

}  // namespace sluice::media
