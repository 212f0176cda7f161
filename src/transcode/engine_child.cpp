#include "transcode/engine_child.h"

#include <malloc.h>

#include <csignal>
#include <new>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/encode_audio.h"
#include "media/encode_video.h"
#include "media/engine_log.h"
#include "media/extract_text.h"
#include "media/load_filters.h"
#include "media/prepare.h"
#include "media/sound_poster.h"
#include "transcode/engine_input.h"
#include "transcode/engine_protocol.h"
#include "transcode/sandbox.h"
#include "transcode/stand_back.h"

namespace sluice {
namespace {

// Pictures are megabytes, taken and given back by several threads. By default glibc soon serves
// them from heaps that never shrink, one for each thread; here they go back to the system at once.
constexpr int kLargeBlockBytes = 256 * 1024;
constexpr int kHeaps = 2;

class InputDescriptor final : public ByteSource {
 public:
  explicit InputDescriptor(int fd) : fd_(fd) {
    struct stat info {};
    if (::fstat(fd, &info) == 0) size_bytes_ = info.st_size;
  }
  std::int64_t size_bytes() const override { return size_bytes_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    while (true) {
      const auto got = ::pread(fd_, into.data(), into.size(), offset);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) {
        return fail(ErrorKind::unavailable, "source_unreadable", "The stored file can't be read.");
      }
    }
  }
  int descriptor() const override { return fd_; }

 private:
  int fd_;
  std::int64_t size_bytes_ = 0;
};

// `remote_bytes`: the size of a source that is asked for over a socket; negative for a file.
std::unique_ptr<const ByteSource> open_input(std::int64_t remote_bytes) {
  if (remote_bytes < 0) return std::make_unique<InputDescriptor>(kEngineInput);
  return std::make_unique<SocketSource>(kEngineInput, remote_bytes);
}

// In front of the sandbox, where nothing of the source has been read and libraries can be loaded.
// Most jobs never need this one, and loading it takes as long as a second of film.
void load_libraries(const EngineJob& job, bool with_filters) {
  const bool pictures = job.kind == TaskKind::video && job.plan.has_value();
  if (with_filters || (pictures && media::needs_filters(*job.plan))) media::load_filters();
}

Result<std::optional<Plan>> do_job(const EngineJob& job, const ByteSource& source,
                                   const media::OutputSink& sink,
                                   const media::ProgressSink& progress) {
  if (job.kind == TaskKind::prepare) {
    SLUICE_TRY_ASSIGN(auto plan, media::prepare(source, job.policy, sink));
    return std::optional<Plan>(std::move(plan));
  }
  if (!job.plan) return fail(ErrorKind::internal, "bad_job", "The task has no plan.");
  if (job.kind == TaskKind::video) {
    const media::VideoJob video{job.tracks, job.first_chunk, job.end_chunk, job.threads};
    SLUICE_TRY(media::encode_video(source, *job.plan, video, sink, progress));
    return std::optional<Plan>();
  }
  if (job.kind == TaskKind::audio && job.tracks.size() == 1) {
    const media::AudioJob audio{job.tracks.front(), job.first_chunk, job.end_chunk};
    SLUICE_TRY(media::encode_audio(source, *job.plan, audio, sink, progress));
    return std::optional<Plan>();
  }
  if (job.kind == TaskKind::images) {
    SLUICE_TRY(media::make_sound_poster(source, *job.plan, sink, progress));
    return std::optional<Plan>();
  }
  if (job.kind == TaskKind::text) {
    SLUICE_TRY(media::extract_text(source, *job.plan, job.tracks, sink, progress));
    return std::optional<Plan>();
  }
  return fail(ErrorKind::internal, "bad_job", "The engine does not know this kind of task.");
}

EngineMessage result_message(const std::optional<Plan>& plan, Confinement confinement) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {{{"type", "result"},
           {"plan", plan ? nlohmann::json(to_json(*plan)) : nlohmann::json(nullptr)},
           {"cpu_seconds", seconds(usage.ru_utime) + seconds(usage.ru_stime)},
           {"peak_memory_bytes", std::int64_t{usage.ru_maxrss} * 1024},
           {"confined", confinement == Confinement::full}},
          ""};
}

Result<> serve_one_job() {
  SLUICE_TRY_ASSIGN(const auto order, receive_message(kEngineSocket));
  EngineLimits limits;
  SLUICE_TRY_ASSIGN(const auto job, job_from_json(order.head, limits));
  load_libraries(job, order.head.value("with_filters", false));
  const auto source = open_input(order.head.value("remote_bytes", std::int64_t{-1}));
  const auto confinement =
      enter_sandbox({limits.memory_bytes, limits.cpu}, kEngineSocket, kEngineInput);
  std::mutex sending;
  const auto send = [&](const EngineMessage& message) {
    std::lock_guard lock(sending);
    return send_message(kEngineSocket, message);
  };
  auto plan = do_job(
      job, *source, [&](media::Output output) { return send(output_to_message(output)); },
      [&](double seconds) {
        // A worker that is gone is noticed at the next output.
        (void)send({{{"type", "progress"}, {"seconds", seconds}}, ""});
      });
  if (!plan) return send({error_to_json(plan.error()), ""});
  return send(result_message(*plan, confinement));
}

}  // namespace

int engine_child_main() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(kEngineInput + 1, ~0u, 0);
  stand_back();
  std::signal(SIGINT, SIG_IGN);  // a terminal's Ctrl-C is the worker's to act on
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlockBytes);
  ::mallopt(M_ARENA_MAX, kHeaps);
  media::silence_libraries();
  try {
    return serve_one_job() ? 0 : 1;
  } catch (const std::bad_alloc&) {
    (void)send_message(kEngineSocket,
                       {error_to_json({ErrorKind::too_large, "engine_memory",
                                       "The video needs more memory than it may use."}),
                        ""});
    return 1;
  }
}

}  // namespace sluice
