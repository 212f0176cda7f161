// The tiles of one chunk, painted as its pictures go by.
#pragma once

#include <string>

#include "media/jpeg.h"
#include "plan/storyboard.h"

namespace sluice::media {

class StoryboardSheet {
 public:
  // `plan` has a storyboard.
  StoryboardSheet(const Plan& plan, int chunk);

  // Pictures of the smallest rendition with rising times. A tile shows what is on display at its
  // time: the last picture before it, or the chunk's first.
  Result<> add(const AVFrame& picture, std::int64_t ticks);

  // No more pictures: the last one stays. The file; empty when no tile falls into the chunk.
  Result<std::string> finish();

 private:
  std::int64_t ticks_of(int tile) const;
  bool painted_all() const { return next_ == sheet_.tile_count; }
  Result<> paint_next(const AVFrame& picture);

  const Storyboard storyboard_;
  const std::int64_t timescale_;
  const Sheet sheet_;
  JpegScaler scaler_;
  Frame canvas_;
  Frame shown_;  // on display until the next one comes
  int next_ = 0;
};

}  // namespace sluice::media
