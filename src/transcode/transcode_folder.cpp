#include "transcode/transcode_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/unique_fd.h"
#include "manifest/dash.h"
#include "manifest/hls.h"
#include "manifest/storyboard_vtt.h"
#include "plan/pass_through.h"
#include "transcode/check_output.h"
#include "transcode/check_segment.h"
#include "transcode/encode_after_all.h"
#include "transcode/source_text.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

// Two threads keep one engine busy: one on the largest rendition, one on everything else.
constexpr int kThreadsPerEngine = 2;

class LocalFile final : public ByteSource {
 public:
  static Result<std::unique_ptr<LocalFile>> open(const fs::path& path) {
    auto file = std::make_unique<LocalFile>();
    file->fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (!file->fd_ || ::fstat(file->fd_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
      return fail(ErrorKind::not_found, "input_not_found",
                  fmt::format("{} is not a file that can be read.", path.string()));
    }
    file->size_bytes_ = info.st_size;
    return file;
  }
  std::int64_t size_bytes() const override { return size_bytes_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    const auto got = ::pread(fd_.get(), into.data(), into.size(), offset);
    if (got < 0) return fail(ErrorKind::unavailable, "source_unreadable", "The input can't be read.");
    return static_cast<std::size_t>(got);
  }
  int descriptor() const override { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::int64_t size_bytes_ = 0;
};

Error cannot_write(const fs::path& path) {
  return {ErrorKind::unavailable, "output_not_writable",
          fmt::format("{} can't be written.", path.string())};
}

Result<> write_file(const fs::path& path, const std::string& bytes) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return fail(cannot_write(path));
  return {};
}

Result<> make_empty_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) return fail(cannot_write(folder));
  if (!fs::is_empty(folder, error)) {
    return fail(ErrorKind::conflict, "folder_not_empty",
                fmt::format("{} is not empty.", folder.string()));
  }
  return {};
}

class FolderRun {
 public:
  FolderRun(const ByteSource& source, fs::path folder, Engine& engine, const FolderOptions& options,
            std::stop_token stop)
      : source_(source), folder_(std::move(folder)), engine_(engine), options_(options) {
    forward_stop_.emplace(std::move(stop), StopAll{stop_});
  }

  Result<Plan> run(const std::stop_token& stop) {
    EngineJob job;
    job.policy = options_.policy;
    SLUICE_TRY(prepare(job));
    make_all();
    if (was_copy_refused(plan_, {plan_.renditions.empty() ? "" : plan_.renditions.front().name},
                         error_)) {
      plan_ = encode_largest(plan_);
      plan_.pass_through = error_.message;
      start_over(stop);
      make_all();
    }
    if (!error_.code.empty()) return fail(error_);
    if (plan_.spare) fs::remove_all(folder_ / plan_.spare->name);
    SLUICE_TRY(write_playlists());
    plan_.source.notes = with_notes(std::move(plan_.source.notes), notes_);
    return plan_;
  }

 private:
  struct StopAll {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };

  Result<> prepare(const EngineJob& job) {
    std::vector<EngineOutput> inits;
    const EngineCallbacks collect{[&](EngineOutput output) -> Result<> {
                                    inits.push_back(std::move(output));
                                    return {};
                                  },
                                  nullptr};
    SLUICE_TRY_ASSIGN(auto prepared, engine_.run(job, source_, collect, stop_.get_token()));
    plan_ = std::move(*prepared.plan);
    for (const auto& init : inits) {
      const auto track = init.name.substr(0, init.name.find('/'));
      SLUICE_TRY(check_init_segment(plan_, track, init.bytes));
      SLUICE_TRY(write_file(folder_ / init.name, init.bytes));
    }
    return {};
  }

  void make_all() {
    collect_jobs();
    work_through();
    if (!error_.code.empty()) return;
    if (const auto checked = check_tracks(plan_, stored_); !checked) error_ = checked.error();
  }

  void start_over(const std::stop_token& stop) {
    error_ = {};
    jobs_.clear();
    side_jobs_.clear();
    stored_.clear();
    notes_.clear();
    others_.clear();
    poster_.reset();
    work_done_ = 0;
    forward_stop_.reset();
    stop_ = std::stop_source();
    forward_stop_.emplace(stop, StopAll{stop_});
  }

  // With threads for one engine only, all chunks are one job: nothing is decoded twice.
  void collect_jobs() {
    const int engines = std::max(1, options_.threads / kThreadsPerEngine);
    EngineJob whole;
    whole.plan = plan_;
    whole.end_chunk = static_cast<int>(plan_.timeline.chunks.size());
    if (engines == 1 && plan_.mode != VideoMode::none) {
      whole.kind = TaskKind::video;
      whole.threads = options_.threads;
      for (const auto& rendition : plan_.renditions) {
        if (!rendition.copied) whole.tracks.push_back(rendition.name);
      }
      jobs_.push_back(whole);
    }
    for (const auto& task : plan_tasks(plan_)) {
      const bool copies = !plan_.renditions.empty() && plan_.renditions.front().copied &&
                          task.tracks == std::vector{plan_.renditions.front().name};
      if (engines == 1 && task.kind == TaskKind::video && !copies) continue;
      EngineJob job{task.kind, options_.policy, plan_, task.tracks, task.first_chunk,
                    task.end_chunk, std::min(options_.threads, kThreadsPerEngine)};
      (task.kind == TaskKind::video ? jobs_ : side_jobs_).push_back(std::move(job));
    }
  }

