// The packets of one subtitle stream as cues.
#pragma once

#include <vector>

#include "media/av.h"
#include "text/cue.h"
#include "text/cue_text.h"

namespace sluice::media {

class CueReader {
 public:
  // Cues are counted from `origin_seconds` of the source's time. `unsupported_codec` as
  // open_decoder.
  static Result<CueReader> open(const AVStream* stream, double origin_seconds);

  // A packet that holds nothing readable adds nothing, and neither does any more once the track is
  // over its limits.
  void add(const AVPacket& packet);

  bool is_too_large() const { return too_large_; }
  // Those without an end last until the next one starts.
  std::vector<Cue> take_cues();

 private:
  CueReader(const AVStream* stream, double origin_seconds)
      : stream_(stream), origin_seconds_(origin_seconds) {}
  CueText text_of(const AVPacket& packet);
  CueText decoded(const AVPacket& packet);

  const AVStream* stream_;
  double origin_seconds_;
  Codec decoder_;  // none where packets are read here
  std::vector<Cue> cues_;
  std::size_t bytes_ = 0;
  bool too_large_ = false;
};

}  // namespace sluice::media
