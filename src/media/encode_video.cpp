#include "media/encode_video.h"

#include <memory>
#include <mutex>
#include <optional>

#include "base/sha256.h"
#include "media/chunk_images.h"
#include "media/encoder_lane.h"
#include "media/picture_ladder.h"
#include "media/prepare.h"
#include "media/segment_cutter.h"
#include "media/video_encoder.h"
#include "media/video_reader.h"
#include "plan/source_notes.h"
#include "plan/timeline.h"

namespace sluice::media {
namespace {

// One rendition of the chunk in hand.
struct Rung {
  std::size_t number = 0;  // in the plan's ladder
  std::unique_ptr<VideoEncoder> encoder;
  std::unique_ptr<EncoderLane> lane;
};

// Encodes chunks one after the other from one reader.
class ChunkRun {
 public:
  ChunkRun(const ByteSource& source, const Plan& plan, const VideoJob& job, const OutputSink& sink,
           const ProgressSink& progress)
      : source_(source), plan_(plan), job_(job), progress_(progress),
        sink_([this, &sink](Output output) {
          std::lock_guard lock(sink_mutex_);
          return sink(std::move(output));
        }) {}

  Result<> run() {
    SLUICE_TRY(choose_rungs());
    SLUICE_TRY_ASSIGN(reader_, VideoReader::open(source_, plan_, job_.threads));
    SLUICE_TRY(reader_->seek(boundary_ticks(plan_.timeline, chunk(job_.first_chunk).first_segment)));
    for (int number = job_.first_chunk; number < job_.end_chunk; ++number) {
      SLUICE_TRY(open_encoders(chunk(number)));
      if (makes_images_) images_.emplace(plan_, number);
      SLUICE_TRY(encode_chunk(chunk(number)));
    }
    return {};
  }

 private:
  const Chunk& chunk(int number) const {
    return plan_.timeline.chunks[static_cast<std::size_t>(number)];
  }

  Result<> choose_rungs() {
    std::size_t smallest = 0;
    for (std::size_t i = 0; i < plan_.renditions.size(); ++i) {
      if (std::find(job_.tracks.begin(), job_.tracks.end(), plan_.renditions[i].name) ==
          job_.tracks.end()) {
        continue;
      }
      rungs_.push_back({i, nullptr, std::make_unique<EncoderLane>(job_.threads > 1)});
      smallest = i;
    }
    if (rungs_.size() != job_.tracks.size() || rungs_.empty()) {
      return fail(ErrorKind::internal, "unknown_track", "The task names a rendition that isn't planned.");
    }
    ladder_.emplace(plan_, smallest + 1);
    makes_images_ = plan_.storyboard && smallest + 1 == plan_.renditions.size();
    return {};
  }

  Result<> open_encoders(const Chunk& chunk) {
    for (auto& rung : rungs_) {
      const auto& rendition = plan_.renditions[rung.number];
      rung.encoder.reset();  // two at once would be twice the memory
      SLUICE_TRY_ASSIGN(rung.encoder, VideoEncoder::open(plan_, rendition));
      if (sha256_hex(rung.encoder->init_segment()) != rendition.init_hash) {
        return fail(ErrorKind::internal, "init_mismatch",
                    "This machine's encoder makes other parameter sets than the one that prepared "
                    "the video.");
      }
      rung.encoder->start_at(chunk.first_segment);
    }
    return {};
  }

  // The frame at hand: read ahead when the chunk before ended with it.
  Result<> advance() {
    if (current_) previous_ = std::move(current_);
    SLUICE_TRY_ASSIGN(current_, reader_->next());
    return {};
  }

  Result<> encode_chunk(const Chunk& chunk) {
    SegmentCutter cutter(plan_.timeline, chunk);
    if (!current_) SLUICE_TRY(advance());
    SLUICE_TRY(bridge_gap(chunk));
    while (current_) {
      SLUICE_TRY(place(cutter.next(current_->pts, previous_ != nullptr)));
      if (cutter.finished()) break;  // this frame belongs to the next chunk
      SLUICE_TRY(advance());
    }
    if (!cutter.finished()) {
      if (!previous_) SLUICE_TRY(find_previous(chunk));
      if (!previous_) {
        return fail(ErrorKind::invalid, "corrupt_file", "No picture of this file can be decoded.");
      }
      SLUICE_TRY(place(cutter.finish(previous_->pts + previous_->pkt_duration)));
    }
    // In front of the chunk's last segments: where those are known the task is not run again.
    SLUICE_TRY(tell_of_damage(chunk));
    if (images_) SLUICE_TRY(images_->finish(sink_));
    for (auto& rung : rungs_) {
      SLUICE_TRY(rung.lane->run([this, &rung, end = cutter.end()] {
        return rung.encoder->finish(end, sink_);
      }));
    }
    for (auto& rung : rungs_) SLUICE_TRY(rung.lane->wait());
    return {};
  }

