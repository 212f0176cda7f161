#include "media/picture_ladder.h"

#include <fmt/format.h>

#include "media/load_filters.h"

namespace sluice::media {
namespace {

// Untagged pictures of at least this size are taken for HD material (BT.709), smaller ones for SD.
constexpr int kHdWidth = 1280;
constexpr int kHdHeight = 576;

// Of the lines of a picture, in bytes: as far as any vector instruction reads.
constexpr int kLineAlignment = 64;

bool is_rgb(const std::string& pixel_format) {
  const auto* description = av_pix_fmt_desc_get(av_get_pix_fmt(pixel_format.c_str()));
  return description != nullptr &&
         ((description->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0);
}

bool is_hdr(const VideoStreamFacts& video) {
  return video.color_transfer == "smpte2084" || video.color_transfer == "arib-std-b67";
}

Error scaling_failed(int error) {
  return {ErrorKind::internal, "scaling_failed",
          fmt::format("A picture could not be scaled ({}).", av_message(error))};
}

// Of the turn, in stored order: first mirrored, then turned clockwise.
std::string turning(const VideoStreamFacts& video) {
  std::string filters = video.mirrored ? ",hflip" : "";
  if (video.rotation == 90) filters += ",transpose=clock";
  if (video.rotation == 180) filters += ",hflip,vflip";
  if (video.rotation == 270) filters += ",transpose=cclock";
  return filters;
}

// HDR to BT.709: to linear light with the reference white at 203 nits (ITU-R BT.2408), mapped by a
// curve that keeps skin and sky, back to 709.
constexpr const char* kToneMapping =
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=mobius:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p";

}  // namespace

ColorTags output_color(const VideoStreamFacts& video) {
  const ColorTags hd{AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709, false};
  const ColorTags sd{AVCOL_PRI_SMPTE170M, AVCOL_TRC_SMPTE170M, AVCOL_SPC_SMPTE170M, false};
  if (is_hdr(video) || is_rgb(video.pixel_format)) return hd;
  const bool looks_hd = video.coded_width >= kHdWidth || video.coded_height > kHdHeight;
  ColorTags tags = looks_hd ? hd : sd;
  const int matrix = av_color_space_from_name(video.color_matrix.c_str());
  if (!video.color_matrix.empty() && matrix > 0) {
    tags = matrix == AVCOL_SPC_BT709 ? hd : sd;
    tags.matrix = matrix;
  }
  const int primaries = av_color_primaries_from_name(video.color_primaries.c_str());
  if (!video.color_primaries.empty() && primaries > 0) tags.primaries = primaries;
  const int transfer = av_color_transfer_from_name(video.color_transfer.c_str());
  if (!video.color_transfer.empty() && transfer > 0) tags.transfer = transfer;
  return tags;
}

bool PictureLadder::Input::operator==(const Input& other) const {
  return width == other.width && height == other.height && format == other.format &&
         range == other.range && matrix == other.matrix && aspect.num == other.aspect.num &&
         aspect.den == other.aspect.den;
}

PictureLadder::PictureLadder(const Plan& plan, std::size_t count)
    : plan_(plan), count_(count), color_(output_color(*plan.source.video)), scalers_(count), pools_(count) {}

bool PictureLadder::fits_as_it_is(const AVFrame& decoded) const {
  const auto& video = *plan_.source.video;
  const auto& top = plan_.renditions.front();
  return decoded.format == AV_PIX_FMT_YUV420P && decoded.color_range != AVCOL_RANGE_JPEG &&
         !is_hdr(video) && video.rotation == 0 && !video.mirrored &&
         decoded.width == top.width && decoded.height == top.height;
}

std::string PictureLadder::filters(const AVFrame& decoded) const {
  const auto& video = *plan_.source.video;
  const auto& top = plan_.renditions.front();
  const bool turned = video.rotation % 180 != 0;
  const int width = turned ? top.height : top.width;
  const int height = turned ? top.width : top.height;
  std::string scale = fmt::format("scale={}:{}:flags=bicubic:out_range=tv", width, height);
  if (is_hdr(video)) return scale + "," + kToneMapping + turning(video) + ",setsar=1";
  if (is_rgb(video.pixel_format)) {
    scale += ":out_color_matrix=bt709";
  } else if (video.full_range || decoded.color_range == AVCOL_RANGE_JPEG) {
    scale += ":in_range=pc";
  }
  return scale + ",format=yuv420p" + turning(video) + ",setsar=1";
}

Result<> PictureLadder::build_graph(const AVFrame& decoded, const Input& input) {
  const auto* library = filter_library();
  if (library == nullptr) {
    return fail(ErrorKind::internal, kFiltersMissing, "libavfilter is not installed.");
  }
  graph_.reset(library->graph_alloc());
  graph_->nb_threads = 1;
  const auto source = fmt::format(
      "buffer=video_size={}x{}:pix_fmt={}:time_base=1/{}:pixel_aspect=1/1 [in]; [in] {} , "
      "buffersink",
      decoded.width, decoded.height, decoded.format, plan_.timeline.timescale, filters(decoded));
  AVFilterInOut* inputs = nullptr;
  AVFilterInOut* outputs = nullptr;
  const int parsed = library->graph_parse2(graph_.get(), source.c_str(), &inputs, &outputs);
  library->inout_free(&inputs);
  library->inout_free(&outputs);
  if (parsed < 0) return fail(scaling_failed(parsed));
  if (const int configured = library->graph_config(graph_.get(), nullptr); configured < 0) {
    return fail(scaling_failed(configured));
  }
  for (unsigned i = 0; i < graph_->nb_filters; ++i) {
    auto* filter = graph_->filters[i];
    if (std::string_view(filter->filter->name) == "buffer") entry_ = filter;
    if (std::string_view(filter->filter->name) == "buffersink") exit_ = filter;
  }
  input_ = input;
  return {};
}

Result<Frame> PictureLadder::make_top(const AVFrame& decoded) {
  if (fits_as_it_is(decoded)) return make_frame_ref(&decoded);
  const Input input{decoded.width, decoded.height, decoded.format,
                    decoded.color_range, decoded.colorspace, decoded.sample_aspect_ratio};
  if (!graph_ || !(input == input_)) SLUICE_TRY(build_graph(decoded, input));
  auto entering = make_frame_ref(&decoded);
  entering->sample_aspect_ratio = AVRational{1, 1};
  if (const int added = filter_library()->buffersrc_add_frame(entry_, entering.get()); added < 0) {
    return fail(scaling_failed(added));
  }
  auto picture = make_frame();
  if (const int got = filter_library()->buffersink_get_frame(exit_, picture.get()); got < 0) {
    return fail(scaling_failed(got));
  }
  return picture;
}

Result<Frame> PictureLadder::empty_picture(std::size_t number) {
  const auto& rendition = plan_.renditions[number];
  auto& pool = pools_[number];
  if (!pool) {
    const int size = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, rendition.width, rendition.height,
                                              kLineAlignment);
    if (size < 0) return fail(scaling_failed(size));
    pool.reset(av_buffer_pool_init(static_cast<std::size_t>(size) + kLineAlignment, nullptr));
  }
  auto picture = make_frame();
  picture->format = AV_PIX_FMT_YUV420P;
  picture->width = rendition.width;
  picture->height = rendition.height;
  picture->buf[0] = pool ? av_buffer_pool_get(pool.get()) : nullptr;
  if (picture->buf[0] == nullptr) return fail(scaling_failed(AVERROR(ENOMEM)));
  av_image_fill_arrays(picture->data, picture->linesize, picture->buf[0]->data, AV_PIX_FMT_YUV420P,
                       rendition.width, rendition.height, kLineAlignment);
  return picture;
}

Result<Frame> PictureLadder::scale_down(const AVFrame& larger, std::size_t number) {
  const auto& rendition = plan_.renditions[number];
  auto& scaler = scalers_[number];
  if (!scaler) {
    scaler.reset(sws_getContext(larger.width, larger.height, AV_PIX_FMT_YUV420P, rendition.width,
                                rendition.height, AV_PIX_FMT_YUV420P, SWS_BICUBIC, nullptr, nullptr,
                                nullptr));
  }
  if (!scaler) return fail(scaling_failed(AVERROR(ENOMEM)));
  SLUICE_TRY_ASSIGN(auto picture, empty_picture(number));
  if (const int done = sws_scale(scaler.get(), larger.data, larger.linesize, 0, larger.height,
                                 picture->data, picture->linesize);
      done < 0) {
    return fail(scaling_failed(done));
  }
  return picture;
}

Result<std::vector<Frame>> PictureLadder::make(const AVFrame& decoded) {
  std::vector<Frame> pictures;
  pictures.reserve(count_);
  SLUICE_TRY_ASSIGN(auto top, make_top(decoded));
  pictures.push_back(std::move(top));
  for (std::size_t number = 1; number < count_; ++number) {
    SLUICE_TRY_ASSIGN(auto picture, scale_down(*pictures.back(), number));
    pictures.push_back(std::move(picture));
  }
  for (auto& picture : pictures) {
    picture->pts = decoded.pts;
    picture->pkt_duration = decoded.pkt_duration;
    picture->pict_type = AV_PICTURE_TYPE_NONE;
    picture->sample_aspect_ratio = AVRational{1, 1};
  }
  return pictures;
}

}  // namespace sluice::media
