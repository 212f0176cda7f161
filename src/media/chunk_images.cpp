#include "media/chunk_images.h"

#include "video/object_key.h"

namespace sluice::media {

ChunkImages::ChunkImages(const Plan& plan, int chunk) : chunk_(chunk), sheet_(plan, chunk) {
  if (may_hold_poster(plan.timeline, chunk)) poster_.emplace(plan);
}

Result<> ChunkImages::add(const std::vector<Frame>& pictures, std::int64_t ticks) {
  if (poster_) poster_->look(pictures, ticks);
  return sheet_.add(*pictures.back(), ticks);
}

Result<> ChunkImages::finish(const OutputSink& sink) {
  if (poster_) {
    SLUICE_TRY_ASSIGN(auto poster, poster_->finish());
    Output output{poster_name(chunk_), std::move(poster.jpeg), std::nullopt, poster.rank};
    SLUICE_TRY(sink(std::move(output)));
  }
  SLUICE_TRY_ASSIGN(auto sheet, sheet_.finish());
  if (sheet.empty()) return {};
  return sink({sheet_name(chunk_), std::move(sheet), std::nullopt, std::nullopt});
}

}  // namespace sluice::media
