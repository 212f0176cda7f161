// Is everything there that a plan promised, and does it fit together? Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "storage/object_store.h"
#include "video/task.h"

namespace sluice {

// Every track of the plan has its segments without a gap: decode times run on. All renditions start
// their segments at the same times and have as many pictures in each; they have no more pictures
// than the source. Picture and sound start at zero and end together, where the plan says. No run of
// segments needs more bandwidth than the playlist advertises. Every object exists with the size
// that was recorded, and so do the storyboard's sheets. `internal`, code output_invalid, with the
// numbers.
Result<> check_output(const VideoId& video, const Plan& plan,
                      const std::vector<StoredSegment>& segments,
                      const std::vector<ObjectInfo>& objects);

// The same without the objects; segments in any order.
Result<> check_tracks(const Plan& plan, const std::vector<StoredSegment>& segments);

// Clearly fewer pictures than the source's index promised: none of it fails a video, for damaged
// sources are kept as far as they go.
struct MissingPictures {
  std::int64_t made = 0;
  std::int64_t promised = 0;  // of the part that is kept, at the rate of the output
};
std::optional<MissingPictures> missing_pictures(const Plan& plan,
                                                const std::vector<StoredSegment>& segments);

// Against the multivariant playlist itself; a part of the two above.
Result<> check_bandwidth(const Plan& plan, const std::vector<StoredSegment>& segments,
                         const std::string& playlist);

}  // namespace sluice
