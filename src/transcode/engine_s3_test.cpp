// A source in S3 through the real engine process: what it makes, and what of the source it fetches.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/local/local_object_store.h"
#include "storage/local/temporary_root.h"
#include "storage/s3/s3_fixture.h"
#include "transcode/engine_process.h"
#include "transcode/testing/long_video.h"

namespace sluice {
namespace {

constexpr const char* kKey = "videos/v/source/original";

// tests/services/fault_proxy.py, which counts what passes.
class CountingProxy {
 public:
  CountingProxy() : url_(std::getenv("SLUICE_TEST_FAULT_PROXY")) {
    const auto endpoint = S3TestServer::from_environment().endpoint;
    const auto body = nlohmann::json{{"target", endpoint.substr(endpoint.find("//") + 2)}}.dump();
    FetchRequest request;
    request.method = "PUT";
    request.url = url_ + "/-/faults";
    request.body = body;
    EXPECT_EQ(http_.send(request)->status, 204);
  }
  const std::string& url() const { return url_; }
  nlohmann::json take_counts() {
    FetchRequest request;
    request.url = url_ + "/-/counts";
    return nlohmann::json::parse(http_.send(request)->body);
  }

 private:
  HttpClient http_;
  std::string url_;
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

using Objects = std::map<std::string, std::string>;

EngineCallbacks into(Objects& objects) {
  return {[&objects](EngineOutput output) -> Result<> {
            objects[output.name] = std::move(output.bytes);
            return {};
          },
          {}};
}

// The smallest rendition in the last chunk.
EngineJob end_of(const Plan& plan) {
  const auto& track = plan.renditions.back().name;
  EngineJob job;
  job.kind = TaskKind::video;
  job.plan = plan;
  job.tracks = {track};
  for (const auto& spec : plan_tasks(plan)) {
    if (std::ranges::count(spec.tracks, track) == 0 || spec.first_chunk < job.first_chunk) continue;
    job.first_chunk = spec.first_chunk;
    job.end_chunk = spec.end_chunk;
  }
  return job;
}

TEST(EngineOnS3, FetchesWhatItNeedsAndMakesTheSame) {
  const TemporaryRoot root;
  const auto path = root.path() + "/long.mp4";
  ASSERT_NO_FATAL_FAILURE(make_long_video(path));
  const auto bytes = contents(path);
  CountingProxy proxy;
  S3TestBucket bucket(S3Options{.endpoint = proxy.url()});
  S3ObjectStore far(bucket.client(), bucket.options());
  LocalObjectStore near(LocalDisk::open(root.path() + "/objects").value());
  ASSERT_TRUE(far.put(kKey, bytes));
  ASSERT_TRUE(near.put(kKey, bytes));
  proxy.take_counts();

  ProcessEngine engine;
  Objects from_far, from_near;
  const auto prepared = engine.run({}, **far.open(kKey), into(from_far), {});
  ASSERT_TRUE(prepared) << prepared.error().message;
  const auto to_prepare = proxy.take_counts();
  const auto job = end_of(*prepared->plan);
  ASSERT_TRUE(engine.run(job, **far.open(kKey), into(from_far), {}));
  const auto to_encode = proxy.take_counts();

  ASSERT_TRUE(engine.run({}, **near.open(kKey), into(from_near), {}));
  ASSERT_TRUE(engine.run(job, **near.open(kKey), into(from_near), {}));
  EXPECT_TRUE(from_far == from_near);
  EXPECT_GT(from_far.size(), 3u);
  for (const auto& counts : {to_prepare, to_encode}) {
    EXPECT_LT(counts["answer_bytes"], bytes.size() / 4) << counts;
    EXPECT_LT(counts["requests"], 40) << counts;
  }
  std::cout << "prepare " << to_prepare << ", chunk " << to_encode << " of " << bytes.size()
            << "\n";
}

TEST(EngineOnS3, SaysThatTheSourceWasReplaced) {
  S3TestBucket bucket;
  S3ObjectStore store(bucket.client(), bucket.options());
  const auto bytes = contents(std::string(SLUICE_TEST_MEDIA) + "/car-detection.mp4");
  ASSERT_TRUE(store.put(kKey, bytes));
  const auto source = *store.open(kKey);
  ASSERT_TRUE(store.put(kKey, bytes + "x"));
  Objects objects;
  ProcessEngine engine;
  const auto prepared = engine.run({}, *source, into(objects), {});
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(prepared.error().code, "object_changed");
}

}  // namespace
}  // namespace sluice
