// The `text` task: subtitle tracks of the source as WebVTT.
#pragma once

#include <string>
#include <vector>

#include "base/byte_source.h"
#include "media/av.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

// Is it text that can be read here?
bool is_text_codec(AVCodecID codec);

// Reads the source once, and gives for each of the tracks its segments and then its whole file
// ("text-0/captions.vtt"), on the video's timeline. A track without a readable cue, or over the
// limits of text/cue.h, gives nothing; a damaged cue is left out. Errors as encode_video.
Result<> extract_text(const ByteSource& source, const Plan& plan,
                      const std::vector<std::string>& tracks, const OutputSink& sink,
                      const ProgressSink& progress);

}  // namespace sluice::media
