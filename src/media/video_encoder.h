// One rendition's H.264 encoder, cutting its output into CMAF segments.
#pragma once

#include <memory>
#include <string>

#include "media/av.h"
#include "media/cmaf.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

class VideoEncoder {
 public:
  // `plan` and `rendition` outlive the encoder. The bits it makes depend on the pictures, the
  // rendition and the plan's timescale, frame rate and colour; on nothing else.
  static Result<std::unique_ptr<VideoEncoder>> open(const Plan& plan, const Rendition& rendition);

  std::string init_segment() const;
  std::string codecs() const;

  // The next segment to come out has this index.
  void start_at(int segment_index) { segment_index_ = segment_index; }

  // Pictures with rising times. One that starts a segment becomes an IDR frame; only these do.
  Result<> encode(const AVFrame& picture, std::int64_t ticks, bool starts_segment,
                  const OutputSink& sink);
  // No more pictures; the last segment ends at `end`. An error unless every picture came out.
  Result<> finish(std::int64_t end, const OutputSink& sink);

 private:
  VideoEncoder(const Plan& plan, const Rendition& rendition) : plan_(plan), rendition_(rendition) {}
  Result<> take_packets(const OutputSink& sink);
  Result<> close_segment(std::int64_t end, const OutputSink& sink);

  const Plan& plan_;
  const Rendition& rendition_;
  Codec codec_;
  std::string avc_config_;
  std::vector<Sample> samples_;  // of the segment in the making
  int segment_index_ = 0;
  std::int64_t pictures_in_ = 0, pictures_out_ = 0;
};

}  // namespace sluice::media
