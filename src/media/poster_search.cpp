#include "media/poster_search.h"

#include <algorithm>

#include "media/jpeg.h"
#include "media/picture_ladder.h"
#include "media/poster_score.h"
#include "plan/storyboard.h"

namespace sluice::media {
namespace {

constexpr int kLargestShortSide = 720;
constexpr int kCoarseness = 3;

// Often enough to look at some frames even in the first tenth of a short clip.
constexpr double kShortestStep = 0.1;
constexpr double kLongestStep = 0.5;

std::size_t choose_size(const Plan& plan) {
  for (std::size_t i = 0; i < plan.renditions.size(); ++i) {
    if (std::min(plan.renditions[i].width, plan.renditions[i].height) <= kLargestShortSide) return i;
  }
  return plan.renditions.size() - 1;
}

PictureView view_of(const AVFrame& picture) {
  return {picture.width,   picture.height,      picture.data[0], picture.linesize[0],
          picture.data[1], picture.data[2], picture.linesize[1]};
}

}  // namespace

PosterSearch::PosterSearch(const Plan& plan)
    : plan_(plan),
      size_(choose_size(plan)),
      step_ticks_(static_cast<std::int64_t>(
          std::clamp(plan.timeline.duration_seconds / 40, kShortestStep, kLongestStep) *
          static_cast<double>(plan.timeline.timescale))) {}

void PosterSearch::look(const std::vector<Frame>& pictures, std::int64_t ticks) {
  if (ticks < next_look_) return;
  next_look_ = (ticks / step_ticks_ + 1) * step_ticks_;
  const double seconds = static_cast<double>(ticks) / static_cast<double>(plan_.timeline.timescale);
  const double rank = poster_rank(poster_score(view_of(*pictures.back())),
                                  seconds < preferred_poster_seconds(plan_.timeline));
  if (rank <= best_rank_) return;
  best_rank_ = rank;
  best_ = make_frame_ref(pictures[size_].get());
}

Result<Poster> PosterSearch::finish() {
  JpegScaler scaler(output_color(*plan_.source.video), best_->width, best_->height);
  SLUICE_TRY_ASSIGN(const auto picture, scaler.scale(*best_));
  SLUICE_TRY_ASSIGN(auto jpeg, encode_jpeg(*picture, kCoarseness));
  return Poster{std::move(jpeg), best_rank_};
}

}  // namespace sluice::media
