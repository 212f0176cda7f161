#include "media/picture_ladder.h"

#include <fmt/format.h>

#include "media/load_filters.h"

namespace sluice::media {
namespace {

// Of the lines of a picture, in bytes: as far as any vector instruction reads.
constexpr int kLineAlignment = 64;

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

EightBitPicture eight_bits(AVFrame& picture) {
  EightBitPicture planes;
  for (int i = 0; i < 3; ++i) {
    planes.planes[i] = picture.data[i];
    planes.line_bytes[i] = picture.linesize[i];
  }
  return planes;
}

// Names of vf_scale.
const char* matrix_name(const LumaWeights& weights) {
  if (weights.red == kBt709Weights.red) return "bt709";
  return weights.red == kBt2020Weights.red ? "bt2020" : "bt601";
}

// Where 4:2:0's chroma lies, in 256ths of a luma pixel to the right of and below the left upper
// one.
std::string chroma_position(const AVFrame& decoded) {
  const auto* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(decoded.format));
  const bool halved = description != nullptr && description->log2_chroma_w == 1;
  const bool centered = decoded.chroma_location == AVCHROMA_LOC_CENTER ||
                        decoded.chroma_location == AVCHROMA_LOC_TOP ||
                        decoded.chroma_location == AVCHROMA_LOC_BOTTOM;
  const bool top = decoded.chroma_location == AVCHROMA_LOC_TOPLEFT ||
                   decoded.chroma_location == AVCHROMA_LOC_TOP;
  std::string position;
  if (halved) position += fmt::format(":in_h_chr_pos={}", centered ? 128 : 0);
  if (halved && description->log2_chroma_h == 1 && top) position += ":in_v_chr_pos=0";
  return position;
}

}  // namespace

bool PictureLadder::Input::operator==(const Input& other) const {
  return width == other.width && height == other.height && format == other.format &&
         range == other.range && matrix == other.matrix && aspect.num == other.aspect.num &&
         aspect.den == other.aspect.den;
}

PictureLadder::PictureLadder(const Plan& plan, std::size_t count)
    : plan_(plan),
      count_(count),
      color_(source_color(*plan.source.video)),
      scalers_(count),
      pools_(count) {
  if (color_.conversion == ColorConversion::matrix) matrix_.emplace(color_.weights);
  if (color_.conversion == ColorConversion::cube) {
    cube_.emplace(color_.weights, [this](Rgb signal) { return to_sdr(signal, color_.light); });
  }
}

bool PictureLadder::fits_as_it_is(const AVFrame& decoded) const {
  const auto& video = *plan_.source.video;
  const auto& top = plan_.renditions.front();
  return decoded.format == AV_PIX_FMT_YUV420P && decoded.color_range != AVCOL_RANGE_JPEG &&
         !video.full_range && !cube_ && video.rotation == 0 && !video.mirrored &&
         decoded.width == top.width && decoded.height == top.height;
}

// Scaled first: everything after works on no more pixels than are needed.
std::string PictureLadder::filters(const AVFrame& decoded) const {
  const auto& video = *plan_.source.video;
  const auto& top = plan_.renditions.front();
  const bool turned = video.rotation % 180 != 0;
  const int width = turned ? top.height : top.width;
  const int height = turned ? top.width : top.height;
  std::string filters;
  if (color_.alpha) {
    filters =
        fmt::format("scale=in_color_matrix={},format=gbrap,premultiply=inplace=1,format=gbrp,",
                    matrix_name(color_.weights));
  }
  filters += fmt::format("scale={}:{}:flags=bicubic:out_range=tv", width, height);
  if (color_.rgb || color_.alpha) {
    filters += ":out_color_matrix=" + std::string(cube_ ? matrix_name(color_.weights) : "bt709");
  } else if (video.full_range || decoded.color_range == AVCOL_RANGE_JPEG) {
    filters += ":in_range=pc";
  }
  if (!color_.alpha) filters += chroma_position(decoded);
  filters += cube_ ? ",format=yuv444p10le" : ":out_h_chr_pos=0,format=yuv420p";
  return filters + turning(video) + ",setsar=1";
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
  if (fits_as_it_is(decoded)) {
    return matrix_ ? change_matrix(decoded) : Result<Frame>(make_frame_ref(&decoded));
  }
  SLUICE_TRY_ASSIGN(auto picture, filter(decoded));
  if (matrix_) return change_matrix(*picture);
  if (cube_) return look_up(*picture);
  return picture;
}

Result<Frame> PictureLadder::change_matrix(const AVFrame& picture) {
  SLUICE_TRY_ASSIGN(auto changed, empty_picture(0));
  ColorMatrix::Lines from;
  for (int i = 0; i < 3; ++i)
    from.planes[i] = picture.data[i], from.line_bytes[i] = picture.linesize[i];
  matrix_->apply(from, eight_bits(*changed), picture.width, picture.height);
  return changed;
}

Result<Frame> PictureLadder::look_up(const AVFrame& picture) {
  SLUICE_TRY_ASSIGN(auto found, empty_picture(0));
  TenBitPicture from{picture.width, picture.height};
  for (int i = 0; i < 3; ++i)
    from.planes[i] = picture.data[i], from.line_bytes[i] = picture.linesize[i];
  cube_->apply(from, eight_bits(*found));
  return found;
}

Result<Frame> PictureLadder::filter(const AVFrame& decoded) {
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
