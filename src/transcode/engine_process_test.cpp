// Sources that are no local files, through the real engine process.
#include "transcode/engine_process.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "media/load_filters.h"
#include "plan/plan.h"
#include "storage/local/temporary_root.h"
#include "transcode/engine_limits.h"
#include "transcode/testing/long_video.h"

namespace sluice {
namespace {

// A file that may hide its descriptor, counts what is read of it, and breaks when told.
class TestSource final : public ByteSource {
 public:
  TestSource(const std::string& path, bool is_local)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), is_local_(is_local) {
    struct stat info {};
    if (!fd_ || ::fstat(fd_.get(), &info) != 0) ADD_FAILURE() << "no test file " << path;
    size_bytes_ = info.st_size;
  }
  std::int64_t size_bytes() const override { return size_bytes_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    const auto got = ::pread(fd_.get(), into.data(), into.size(), offset);
    bytes_read += got;
    if (bytes_read > break_after) {
      return fail(ErrorKind::unavailable, "cut_off", "The storage went away.");
    }
    return static_cast<std::size_t>(std::max<ssize_t>(0, got));
  }
  int descriptor() const override { return is_local_ ? fd_.get() : -1; }

  mutable std::atomic<std::int64_t> bytes_read = 0;
  std::int64_t break_after = INT64_MAX;

 private:
  UniqueFd fd_;
  bool is_local_;
  std::int64_t size_bytes_ = 0;
};

std::string media(const std::string& name) { return std::string(SLUICE_TEST_MEDIA) + "/" + name; }

struct Outputs {
  std::map<std::string, std::string> objects;
  EngineCallbacks callbacks() {
    return {[this](EngineOutput output) -> Result<> {
              objects[output.name] = std::move(output.bytes);
              return {};
            },
            {}};
  }
};

Result<Plan> prepare(const ByteSource& source, Outputs& outputs) {
  ProcessEngine engine;
  SLUICE_TRY_ASSIGN(auto result, engine.run({}, source, outputs.callbacks(), {}));
  if (!result.plan) return fail(ErrorKind::internal, "no_plan", "It made no plan.");
  return std::move(*result.plan);
}

// The smallest rendition of the last chunk.
Result<> encode_end(const ByteSource& source, const Plan& plan, Outputs& outputs) {
  const auto& track = plan.renditions.back().name;
  TaskSpec last;
  for (const auto& spec : plan_tasks(plan)) {
    const bool fits = std::ranges::count(spec.tracks, track) > 0;
    if (fits && spec.first_chunk >= last.first_chunk) last = spec;
  }
  EngineJob job;
  job.kind = last.kind;
  job.plan = plan;
  job.tracks = {track};
  job.first_chunk = last.first_chunk;
  job.end_chunk = last.end_chunk;
  SLUICE_TRY(ProcessEngine().run(job, source, outputs.callbacks(), {}));
  return {};
}

TEST(ProcessEngine, MakesTheSameOfAFarSource) {
  for (const auto* name : {"fragmented_51.mp4", "iphone_vertical_rot90.mov"}) {
    Outputs near, far;
    const TestSource local(media(name), true), remote(media(name), false);
    const auto plan = prepare(local, near);
    ASSERT_TRUE(plan) << plan.error().message;
    const auto same_plan = prepare(remote, far);
    ASSERT_TRUE(same_plan) << same_plan.error().message;
    EXPECT_TRUE(to_json(*plan) == to_json(*same_plan));
    ASSERT_TRUE(encode_end(local, *plan, near));
    ASSERT_TRUE(encode_end(remote, *plan, far));
    EXPECT_GT(near.objects.size(), 2u);
    EXPECT_TRUE(near.objects == far.objects) << name;
    EXPECT_EQ(local.bytes_read, 0);
    EXPECT_GT(remote.bytes_read, 0);
  }
}

TEST(ProcessEngine, BlamesTheStorageForWhatItCouldNotRead) {
  const TestSource whole(media("car-detection.mp4"), false);
  Outputs outputs;
  const auto plan = prepare(whole, outputs);
  ASSERT_TRUE(plan);
  for (const std::int64_t break_after : {0, 100'000, 1'000'000, 2'000'000}) {
    TestSource breaking(media("car-detection.mp4"), false);
    breaking.break_after = break_after;
    Outputs some;
    const auto prepared = prepare(breaking, some);
    const auto encoded =
        prepared ? encode_end(breaking, *plan, some) : Result<>(fail(prepared.error()));
    ASSERT_FALSE(encoded) << break_after;
    EXPECT_EQ(encoded.error().kind, ErrorKind::unavailable) << encoded.error().code;
    EXPECT_EQ(encoded.error().code, "cut_off");
  }
}

TEST(ProcessEngine, StillBlamesTheFileForWhatItIs) {
  const TestSource text(media("text_renamed.mp4"), false);
  Outputs outputs;
  const auto plan = prepare(text, outputs);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::invalid);
}

// An engine that a file has taken over: it does what this line of shell says.
Result<EngineResult> run_possessed(const std::string& script) {
  const TemporaryRoot root;
  const auto program = root.path() + "/engine";
  std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
  ::chmod(program.c_str(), 0700);
  const TestSource source(media("b_pyramid.mp4"), true);
  EngineLimits limits;
  limits.silence = std::chrono::seconds(1);
  return ProcessEngine(limits, program).run({}, source, {}, {});
}

std::string code_of(const Result<EngineResult>& result) {
  return result ? "" : result.error().code;
}

TEST(ProcessEngine, OutlivesAnEngineThatHangs) {
  EXPECT_EQ(code_of(run_possessed("exec sleep 600")), "engine_hung");
  EXPECT_EQ(code_of(run_possessed("printf x >&3; exec sleep 600")), "engine_hung");
  EXPECT_EQ(code_of(run_possessed("exec 3>&- 4>&-; exec sleep 600")), "engine_crashed");
}

TEST(ProcessEngine, OutlivesAnEngineThatDies) {
  EXPECT_EQ(code_of(run_possessed("kill -SEGV $$")), "engine_crashed");
  const auto refused = run_possessed("kill -SYS $$");
  EXPECT_EQ(code_of(refused), "engine_refused");
  EXPECT_TRUE(refused.error().permanent());
  const auto busy = run_possessed("kill -XCPU $$");
  EXPECT_EQ(code_of(busy), "engine_cpu_limit");
  EXPECT_TRUE(busy.error().permanent());
}

TEST(ProcessEngine, BelievesNoNonsense) {
  EXPECT_EQ(code_of(run_possessed("head -c 64 /dev/zero | tr '\\0' '\\377' >&3")), "engine_protocol");
  EXPECT_EQ(code_of(run_possessed("head -c 16 /dev/zero >&3")), "engine_protocol");
}

TEST(ProcessEngine, LoadsTheFilterLibraryWhereAPictureTurnsOutToNeedIt) {
  const TestSource source(media("iphone_vertical_rot90.mov"), true);
  Outputs planned, surprised;
  auto plan = prepare(source, planned);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_TRUE(media::needs_filters(*plan));
  ASSERT_TRUE(encode_end(source, *plan, planned));
  // Now the plan promises upright pictures of the top rendition's size; those that come are not.
  auto simple = *plan;
  auto& facts = *simple.source.video;
  facts.coded_width = simple.renditions.front().width;
  facts.coded_height = simple.renditions.front().height;
  facts.rotation = 0;
  facts.mirrored = facts.full_range = facts.interlaced = false;
  facts.color_transfer = "bt709";
  facts.pixel_format = "yuv420p";
  ASSERT_FALSE(media::needs_filters(simple));
  const auto encoded = encode_end(source, simple, surprised);
  EXPECT_TRUE(encoded) << encoded.error().code;
}

TEST(ProcessEngine, IsConfined) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own work needs what the sandbox forbids";
#endif
  const TestSource source(media("b_pyramid.mp4"), true);
  const auto result = ProcessEngine().run({}, source, {}, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->confined);
}

