// The `audio` task: one audio track over some consecutive chunks.
#pragma once

#include <string>

#include "base/byte_source.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

struct AudioJob {
  std::string track;  // "audio-0"
  int first_chunk = 0;
  int end_chunk = 0;
};

// Sample n of the output is what the source plays at origin + n / 48000 s: sound that starts late,
// stops early or has holes is filled with silence, sound before the origin is left out. Errors as
// encode_video.
Result<> encode_audio(const ByteSource& source, const Plan& plan, const AudioJob& job,
                      const OutputSink& sink, const ProgressSink& progress);

}  // namespace sluice::media
