// The `video` task: some renditions of some consecutive chunks.
#pragma once

#include <string>
#include <vector>

#include "base/byte_source.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

struct VideoJob {
  std::vector<std::string> tracks;  // names of renditions
  int first_chunk = 0;
  int end_chunk = 0;
  int threads = 1;  // 1: everything on the calling thread
};

// Decodes once and encodes side by side. The job that has the plan's smallest rendition also makes
// the images of its chunks, each chunk's before the last segment of it. The same job makes the same
// bytes, whatever `threads` is and however chunks are joined to jobs. Before any segment its
// encoder's init segment is compared with the plan's: `internal`, code init_mismatch. Where nothing
// can be decoded the last picture before stays; what was damaged is told as a note.
//
// A copied rendition is a job of its own. While the plan has one, anything that makes the copy
// doubtful is `invalid`, code not_copyable (see not_copyable.h), from the jobs that decode as well.
Result<> encode_video(const ByteSource& source, const Plan& plan, const VideoJob& job,
                      const OutputSink& sink, const ProgressSink& progress);

}  // namespace sluice::media
