// The engine alone: a file in, a folder with HLS and DASH out. No server, no database.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "transcode/engine.h"

namespace sluice {

struct FolderProgress {
  double done = 0;             // 0 to 1
  double video_seconds = 0;    // of the source, encoded so far
  double duration_seconds = 0; // of the source
};

struct FolderOptions {
  int threads = 1;
  PlanPolicy policy;
  std::function<void(const FolderProgress&)> on_progress;  // from several threads, one at a time
};

// Writes master.m3u8 and manifest.mpd, for each track its playlists, init segment and segments, and
// where there is a picture poster.jpg, storyboard.vtt and its images. The folder is made; it must be
// empty or absent (`conflict`, folder_not_empty).
Result<Plan> transcode_to_folder(const std::filesystem::path& input,
                                 const std::filesystem::path& folder, Engine& engine,
                                 const FolderOptions& options, std::stop_token stop);

// What `sluice probe` prints: {"source": facts, "plan": plan} as JSON.
Result<std::string> describe_file(const std::filesystem::path& input, Engine& engine,
                                  const PlanPolicy& policy);

}  // namespace sluice
