#include "media/copy_video.h"

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "media/cmaf.h"
#include "media/copy_source.h"
#include "media/pack_segment.h"
#include "media/prepare.h"
#include "plan/pass_through.h"
#include "plan/timeline.h"

namespace sluice::media {
namespace {

// Pictures that are read before the plan is made: of a file at hand nearly all at which it is cut,
// of one far away (each costs a request or two) a sample.
constexpr std::size_t kConfirmedAtHand = 400;
constexpr std::size_t kConfirmedFarAway = 12;

class CopyRun {
 public:
  CopyRun(const Plan& plan, int first_chunk, int end_chunk, const OutputSink& sink,
          const ProgressSink& progress)
      : plan_(plan),
        sink_(sink),
        progress_(progress),
        segment_(chunk(first_chunk).first_segment),
        end_segment_(chunk(end_chunk - 1).end_segment),
        first_segment_(segment_) {}

  Result<> run(const ByteSource& source) {
    SLUICE_TRY_ASSIGN(const auto copied, CopySource::open(source, plan_));
    if (sha256_hex(copied->init_segment()) != plan_.renditions.front().init_hash) {
      return not_copyable("its parameters are not those it was planned with");
    }
    SLUICE_TRY(copied->seek(boundary(segment_)));
    while (true) {
      SLUICE_TRY_ASSIGN(auto picture, copied->next());
      if (!picture) break;
      if (picture->copied.idr && picture->ticks == boundary(segment_ + 1)) {
        SLUICE_TRY(close_segment());
        if (segment_ == end_segment_) return {};
      }
      SLUICE_TRY(add(std::move(*picture)));
    }
    if (segment_ + 1 != plan_.timeline.segment_count) return not_copyable("it ends too soon");
    return close_segment();
  }

 private:
  const Chunk& chunk(int number) const {
    return plan_.timeline.chunks[static_cast<std::size_t>(number)];
  }
  std::int64_t boundary(int segment) const { return boundary_ticks(plan_.timeline, segment); }

  Result<> add(SourcePicture picture) {
    auto ticks = picture.ticks;
    if (samples_.empty()) {
      if (!picture.copied.idr) return not_copyable("a segment does not start with an IDR picture");
      // The first picture of the video is shown from its start on.
      if (segment_ == 0) ticks = 0;
      if (ticks != boundary(segment_)) return not_copyable("a segment starts at another time");
      latest_ = idr_ = ticks - 1;
    }
    // What follows an IDR picture is shown after it, and what came before it is shown before.
    if (picture.copied.idr) {
      if (ticks <= latest_) return not_copyable("an IDR picture is shown before its predecessors");
      idr_ = ticks;
    } else if (ticks <= idr_) {
      return not_copyable("a picture is shown before its IDR picture");
    }
    if (ticks >= boundary(segment_ + 1)) return not_copyable("pictures cross a boundary");
    latest_ = std::max(latest_, ticks);
    bytes_ += static_cast<std::int64_t>(picture.copied.data.size());
    samples_.push_back({std::move(picture.copied.data), ticks, picture.copied.idr});
    return {};
  }

  Result<> close_segment() {
    if (samples_.empty()) return not_copyable("a segment is empty");
    const auto end = boundary(segment_ + 1);
    const double seconds = static_cast<double>(end - boundary(segment_)) /
                           static_cast<double>(plan_.timeline.timescale);
    if (bytes_ > most_bytes(*plan_.spare, seconds)) return not_copyable("a segment is too large");
    if (!times_are_distinct()) return not_copyable("two pictures have the same time");
    auto output = pack_segment(plan_, plan_.renditions.front().name, samples_, end, segment_++);
    samples_.clear();
    bytes_ = 0;
    progress_(static_cast<double>(end - boundary(first_segment_)) /
              static_cast<double>(plan_.timeline.timescale));
    return sink_(std::move(output));
  }

  bool times_are_distinct() const {
    std::vector<std::int64_t> times;
    for (const auto& sample : samples_) times.push_back(sample.pts);
    std::sort(times.begin(), times.end());
    return std::adjacent_find(times.begin(), times.end()) == times.end();
  }

  const Plan& plan_;
  const OutputSink& sink_;
  const ProgressSink& progress_;
  int segment_;
  int end_segment_;
  int first_segment_;
  std::vector<Sample> samples_;  // of the segment in the making
  std::int64_t bytes_ = 0;
  std::int64_t latest_ = 0;  // time of the latest picture so far, and of the last IDR picture
  std::int64_t idr_ = 0;
};

Result<CopyPlan> copy_or_refuse(const ByteSource& source, const Plan& plan) {
  SLUICE_TRY_ASSIGN(const auto copied, CopySource::open(source, plan));
  SLUICE_TRY_ASSIGN(const auto facts, copied->read_facts());
  if (auto why = why_not_copied(plan, facts); !why.empty()) return not_copyable(std::move(why));
  auto changed = copy_largest(plan, facts);
  const bool at_hand = source.descriptor() >= 0;
  SLUICE_TRY_ASSIGN(
      const bool confirmed,
      copied->confirm(changed.timeline.boundaries, at_hand ? kConfirmedAtHand : kConfirmedFarAway));
  if (!confirmed) return not_copyable("its key frames are not IDR pictures, or at other times");
  changed.renditions.front().codecs = copied->codecs();
  return CopyPlan{std::move(changed), "", copied->init_segment()};
}

}  // namespace

Result<CopyPlan> plan_copy(const ByteSource& source, Plan plan) {
  auto copied = copy_or_refuse(source, plan);
  if (copied || !is_not_copyable(copied.error())) return copied;
  return CopyPlan{std::move(plan), copied.error().message, ""};
}

Result<> copy_video(const ByteSource& source, const Plan& plan, int first_chunk, int end_chunk,
                    const OutputSink& sink, const ProgressSink& progress) {
  return CopyRun(plan, first_chunk, end_chunk, sink, progress).run(source);
}

}  // namespace sluice::media
