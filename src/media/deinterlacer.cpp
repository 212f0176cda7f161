#include "media/deinterlacer.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace sluice::media {
namespace {

// How much worse lines must fit those of the neighbours. Fields that are equally far apart in time
// give 1.
constexpr double kClearlyBetter = 1.3;

Error deinterlacing_failed(int error) {
  return {ErrorKind::internal, "deinterlacing_failed",
          fmt::format("A picture could not be deinterlaced ({}).", av_message(error))};
}

// How badly a line fits between two others.
template <class Sample>
std::int64_t misfit(const std::uint8_t* above, const std::uint8_t* line, const std::uint8_t* below,
                    int width) {
  const auto* a = reinterpret_cast<const Sample*>(above);
  const auto* b = reinterpret_cast<const Sample*>(line);
  const auto* c = reinterpret_cast<const Sample*>(below);
  std::int32_t sum = 0;  // of 16 bits a quarter: 65535 × 16384 pixels still fit
  for (int x = 0; x < width; ++x)
    sum += std::abs(a[x] - 2 * b[x] + c[x]) >> (sizeof(Sample) - 1) * 2;
  return sum;
}

struct Misfits {
  std::int64_t within = 0;
  std::int64_t across[2] = {};  // by the line's parity
};

template <class Sample>
Misfits compare(const AVFrame& frame, const AVFrame& other, int width) {
  Misfits sums;
  const auto line = [](const AVFrame& of, int y) { return of.data[0] + y * of.linesize[0]; };
  for (int y = 1; y + 1 < frame.height; ++y) {
    sums.within += misfit<Sample>(line(frame, y - 1), line(frame, y), line(frame, y + 1), width);
    sums.across[y & 1] +=
        misfit<Sample>(line(other, y - 1), line(frame, y), line(other, y + 1), width);
  }
  return sums;
}

bool comparable(const AVFrame& frame, const AVFrame* other) {
  return other != nullptr && other->width == frame.width && other->height == frame.height &&
         other->format == frame.format;
}

}  // namespace

bool is_progressive(const AVFrame& frame, const AVFrame* before, const AVFrame* after) {
  const auto* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (description == nullptr) return false;
  const bool wide = description->comp[0].depth > 8;
  const int width = frame.width * description->comp[0].step / (wide ? 2 : 1);
  std::optional<std::int64_t> least;
  std::int64_t within = 0;
  for (const AVFrame* other : {before, after}) {
    if (!comparable(frame, other)) continue;
    const auto sums = wide ? compare<std::uint16_t>(frame, *other, width)
                           : compare<std::uint8_t>(frame, *other, width);
    within = sums.within;
    const std::int64_t across = 2 * std::min(sums.across[0], sums.across[1]);
    least = std::min(least.value_or(across), across);
  }
  return least && static_cast<double>(*least) > kClearlyBetter * static_cast<double>(within);
}

void Deinterlacer::reset() {
  before_.reset();
  current_.reset();
  ready_.clear();
  graph_.reset();
  skip_until_ = INT64_MIN;
}

Result<> Deinterlacer::add(Frame frame) {
  if (current_) SLUICE_TRY(settle(frame.get()));
  if (current_) before_ = std::move(current_);
  current_ = std::move(frame);
  return {};
}

Result<> Deinterlacer::finish() {
  if (current_) SLUICE_TRY(settle(nullptr));
  before_.reset();
  current_.reset();
  return drain();
}

Frame Deinterlacer::take() {
  if (ready_.empty()) return {};
  auto frame = std::move(ready_.front());
  ready_.pop_front();
  return frame;
}

// Decides what the frame in hand is, and passes it on.
Result<> Deinterlacer::settle(const AVFrame* after) {
  auto entering = make_frame_ref(current_.get());
  // The filter would leave out frames next to those that are to be shown longer.
  entering->repeat_pict = 0;
  if (entering->interlaced_frame != 0 && is_progressive(*current_, before_.get(), after)) {
    entering->interlaced_frame = 0;
  }
  if (graph_ && !comparable(*current_, before_.get())) SLUICE_TRY(drain());
  if (graph_) return feed(entering.get());
  if (entering->interlaced_frame == 0) {
    ready_.push_back(std::move(entering));
    return {};
  }
  SLUICE_TRY(start(*entering));
  if (comparable(*entering, before_.get())) {
    skip_until_ = before_->pts;
    SLUICE_TRY(feed(before_.get()));
  }
  return feed(entering.get());
}

Result<> Deinterlacer::start(const AVFrame& frame) {
  const auto* library = filter_library();
  if (library == nullptr) {
    return fail(ErrorKind::internal, "libavfilter_missing", "libavfilter is not installed.");
  }
  graph_.reset(library->graph_alloc());
  graph_->nb_threads = 1;
  const auto text = fmt::format(
      "buffer=video_size={}x{}:pix_fmt={}:time_base=1/{}:pixel_aspect=1/1 [in]; "
      "[in] bwdif=mode=send_frame:parity=auto:deint=interlaced , buffersink",
      frame.width, frame.height, frame.format, timescale_);
  AVFilterInOut* inputs = nullptr;
  AVFilterInOut* outputs = nullptr;
  const int parsed = library->graph_parse2(graph_.get(), text.c_str(), &inputs, &outputs);
  library->inout_free(&inputs);
  library->inout_free(&outputs);
  if (parsed < 0) return fail(deinterlacing_failed(parsed));
  if (const int configured = library->graph_config(graph_.get(), nullptr); configured < 0) {
    return fail(deinterlacing_failed(configured));
  }
  for (unsigned i = 0; i < graph_->nb_filters; ++i) {
    auto* filter = graph_->filters[i];
    if (std::string_view(filter->filter->name) == "buffer") entry_ = filter;
    if (std::string_view(filter->filter->name) == "buffersink") exit_ = filter;
  }
  skip_until_ = INT64_MIN;
  return {};
}

// Null: the end.
Result<> Deinterlacer::feed(const AVFrame* frame) {
  Frame entering = frame != nullptr ? make_frame_ref(frame) : Frame();
  if (entering) entering->sample_aspect_ratio = AVRational{1, 1};
  if (const int added = filter_library()->buffersrc_add_frame(entry_, entering.get()); added < 0) {
    return fail(deinterlacing_failed(added));
  }
  while (true) {
    auto picture = make_frame();
    const int got = filter_library()->buffersink_get_frame(exit_, picture.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
    if (got < 0) return fail(deinterlacing_failed(got));
    picture->pts /= 2;  // the filter could have made two of each
    picture->interlaced_frame = 0;
    if (picture->pts > skip_until_) ready_.push_back(std::move(picture));
  }
}

Result<> Deinterlacer::drain() {
  if (!graph_) return {};
  SLUICE_TRY(feed(nullptr));
  graph_.reset();
  return {};
}

}  // namespace sluice::media