  // Looks further back for the last picture before the chunk.
  Result<> find_previous(const Chunk& chunk) {
    const auto start = boundary_ticks(plan_.timeline, chunk.first_segment);
    for (const std::int64_t seconds : {std::int64_t{20}, std::int64_t{120}, start}) {
      SLUICE_TRY(reader_->seek(start - seconds * plan_.timeline.timescale));
      while (true) {
        SLUICE_TRY_ASSIGN(auto frame, reader_->next());
        if (!frame || frame->pts >= start) break;
        previous_ = std::move(frame);
      }
      if (previous_) return {};
    }
    return {};
  }

  // The chunk's first picture comes late, and nothing in front of it could be decoded: either the
  // video starts here, or there is damage.
  Result<> bridge_gap(const Chunk& chunk) {
    const auto start = boundary_ticks(plan_.timeline, chunk.first_segment);
    if (previous_ || !current_ || start == 0 ||
        current_->pts <= start + slack_ticks(plan_.timeline)) {
      return {};
    }
    SLUICE_TRY(find_previous(chunk));
    Frame previous = std::move(previous_);
    SLUICE_TRY(reader_->seek(start));
    SLUICE_TRY(advance());
    previous_ = std::move(previous);
    return {};
  }

  // In front of the chunk's last segments, like its images.
  Result<> tell_of_damage(const Chunk& chunk) {
    const auto& timeline = plan_.timeline;
    if (!reader_->damaged_between(boundary_ticks(timeline, chunk.first_segment),
                                  boundary_ticks(timeline, chunk.end_segment))) {
      return {};
    }
    Output output;
    output.note = damage_note(boundary_seconds(timeline, chunk.first_segment),
                              boundary_seconds(timeline, chunk.end_segment),
                              timeline.duration_seconds);
    return sink_(std::move(output));
  }

  Result<> place(const std::vector<Placement>& placements) {
    for (const auto& placement : placements) {
      const AVFrame& decoded = placement.repeat_previous ? *previous_ : *current_;
      SLUICE_TRY_ASSIGN(auto pictures, ladder_->make(decoded));
      if (images_) SLUICE_TRY(images_->add(pictures, placement.ticks));
      for (auto& rung : rungs_) {
        // std::function wants copyable captures.
        std::shared_ptr<AVFrame> picture(pictures[rung.number].release(), FrameDeleter());
        SLUICE_TRY(rung.lane->run([this, &rung, picture, placement] {
          return rung.encoder->encode(*picture, placement.ticks, placement.starts_segment, sink_);
        }));
      }
      report(placement.ticks);
    }
    return {};
  }

  void report(std::int64_t ticks) {
    const auto start = boundary_ticks(plan_.timeline, chunk(job_.first_chunk).first_segment);
    progress_(static_cast<double>(ticks - start) / static_cast<double>(plan_.timeline.timescale));
  }

  const ByteSource& source_;
  const Plan& plan_;
  const VideoJob& job_;
  const ProgressSink& progress_;
  std::mutex sink_mutex_;
  OutputSink sink_;
  std::unique_ptr<VideoReader> reader_;
  std::optional<PictureLadder> ladder_;
  bool makes_images_ = false;
  std::optional<ChunkImages> images_;  // of the chunk in hand
  Frame previous_, current_;
  std::vector<Rung> rungs_;  // last: their threads end before what they use
};

}  // namespace

Result<> encode_video(const ByteSource& source, const Plan& plan, const VideoJob& job,
                      const OutputSink& sink, const ProgressSink& progress) {
  if (!plan.source.video || job.first_chunk < 0 || job.first_chunk >= job.end_chunk ||
      job.end_chunk > static_cast<int>(plan.timeline.chunks.size())) {
    return fail(ErrorKind::internal, "bad_job", "The task does not fit the plan.");
  }
  return ChunkRun(source, plan, job, sink, progress).run();
}

}  // namespace sluice::media
