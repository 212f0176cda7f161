// One whole picture from the two fields of each interlaced frame.
#pragma once

#include <deque>
#include <optional>

#include "media/av.h"
#include "media/filter_library.h"

namespace sluice::media {

// Are the two fields of this frame of one moment, whatever the frame says of itself? They are if
// its lines fit each other clearly better than they fit the lines of its neighbours: film on video,
// cameras that flag everything. Where nothing moves the answer is no, and does no harm. Neighbours
// may be null.
bool is_progressive(const AVFrame& frame, const AVFrame* before, const AVFrame* after);

// Frames in, the same number of frames out, in order, later: what becomes of a frame depends on the
// one before and the one after, and on nothing else, so that any run of frames that starts one
// earlier gives the same. Frames that are not interlaced come out as they went in. Nothing is
// loaded or copied before the first interlaced one.
class Deinterlacer {
 public:
  explicit Deinterlacer(std::int64_t timescale) : timescale_(timescale) {}

  Result<> add(Frame frame);  // times rise
  Result<> finish();          // there is none after the last one
  Frame take();               // null: nothing is ready

  void reset();  // forgets everything; the next frame is from somewhere else

 private:
  Result<> settle(const AVFrame* after);
  Result<> start(const AVFrame& frame);
  Result<> feed(const AVFrame* frame);
  Result<> drain();

  std::int64_t timescale_;
  Frame before_, current_;
  std::deque<Frame> ready_;
  FilterGraph graph_;
  AVFilterContext* entry_ = nullptr;
  AVFilterContext* exit_ = nullptr;
  std::int64_t skip_until_ = INT64_MIN;  // came out before the graph was started
};

}  // namespace sluice::media