TEST(ProcessEngine, StopsAnEngineThatSendsTooMuch) {
  const TestSource source(media("car-detection.mp4"), true);
  Outputs outputs;
  auto plan = prepare(source, outputs);
  ASSERT_TRUE(plan);
  EngineJob job;
  job.kind = TaskKind::video;
  job.plan = *plan;
  for (const auto& rendition : plan->renditions) job.tracks.push_back(rendition.name);
  job.end_chunk = 1;
  EngineLimits limits;
  limits.output_base_bytes = 0;
  limits.output_base_bytes = 1'000 - output_limit(limits, job);
  const auto stopped = ProcessEngine(limits).run(job, source, {}, {});
  EXPECT_EQ(code_of(stopped), "engine_output_limit");
}

TEST(ProcessEngine, ReadsLittleMoreThanItsChunk) {
  const TemporaryRoot root;
  const auto path = root.path() + "/long.mp4";
  make_long_video(path);
  const TestSource source(path, false);
  ASSERT_GT(source.size_bytes(), 50'000'000);
  Outputs outputs;
  const auto plan = prepare(source, outputs);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_LT(source.bytes_read, source.size_bytes() / 4) << "to prepare";
  source.bytes_read = 0;
  ASSERT_TRUE(encode_end(source, *plan, outputs));
  EXPECT_LT(source.bytes_read, source.size_bytes() / 8) << "for the last chunk";
}

}  // namespace
}  // namespace sluice
