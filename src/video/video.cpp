#include "video/video.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

constexpr std::array<std::pair<VideoStatus, std::string_view>, 5> kStatuses = {{
    {VideoStatus::pending, "pending"},
    {VideoStatus::queued, "queued"},
    {VideoStatus::processing, "processing"},
    {VideoStatus::complete, "complete"},
    {VideoStatus::failed, "failed"},
}};

constexpr std::array<std::pair<Visibility, std::string_view>, 3> kVisibilities = {{
    {Visibility::public_, "public"},
    {Visibility::unlisted, "unlisted"},
    {Visibility::private_, "private"},
}};

// Below this share of the work the pace is mostly start-up and says nothing.
constexpr double kPaceIsKnownFrom = 0.02;

// When nothing is recorded for longer than was expected, the time left grows again.
constexpr double kOverdueShare = 0.25;

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& [entry, name] : table) {
    if (entry == value) return name;
  }
  return "";
}

}  // namespace

std::string_view to_string(VideoStatus status) { return name_of(kStatuses, status); }
std::string_view to_string(Visibility visibility) { return name_of(kVisibilities, visibility); }

std::optional<VideoStatus> parse_video_status(std::string_view text) {
  for (const auto& [status, name] : kStatuses) {
    if (name == text) return status;
  }
  return std::nullopt;
}

std::optional<Visibility> parse_visibility(std::string_view text) {
  for (const auto& [visibility, name] : kVisibilities) {
    if (name == text) return visibility;
  }
  return std::nullopt;
}

double progress(const Video& video) {
  if (video.status == VideoStatus::complete) return 1;
  if (video.work_total <= 0) return 0;
  return std::clamp(video.work_done / video.work_total, 0.0, 0.999);
}

std::optional<double> eta_seconds(const Video& video, Timestamp now) {
  if (video.status != VideoStatus::processing || !video.started_at) return std::nullopt;
  const double done = progress(video);
  if (done < kPaceIsKnownFrom) return std::nullopt;
  // The pace is that of the last work recorded; between two records the time left runs down.
  const Timestamp recorded = std::clamp(video.updated_at, *video.started_at, std::max(now, *video.started_at));
  const double elapsed = std::chrono::duration<double>(recorded - *video.started_at).count();
  const double waited = std::chrono::duration<double>(now - recorded).count();
  const double expected = elapsed * (1 - done) / done;
  return std::max(expected - waited, waited * kOverdueShare);
}

}  // namespace sluice
