#include "transcode/run_finish.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/log.h"
#include "base/sha256.h"
#include "plan/source_notes.h"
#include "transcode/check_output.h"
#include "transcode/check_segment.h"
#include "transcode/check_text.h"
#include "transcode/encode_after_all.h"
#include "transcode/load_plan.h"
#include "transcode/outside_error.h"
#include "video/object_key.h"
#include "video/video.h"

namespace sluice {
namespace {

// An init segment is some hundred bytes.
constexpr std::int64_t kMaxInitBytes = 1 << 20;

tl::unexpected<Error> invalid(std::string what) {
  return fail(ErrorKind::internal, kOutputInvalid, std::move(what));
}

// At most that many bytes of an object, from its start.
Result<std::string> read_head(ObjectStore& media, const std::string& key, std::int64_t most) {
  SLUICE_TRY_ASSIGN(const auto object, from_outside(media.open(key)));
  std::string bytes(static_cast<std::size_t>(std::min(most, object->size_bytes())), '\0');
  SLUICE_TRY_ASSIGN(const auto count,
                    from_outside(object->read_at(0, std::span{bytes.data(), bytes.size()})));
  if (count != bytes.size()) return invalid(fmt::format("{} can't be read whole.", key));
  return bytes;
}

// All that is checked of one video.
struct Gate {
  ObjectStore& media;
  const VideoId& video;
  const Plan& plan;
  const std::vector<StoredSegment>& segments;
  const std::vector<ObjectInfo>& objects;

  Result<> run() const {
    SLUICE_TRY(check_output(video, plan, segments, objects));
    for (const auto& rendition : plan.renditions) {
      SLUICE_TRY(init(rendition.name, rendition.init_hash));
      SLUICE_TRY(some_segments(rendition.name));
    }
    for (const auto& audio : plan.audio) {
      SLUICE_TRY(init(audio.name, audio.init_hash));
      SLUICE_TRY(some_segments(audio.name));
    }
    return {};
  }

  Result<> init(const std::string& track, const std::string& planned_hash) const {
    SLUICE_TRY_ASSIGN(const auto bytes, read_head(media, init_key(video, track), kMaxInitBytes));
    if (sha256_hex(bytes) != planned_hash) {
      return invalid(fmt::format("The init segment of {} is not the one that was planned.", track));
    }
    return check_init_segment(plan, track, bytes);
  }

  Result<> some_segments(const std::string& track) const {
    const int count = plan.timeline.segment_count;
    const std::set<int> chosen = {0, count / 2, count - 1};
    for (const auto& segment : segments) {
      if (segment.track == track && chosen.contains(segment.index)) SLUICE_TRY(stored(segment));
    }
    return {};
  }

