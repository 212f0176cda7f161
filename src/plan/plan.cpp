#include "plan/plan.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "plan/audio.h"
#include "plan/ladder.h"
#include "plan/source_notes.h"
#include "plan/storyboard.h"
#include "plan/timeline.h"

namespace sluice {
namespace {

// What encoders and decoders of H.264 go up to.
constexpr int kMaxSide = 16'384;

constexpr std::size_t kMaxTextTracksOfSource = 32;
// Distances of key frames above which chunks would mostly decode what other chunks need.
constexpr double kLongestSeek = 20.0;
// A task of a source that can't be sought in comes to its start by reading, maybe decoding, all
// that lies in front: so it is at least this share of it long, and all tasks together do that work
// a few times only. But none is longer than some minutes, or shorter than is worth starting.
constexpr double kShareOfWhatLiesBefore = 0.5;
constexpr int kLeastSequentialSegments = 32;
constexpr double kMostSequentialWork = 1500;  // CPU seconds
// One audio task; at about 40 times real time that is a minute and a half.
constexpr double kAudioSecondsPerTask = 3600;
// Renditions up to this short side are made first, for the first picture.
constexpr int kSmallShortSide = 360;

// CPU seconds for one second of 1920x1080 at 30 frames a second at our settings, and of audio.
constexpr double kVideoCost = 1.0;
constexpr double kReferencePixelRate = 1920.0 * 1080 * 30;
constexpr double kAudioCost = 0.025;    // of two channels
constexpr double kCopiedShare = 0.3;    // of that, where frames are copied
constexpr double kSoundPosterCost = 2;  // at most; a waveform is drawn from ten minutes' worth
constexpr double kTextCost = 0.001;

std::string duration_text(double seconds) {
  const auto minutes = static_cast<long>(seconds / 60);
  return minutes >= 120 ? fmt::format("{} hours", minutes / 60) : fmt::format("{} minutes", minutes);
}

double audio_cost(const Plan& plan, const std::string& name) {
  const auto track = std::find_if(plan.audio.begin(), plan.audio.end(),
                                  [&](const auto& one) { return one.name == name; });
  if (track == plan.audio.end()) return kAudioCost;
  return (track->copied ? kCopiedShare : 1) * kAudioCost * track->channels / 2;
}

std::vector<TextRendition> plan_text(const SourceFacts& source) {
  std::vector<TextRendition> tracks;
  bool has_default = false;
  for (const auto& stream : source.text) {
    if (tracks.size() == kMaxTextTracksOfSource) break;
    TextRendition track;
    track.name = fmt::format("text-{}", tracks.size());
    track.stream_index = stream.stream_index;
    track.language = stream.language;
    track.title = stream.title;
    track.is_default = stream.is_default && !has_default;
    track.forced = stream.forced;
    track.captions = stream.for_the_deaf;
    has_default = has_default || track.is_default;
    tracks.push_back(std::move(track));
  }
  return tracks;
}

VideoMode choose_mode(const VideoStreamFacts& video) {
  const auto interval = video.keyframe_interval_seconds;
  return interval && *interval <= kLongestSeek ? VideoMode::chunked : VideoMode::sequential;
}

bool is_small(const Rendition& rendition) {
  return std::min(rendition.width, rendition.height) <= kSmallShortSide;
}

const Rendition* find_rendition(const Plan& plan, const std::string& name) {
  for (const auto& rendition : plan.renditions) {
    if (rendition.name == name) return &rendition;
  }
  return nullptr;
}

TaskSpec video_task(const Plan& plan, Lane lane, std::vector<std::string> tracks, int first_chunk,
                    int end_chunk) {
  TaskSpec task{TaskKind::video, lane, std::move(tracks), first_chunk, end_chunk, 0};
  const auto& chunks = plan.timeline.chunks;
  const int segments = chunks[static_cast<std::size_t>(end_chunk - 1)].end_segment -
                       chunks[static_cast<std::size_t>(first_chunk)].first_segment;
  for (const auto& track : task.tracks) task.work += segments * segment_work(plan, track);
  return task;
}

// Where a task that starts with this chunk ends.
int sequential_end(const Plan& plan, int first) {
  const auto& chunks = plan.timeline.chunks;
  const int start = chunks[static_cast<std::size_t>(first)].first_segment;
  const auto share = static_cast<int>(start * kShareOfWhatLiesBefore);
  double work = 0;
  for (const auto& rendition : plan.renditions) work += segment_work(plan, rendition.name);
  const auto most = static_cast<int>(kMostSequentialWork / work);
  const int wanted = std::max(kLeastSequentialSegments, std::min(share, most));
  std::size_t end = static_cast<std::size_t>(first) + 1;
  while (end < chunks.size() && chunks[end].end_segment - start <= wanted) ++end;
  return static_cast<int>(end);
}

void add_first_chunk(const Plan& plan, bool small, std::vector<TaskSpec>& tasks) {
  std::vector<std::string> tracks;
  for (const auto& rendition : plan.renditions) {
    if (is_small(rendition) == small) tracks.push_back(rendition.name);
  }
  if (!tracks.empty()) tasks.push_back(video_task(plan, Lane::first, std::move(tracks), 0, 1));
}

void add_audio(const Plan& plan, std::vector<TaskSpec>& tasks) {
  const auto& chunks = plan.timeline.chunks;
  for (const auto& track : plan.audio) {
    for (std::size_t first = 0; first < chunks.size();) {
      std::size_t end = first + 1;
      while (end < chunks.size() &&
             boundary_seconds(plan.timeline, chunks[end].end_segment) -
                     boundary_seconds(plan.timeline, chunks[first].first_segment) <=
                 kAudioSecondsPerTask) {
        ++end;
      }
      const int segments = chunks[end - 1].end_segment - chunks[first].first_segment;
      const bool first_heard = first == 0 && !is_surround(track);
      tasks.push_back({TaskKind::audio, first_heard ? Lane::first : Lane::rest, {track.name},
                       static_cast<int>(first), static_cast<int>(end),
                       segments * segment_work(plan, track.name)});
      first = end;
    }
  }
}

// One reading of the file for all of them: text lies between the pictures, from start to end.
void add_text(const Plan& plan, std::vector<TaskSpec>& tasks) {
  if (plan.text.empty()) return;
  TaskSpec task{TaskKind::text, Lane::rest, {}, 0, static_cast<int>(plan.timeline.chunks.size()), 0};
  for (const auto& track : plan.text) task.tracks.push_back(track.name);
  task.work = kTextCost * plan.timeline.duration_seconds;
  tasks.push_back(std::move(task));
}

}  // namespace

Result<Plan> make_plan(const SourceFacts& source, const PlanPolicy& policy) {
  if (!source.video && source.audio.empty()) {
    return fail(ErrorKind::invalid, "no_media",
                "The file holds neither video nor audio that can be decoded.");
  }
  if (source.duration_seconds > policy.max_duration_seconds) {
    return fail(ErrorKind::too_large, "too_long",
                fmt::format("The video is {} long; the limit is {}.",
                            duration_text(source.duration_seconds),
                            duration_text(policy.max_duration_seconds)));
  }
  Plan plan;
  plan.source = source;
  plan.audio = plan_audio(source);
  if (source.audio.size() > kMaxAudioTracks) {
    plan.source.notes.push_back(audio_left_out_note(source.audio.size(), kMaxAudioTracks));
  }
  plan.text = plan_text(source);
  plan.timeline.duration_seconds = source.duration_seconds;
  plan.timeline.segment_count = count_segments(source.duration_seconds);
  plan.timeline.chunks = cut_chunks(plan.timeline);
  if (source.video) {
    const auto displayed = displayed_size(*source.video);
    if (displayed.width < 2 || displayed.height < 2) {
      return fail(ErrorKind::invalid, "picture_too_small",
                  fmt::format("The picture is {} x {} pixels; it needs at least 2 x 2.",
                              displayed.width, displayed.height));
    }
    if (std::max(displayed.width, displayed.height) > kMaxSide) {
      return fail(ErrorKind::too_large, "picture_too_large",
                  fmt::format("The picture is {} x {} pixels; no side may be longer than {}.",
                              displayed.width, displayed.height, kMaxSide));
    }
    plan.mode = choose_mode(*source.video);
    plan.frame_rate = output_frame_rate(source.video->frame_rate);
    plan.timeline.timescale = choose_timescale(source.video->time_base);
    plan.renditions = make_ladder(displayed, plan.frame_rate);
    plan.width = displayed.width;
    plan.height = displayed.height;
    plan.storyboard = plan_storyboard(source.duration_seconds, plan.renditions.back());
  }
  return plan;
}

std::vector<TaskSpec> plan_tasks(const Plan& plan) {
  std::vector<TaskSpec> tasks;
  const int chunk_count = static_cast<int>(plan.timeline.chunks.size());
  if (plan.mode != VideoMode::none) add_first_chunk(plan, true, tasks);
  add_audio(plan, tasks);
  if (plan.mode == VideoMode::none) {
    tasks.push_back({TaskKind::images, Lane::first, {}, 0, chunk_count, kSoundPosterCost});
  } else {
    add_first_chunk(plan, false, tasks);
  }
  add_text(plan, tasks);
  if (plan.mode == VideoMode::none) return tasks;
  std::vector<std::string> all;
  for (const auto& rendition : plan.renditions) all.push_back(rendition.name);
  for (int first = 1; first < chunk_count;) {
    const int end = plan.mode == VideoMode::sequential ? sequential_end(plan, first) : first + 1;
    tasks.push_back(video_task(plan, Lane::rest, all, first, end));
    first = end;
  }
  return tasks;
}

double segment_work(const Plan& plan, const std::string& track) {
  const double seconds = boundary_seconds(plan.timeline, plan.timeline.segment_count) /
                         std::max(1, plan.timeline.segment_count);
  const auto* rendition = find_rendition(plan, track);
  if (rendition == nullptr) return audio_cost(plan, track) * seconds;
  const double fps = plan.frame_rate.num > 0 ? plan.frame_rate.value() : 30.0;
  return kVideoCost * seconds * rendition->width * rendition->height * fps /
         kReferencePixelRate;
}

double total_work(const Plan& plan) {
  double work = 0;
  for (const auto& rendition : plan.renditions) work += segment_work(plan, rendition.name);
  for (const auto& track : plan.audio) work += segment_work(plan, track.name);
  return work * plan.timeline.segment_count;
}

}  // namespace sluice
