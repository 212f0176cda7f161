// The images of one chunk: its sheet of the storyboard, and its best frame as a poster.
#pragma once

#include <optional>
#include <vector>

#include "media/output.h"
#include "media/poster_search.h"
#include "media/storyboard_sheet.h"

namespace sluice::media {

// Made of the pictures that are encoded anyway, so whatever is right with those (upright, square,
// tone-mapped) is right here.
class ChunkImages {
 public:
  // `plan` has a storyboard and outlives it.
  ChunkImages(const Plan& plan, int chunk);

  // One picture for each rendition of the plan, largest first, with rising times.
  Result<> add(const std::vector<Frame>& pictures, std::int64_t ticks);

  // No more pictures. Hands out what there is; at least one picture has been added.
  Result<> finish(const OutputSink& sink);

 private:
  int chunk_;
  StoryboardSheet sheet_;
  std::optional<PosterSearch> poster_;
};

}  // namespace sluice::media
