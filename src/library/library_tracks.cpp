#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "library/library.h"
#include "library/requests.h"
#include "plan/plan.h"
#include "plan/timeline.h"
#include "text/read_cues.h"
#include "text/write_text.h"
#include "video/object_key.h"

namespace sluice {
namespace {

std::string track_prefix(const VideoId& video, std::string_view track) {
  return video_prefix(video) + text_name(track, "");
}

Result<Plan> plan_of(Videos& videos, const VideoId& video) {
  SLUICE_TRY_ASSIGN(const auto json, videos.find_plan(video));
  if (!json) {
    return fail(ErrorKind::conflict, "not_planned",
                "The video hasn't been looked at yet; subtitles can be added once it is being "
                "processed.");
  }
  return plan_from_json(*json);
}

std::int64_t size_of(const TextFiles& files) {
  std::size_t bytes = files.whole.size();
  for (const auto& segment : files.segments) bytes += segment.size();
  return static_cast<std::int64_t>(bytes);
}

// The whole file comes last: with it the track is complete.
Result<> store_text(ObjectStore& media, const VideoId& video, std::string_view track,
                    const TextFiles& files) {
  const auto prefix = track_prefix(video, track);
  for (std::size_t i = 0; i < files.segments.size(); ++i) {
    SLUICE_TRY(media.put(prefix + text_segment_name(static_cast<int>(i)), files.segments[i]));
  }
  return media.put(prefix + std::string(kWholeText), files.whole);
}

}  // namespace

// What nobody names any more may stay behind after an error here; it goes with the video.
void Library::remove_text(const VideoId& video, std::string_view track) const {
  const auto removed = parts_.media.remove_prefix(track_prefix(video, track));
  if (removed) return;
  log_warn("objects of a removed track are left",
           {{"video_id", video.str()}, {"track", track}, {"code", removed.error().code}});
}

// Stored first, recorded after. A name is never used twice, so that no cache can hold other text
// under it.
Result<http::Response> Library::add_track(const Request& request) {
  SLUICE_TRY_ASSIGN(const Video video, own_video(request));
  SLUICE_TRY_ASSIGN(TextTrack track, read_new_track(request));
  SLUICE_TRY_ASSIGN(const Plan plan, plan_of(parts_.videos, video.id));
  track.name = std::string(kTextPrefix) + random_id();
  track.segment_seconds = text_segment_seconds(plan.timeline.duration_seconds);
  SLUICE_TRY_ASSIGN(auto cues, read_cues(request.body));
  SLUICE_TRY_ASSIGN(
      const auto files,
      write_text_files(std::move(cues), text_borders_ms(plan.timeline, track.segment_seconds)));
  track.size_bytes = size_of(files);
  auto added = store_text(parts_.media, video.id, track.name, files);
  const Timestamp now = parts_.clock.now();
  if (added) added = parts_.text.add_text_track(video.id, track, now);
  if (!added) {
    remove_text(video.id, track.name);
    return fail(std::move(added).error());
  }
  SLUICE_TRY_ASSIGN(const Video changed, parts_.videos.find_video(video.id));
  SLUICE_TRY_ASSIGN(const auto tracks, parts_.playback.tracks(changed, now));
  for (const auto& one : tracks) {
    if (one.track.name == track.name) return Response::json(201, track_json(one));
  }
  return fail(ErrorKind::not_found, "track_not_found", "The track has just been removed.");
}

Result<http::Response> Library::remove_track(const Request& request) {
  SLUICE_TRY_ASSIGN(const Video video, own_video(request));
  const auto name = request.param("track");
  SLUICE_TRY(parts_.text.remove_text_track(video.id, name, parts_.clock.now()));
  remove_text(video.id, name);
  return Response::empty(204);
}

}  // namespace sluice
