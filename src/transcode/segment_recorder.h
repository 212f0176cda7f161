// Puts what the engine makes where it belongs, and tells the catalog about it.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tasks.h"
#include "plan/plan.h"
#include "storage/object_store.h"
#include "transcode/engine.h"

namespace sluice {

// A segment or a poster is stored durably first and recorded after, so what the catalog knows is
// there. The
// first segment of a track is recorded at once, because viewers may be waiting for it; later ones
// in batches, because a transaction for each would cost more than it is worth.
// One task, one thread.
class SegmentRecorder {
 public:
  static constexpr std::chrono::milliseconds kBatchTime{500};

  struct Parts {
    Tasks& tasks;
    ObjectStore& media;
    const Clock& clock;
  };

  // `known` are the segments that an earlier run of the task has recorded: their bytes are the same
  // and are not stored again.
  SegmentRecorder(Parts parts, const Claim& claim, const Plan& plan,
                  const std::vector<StoredSegment>& known);

  // Nothing is stored that does not pass the gate (check_segment.h).
  Result<> take(const EngineOutput& output);
  // Records what is left. To be called once the engine is done, and worth calling when it failed.
  Result<> flush();

 private:
  Parts parts_;
  const Claim& claim_;
  const Plan& plan_;
  std::set<std::pair<std::string, int>> known_;
  std::set<std::string> begun_;
  std::vector<StoredSegment> pending_;
  Timestamp last_flush_;
};

}  // namespace sluice
