// What the engine makes, as it is made.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "video/loudness.h"
#include "video/note.h"
#include "video/task.h"

namespace sluice::media {

// One finished object, or a note for the video's owner (`note`, and nothing else). Stored under the
// video's prefix + name; for a media segment `segment` says what the playlists need, for a poster
// `poster_rank` how it compares with others of the video.
struct Output {
  std::string name;  // "720p/init.mp4", "720p/00000.m4s", "images/00000.jpg"
  std::string bytes;
  std::optional<StoredSegment> segment{};
  std::optional<double> poster_rank{};
  std::optional<Note> note{};
  std::optional<LoudnessPart> loudness{};  // instead of an object
};

// Called from encoder threads, one call at a time. An error ends the job.
using OutputSink = std::function<Result<>(Output)>;

// Seconds of the video that are encoded so far, by this job; called often, from one thread.
using ProgressSink = std::function<void(double seconds)>;

}  // namespace sluice::media
