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

// Sample n of the output is what the source plays at origin + n / sample_rate: sound that starts
// late, stops early or has holes is filled with silence, sound before the origin is left out. Copied
// frames are moved by half of their length at most. Before its last segment the part's loudness goes
// to `sink`. Errors as encode_video.
Result<> encode_audio(const ByteSource& source, const Plan& plan, const AudioJob& job,
                      const OutputSink& sink, const ProgressSink& progress);

}  // namespace sluice::media