  Result<> stored(const StoredSegment& segment) const {
    const auto key = segment_key(video, segment.track, segment.index);
    SLUICE_TRY_ASSIGN(const auto head, read_head(media, key, kSegmentHeadBytes));
    SLUICE_TRY_ASSIGN(const int samples, check_segment(plan, segment, head, segment.size_bytes));
    if (segment.sample_count == 0 || segment.sample_count == samples) return {};
    return invalid(fmt::format("Segment {} of {} has {} samples, recorded are {}.", segment.index,
                               segment.track, samples, segment.sample_count));
  }
};

// A fault of ours, once and with its numbers; for the owner a sentence. What storage did not answer
// stays what it is.
Error judged(const VideoId& video, const Error& error) {
  if (error.code != kOutputInvalid) return error;
  log_error("output check failed", {{"video_id", video.str()}, {"detail", error.message}});
  return {ErrorKind::invalid, kOutputInvalid,
          "What was made of this video did not pass the last check. You can retry it; it is then "
          "made anew."};
}

// What a playlist of the text track will name.
Result<> check_track(ObjectStore& media, const VideoId& video, const Plan& plan,
                     const TextTrack& track, const ObjectSizes& sizes) {
  SLUICE_TRY(check_text_objects(video, plan, track, sizes));
  const int count = text_segment_count(plan, track);
  for (const int index : std::set<int>{0, count / 2, count - 1}) {
    const auto key = video_prefix(video) + text_name(track.name, text_segment_name(index));
    SLUICE_TRY_ASSIGN(const auto head, read_head(media, key, kTextHeadBytes));
    SLUICE_TRY(check_text_segment(plan, track, index, head));
  }
  return {};
}

// The note comes first: done halfway, this is done again.
Result<> drop_added_track(const TaskParts& parts, const Claim& claim, const TextTrack& track) {
  const auto& video = claim.task.video_id;
  const auto now = parts.clock.now();
  SLUICE_TRY(from_outside(
      parts.tasks.record_notes(claim, {added_text_lost_note(track.label)}, now)));
  SLUICE_TRY(from_outside(parts.text.remove_text_track(video, track.name, now)));
  return from_outside(parts.media.remove_prefix(video_prefix(video) + text_name(track.name, "")));
}

// `tracks` were read before the `objects`. Owners may add and remove some meanwhile.
Result<> check_text(const TaskParts& parts, const Claim& claim, const Plan& plan,
                    const std::vector<TextTrack>& tracks, const std::vector<ObjectInfo>& objects) {
  const auto& id = claim.task.video_id;
  ObjectSizes sizes;
  if (!tracks.empty()) {
    for (const auto& object : objects) sizes.emplace(object.key, object.size_bytes);
  }
  for (const auto& track : tracks) {
    const auto checked = check_track(parts.media, id, plan, track, sizes);
    if (checked) continue;
    SLUICE_TRY_ASSIGN(const auto present, from_outside(parts.text.text_tracks(id)));
    const auto is_it = [&](const TextTrack& one) { return one.name == track.name; };
    if (std::none_of(present.begin(), present.end(), is_it)) continue;
    const auto error = judged(id, checked.error());
    if (track.from_source || error.code != kOutputInvalid) return fail(error);
    SLUICE_TRY(drop_added_track(parts, claim, track));
  }
  return {};
}

// No fault of what was made, so nothing of it is shown to the owner: an index may also list
// what was never to be shown. But where it is ours, this line is the trace.
void log_missing_pictures(const Video& video, const Plan& plan,
                          const std::vector<StoredSegment>& segments) {
  const auto missing = missing_pictures(plan, segments);
  if (!missing || tell_of_missing_pictures(video.notes)) return;
  log_warn("pictures are missing", {{"video_id", video.id.str()},
                                    {"made", missing->made},
                                    {"promised", missing->promised},
                                    {"listed", plan.source.video->frame_count}});
}

// Each chunk in front offered one, and there is one poster. Those that lost are needed no longer,
// now that no chunk can offer another.
Result<> remove_lost_posters(ObjectStore& media, const Video& video,
                             const std::vector<ObjectInfo>& objects) {
  const auto prefix = video_prefix(video.id);
  for (const auto& object : objects) {
    const auto name = std::string_view(object.key).substr(prefix.size());
    if (!name.starts_with(kPosterPrefix) || name == video.poster) continue;
    SLUICE_TRY(from_outside(media.remove(object.key)));
  }
  return {};
}

}  // namespace

Result<TaskRun> run_finish(const TaskParts& parts, const Claim& claim) {
  const auto& id = claim.task.video_id;
  SLUICE_TRY_ASSIGN(const auto plan, load_plan(parts.videos, id));
  SLUICE_TRY_ASSIGN(const auto segments, from_outside(parts.videos.stored_segments(id, "")));
  SLUICE_TRY_ASSIGN(const auto tracks, from_outside(parts.text.text_tracks(id)));
  SLUICE_TRY_ASSIGN(const auto objects, from_outside(parts.media.list(video_prefix(id))));
  const auto passed = Gate{parts.media, id, plan, segments, objects}.run();
  // Whatever is wrong, it is not sure that a copy has no part in it.
  if (!passed && passed.error().code == kOutputInvalid && plan.renditions.size() > 1 &&
      plan.renditions.front().copied) {
    return encode_after_all(parts, claim, plan, passed.error());
  }
  if (!passed) return fail(judged(id, passed.error()));
  SLUICE_TRY(check_text(parts, claim, plan, tracks, objects));
  SLUICE_TRY_ASSIGN(const auto video, from_outside(parts.videos.find_video(id)));
  log_missing_pictures(video, plan, segments);
  SLUICE_TRY(remove_lost_posters(parts.media, video, objects));
  SLUICE_TRY(remove_spare(parts.media, id, plan));
  SLUICE_TRY(from_outside(parts.tasks.finish_task(claim, parts.clock.now())));
  return TaskRun{};
}

}  // namespace sluice
