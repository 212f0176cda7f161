// The best poster of one chunk, found as its pictures go by.
#pragma once

#include <string>
#include <vector>

#include "media/av.h"
#include "plan/plan.h"

namespace sluice::media {

struct Poster {
  std::string jpeg;
  double rank = 0;  // see poster_rank()
};

class PosterSearch {
 public:
  explicit PosterSearch(const Plan& plan);  // `plan` outlives it

  // One picture for each rendition of the plan, largest first, with rising times. Looks at some.
  void look(const std::vector<Frame>& pictures, std::int64_t ticks);

  // The best of those seen; there is one once look() was called.
  Result<Poster> finish();

 private:
  const Plan& plan_;
  std::size_t size_;  // the rendition whose picture the poster is
  std::int64_t step_ticks_;
  std::int64_t next_look_ = 0;
  Frame best_;
  double best_rank_ = -1;
};

}  // namespace sluice::media