  void work_through() {
    const int engines = std::max(1, options_.threads / kThreadsPerEngine);
    std::vector<std::jthread> threads;
    for (int i = 0; i < engines; ++i) threads.emplace_back([this] { take_jobs(jobs_); });
    if (options_.threads == 1) threads.clear();
    threads.emplace_back([this] { take_jobs(side_jobs_); });
  }

  void take_jobs(std::deque<EngineJob>& jobs) {
    while (true) {
      EngineJob job;
      {
        std::lock_guard lock(mutex_);
        if (jobs.empty() || stop_.stop_requested()) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      auto result = engine_.run(job, source_, callbacks(), stop_.get_token());
      // Subtitles that can't be read cost nothing but themselves.
      if (result || job.kind == TaskKind::text) continue;
      std::lock_guard lock(mutex_);
      if (error_.code.empty()) error_ = result.error();
      stop_.request_stop();
      return;
    }
  }

  // Chunks offer posters in any order; of equals the earlier one stays.
  Result<> take_poster(EngineOutput output) {
    std::lock_guard lock(mutex_);
    const std::pair rank(*output.poster_rank, output.name);
    if (poster_ && (rank.first < poster_->first ||
                    (rank.first == poster_->first && rank.second > poster_->second))) {
      return {};
    }
    poster_ = rank;
    return write_file(folder_ / "poster.jpg", output.bytes);
  }

  Result<> take_note(const Note& note) {
    std::lock_guard lock(mutex_);
    notes_ = with_notes(std::move(notes_), {note});
    return {};
  }

  EngineCallbacks callbacks() {
    return {[this](EngineOutput output) -> Result<> {
              if (output.note) return take_note(*output.note);
              if (output.loudness) return {};
              if (output.poster_rank) return take_poster(std::move(output));
              if (output.segment) {
                SLUICE_TRY_ASSIGN(output.segment->sample_count,
                                  check_segment(plan_, *output.segment, output.bytes,
                                                output.segment->size_bytes));
              }
              SLUICE_TRY(write_file(folder_ / output.name, output.bytes));
              std::lock_guard lock(mutex_);
              if (!output.segment) {
                others_.emplace(std::move(output.name), static_cast<std::int64_t>(output.bytes.size()));
                return {};
              }
              work_done_ += output.segment->work;
              stored_.push_back(*output.segment);
              report();
              return {};
            },
            nullptr};
  }

  void report() {
    if (!options_.on_progress) return;
    FolderProgress progress;
    progress.done = work_done_ / std::max(total_work(plan_), 1e-9);
    progress.duration_seconds = plan_.timeline.duration_seconds;
    progress.video_seconds = progress.done * progress.duration_seconds;
    options_.on_progress(progress);
  }

  Result<> write_playlists() {
    const auto tracks = publish(stored_);
    const auto write = [&](const fs::path& name, const std::optional<std::string>& text) -> Result<> {
      if (!text) {
        return fail(ErrorKind::internal, "nothing_made", "The encoder left a track out.");
      }
      return write_file(folder_ / name, *text);
    };
    for (const auto& [track, segments] : tracks) {
      SLUICE_TRY(write(fs::path(track) / "playlist.m3u8",
                       hls_media_playlist(plan_, track, segments, Growth::complete, {})));
      if (!has_iframe_playlist(plan_, track, segments)) continue;
      SLUICE_TRY(write(fs::path(track) / "iframes.m3u8",
                       hls_iframe_playlist(plan_, track, segments, Growth::complete, {})));
    }
    if (plan_.storyboard) SLUICE_TRY(write("storyboard.vtt", storyboard_vtt(plan_, tracks, {})));
    const auto text = finished_text(plan_, others_);
    for (const auto& track : text) {
      SLUICE_TRY(write(fs::path(track.name) / "playlist.m3u8", hls_text_playlist(plan_, track, {})));
    }
    SLUICE_TRY(write("manifest.mpd", dash_manifest(plan_, tracks, Growth::complete, {}, text)));
    return write("master.m3u8",
                 hls_multivariant_playlist(plan_, tracks, Growth::complete, text));
  }

  const ByteSource& source_;
  fs::path folder_;
  Engine& engine_;
  const FolderOptions& options_;
  std::stop_source stop_;
  std::optional<std::stop_callback<StopAll>> forward_stop_;
  Plan plan_;
  std::mutex mutex_;
  std::deque<EngineJob> jobs_, side_jobs_;  // pictures, and all else
  std::vector<StoredSegment> stored_;
  std::vector<Note> notes_;
  StoredBytes others_;  // objects that are no media segments
  std::optional<std::pair<double, std::string>> poster_;  // rank and name of the best so far
  double work_done_ = 0;
  Error error_;
};

}  // namespace

Result<Plan> transcode_to_folder(const fs::path& input, const fs::path& folder, Engine& engine,
                                 const FolderOptions& options, std::stop_token stop) {
  SLUICE_TRY_ASSIGN(const auto source, LocalFile::open(input));
  SLUICE_TRY(make_empty_folder(folder));
  return FolderRun(*source, folder, engine, options, stop).run(stop);
}

Result<std::string> describe_file(const fs::path& input, Engine& engine, const PlanPolicy& policy) {
  SLUICE_TRY_ASSIGN(const auto source, LocalFile::open(input));
  EngineJob job;
  job.policy = policy;
  SLUICE_TRY_ASSIGN(const auto result, engine.run(job, *source, {}, {}));
  auto plan = nlohmann::ordered_json::parse(to_json(*result.plan));
  nlohmann::ordered_json description;
  description["source"] = plan["source"];
  plan.erase("source");
  description["plan"] = plan;
  return description.dump(2);
}

}  // namespace sluice
