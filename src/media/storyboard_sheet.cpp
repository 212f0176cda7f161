#include "media/storyboard_sheet.h"

#include "media/picture_ladder.h"

namespace sluice::media {
namespace {

// About 5 KB for a tile of 256x144.
constexpr int kCoarseness = 6;

}  // namespace

StoryboardSheet::StoryboardSheet(const Plan& plan, int chunk)
    : storyboard_(*plan.storyboard),
      timescale_(plan.timeline.timescale),
      sheet_(sheet_of(plan, chunk)),
      scaler_(output_color(*plan.source.video), storyboard_.tile_width, storyboard_.tile_height) {}

std::int64_t StoryboardSheet::ticks_of(int tile) const {
  return std::int64_t{sheet_.first_tile + tile} * storyboard_.interval_seconds * timescale_;
}

Result<> StoryboardSheet::add(const AVFrame& picture, std::int64_t ticks) {
  while (shown_ && !painted_all() && ticks > ticks_of(next_)) SLUICE_TRY(paint_next(*shown_));
  shown_ = make_frame_ref(&picture);
  return {};
}

Result<> StoryboardSheet::paint_next(const AVFrame& picture) {
  if (!canvas_) {
    SLUICE_TRY_ASSIGN(canvas_, make_jpeg_picture(sheet_.columns * storyboard_.tile_width,
                                                 sheet_.rows * storyboard_.tile_height));
  }
  SLUICE_TRY_ASSIGN(const auto tile, scaler_.scale(picture));
  const int x = next_ % sheet_.columns * storyboard_.tile_width;
  const int y = next_ / sheet_.columns * storyboard_.tile_height;
  ++next_;
  std::uint8_t* into[4] = {};
  const std::uint8_t* from[4] = {};
  for (int plane = 0; plane < 3; ++plane) {
    const int half = plane == 0 ? 0 : 1;  // sizes of tiles are even
    into[plane] = canvas_->data[plane] + (y >> half) * canvas_->linesize[plane] + (x >> half);
    from[plane] = tile->data[plane];
  }
  av_image_copy(into, canvas_->linesize, from, tile->linesize, AV_PIX_FMT_YUVJ420P, tile->width,
                tile->height);
  return {};
}

Result<std::string> StoryboardSheet::finish() {
  while (shown_ && !painted_all()) SLUICE_TRY(paint_next(*shown_));
  shown_.reset();
  if (!canvas_) return std::string();
  return encode_jpeg(*canvas_, kCoarseness);
}

}  // namespace sluice::media
