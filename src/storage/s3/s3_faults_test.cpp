// The stores behind a network and a server that fail, by tests/services/fault_proxy.py.
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/s3/s3_fixture.h"

namespace sluice {
namespace {

using nlohmann::json;

const std::string kKey = "videos/v1/source/original";

class FaultProxy {
 public:
  FaultProxy() {
    const char* url = std::getenv("SLUICE_TEST_FAULT_PROXY");
    if (url == nullptr)
      throw std::runtime_error("SLUICE_TEST_FAULT_PROXY is not set: with.py ceph fault_proxy");
    url_ = url;
    const auto endpoint = S3TestServer::from_environment().endpoint;
    set({{"target", endpoint.substr(endpoint.find("//") + 2)}});
  }

  const std::string& url() const { return url_; }
  void set(const json& rule) {
    const auto body = rule.dump();
    FetchRequest request;
    request.method = "PUT";
    request.url = url_ + "/-/faults";
    request.body = body;
    EXPECT_EQ(http_.send(request)->status, 204);
  }
  json take_counts() {
    FetchRequest request;
    request.url = url_ + "/-/counts";
    return json::parse(http_.send(request)->body);
  }

 private:
  HttpClient http_;
  std::string url_;
};

class S3Faults : public testing::Test {
 protected:
  FaultProxy proxy_;
  S3TestBucket bucket_{
      S3Options{.endpoint = proxy_.url(), .stall = std::chrono::milliseconds(300)}};
  S3ObjectStore objects_{bucket_.client(), bucket_.options()};
  S3UploadStore uploads_{bucket_.client(), bucket_.http(), bucket_.options()};

  std::string read(const std::string& key) {
    const auto source = objects_.open(key);
    if (!source) return source.error().code;
    std::string bytes(static_cast<std::size_t>((*source)->size_bytes()), '\0');
    const auto got = (*source)->read_at(0, bytes);
    return got ? bytes : got.error().code;
  }
};

// Every second request fails, whatever it is for.
const json kEverySecond[] = {
    {{"fault", "status"}, {"status", 503}, {"code", "SlowDown"}, {"every", 2}},
    {{"fault", "status"}, {"status", 500}, {"code", "InternalError"}, {"every", 2}},
    {{"fault", "drop"}, {"every", 2}},
    {{"fault", "lost"}, {"every", 2}},
    {{"fault", "cut"}, {"bytes", 10}, {"every", 2}, {"methods", {"GET"}}},
};

TEST_F(S3Faults, ObjectsComeThrough) {
  const std::string large(2'500'000, 'x');
  for (const auto& rule : kEverySecond) {
    proxy_.set(rule);
    for (int round = 0; round < 3; ++round) {
      EXPECT_TRUE(objects_.put("a/large", large)) << rule;
      EXPECT_TRUE(objects_.put("a/small", "small")) << rule;
      EXPECT_TRUE(read("a/large") == large) << rule;
      EXPECT_EQ(read("a/small"), "small") << rule;
      EXPECT_EQ(objects_.stat("a/small")->size_bytes, 5) << rule;
      EXPECT_EQ(objects_.list("a/")->size(), 2u) << rule;
      EXPECT_TRUE(objects_.remove("a/small")) << rule;
      EXPECT_TRUE(objects_.remove_prefix("a/")) << rule;
      EXPECT_TRUE(objects_.list("")->empty()) << rule;
      EXPECT_TRUE(objects_.check()) << rule;
    }
    EXPECT_GT(proxy_.take_counts()["faults"], 5) << rule;
  }
}

TEST_F(S3Faults, UploadsComeThrough) {
  const auto soon = SystemClock().now() + std::chrono::hours{1};
  const std::string part(5 << 20, 'p');
  for (const auto& rule : kEverySecond) {
    proxy_.set({{"fault", "none"}});
    const auto id = *uploads_.create_multipart(kKey);
    for (const int number : {1, 2}) {
      const auto put =
          *uploads_.sign_part(kKey, id, number, static_cast<std::int64_t>(part.size()), soon);
      ASSERT_EQ(send_signed(bucket_.http(), put, part), 200);
    }
    proxy_.set(rule);
    const auto parts = uploads_.list_parts(kKey, id);
    ASSERT_TRUE(parts) << rule;
    const auto completed = uploads_.complete_multipart(kKey, id, *parts);
    EXPECT_TRUE(completed) << rule << completed.error().code;
    EXPECT_EQ(objects_.stat(kKey)->size_bytes, 2 * (5 << 20)) << rule;
    EXPECT_TRUE(uploads_.abort_multipart(kKey, *uploads_.create_multipart(kKey))) << rule;
    EXPECT_TRUE(objects_.remove(kKey)) << rule;
  }
}

TEST_F(S3Faults, LastingOnesAreUnavailable) {
  ASSERT_TRUE(objects_.put("a", "x"));
  const auto source = *objects_.open("a");
  for (const json& rule : {json{{"fault", "status"}, {"status", 503}, {"code", "SlowDown"}},
                           json{{"fault", "drop"}}, json{{"fault", "lost"}}}) {
    proxy_.set(rule);
    for (const auto& error :
         {objects_.put("b", "x").error(), objects_.open("a").error(), objects_.stat("a").error(),
          objects_.list("").error(), objects_.remove("c").error(), objects_.check().error(),
          uploads_.create_multipart(kKey).error()}) {
      EXPECT_EQ(error.kind, ErrorKind::unavailable) << rule << error.code;
    }
    char byte = 0;
    EXPECT_TRUE(source->read_at(0, {&byte, 1})) << "what was fetched is there";
  }
}

TEST_F(S3Faults, SilenceIsGivenUpAndTriedAgain) {
  ASSERT_TRUE(objects_.put("a", "x"));
  proxy_.set({{"fault", "hang"}, {"count", 1}});
  EXPECT_EQ(read("a"), "x");
  proxy_.set({{"fault", "hang"}});
  EXPECT_EQ(read("a"), "timed_out");
}

TEST_F(S3Faults, SlowBytesArriveAllTheSame) {
  const std::string bytes(50'000, 'x');
  ASSERT_TRUE(objects_.put("a", bytes));
  proxy_.set({{"fault", "slow"}, {"bytes_per_second", 100'000}});
  EXPECT_TRUE(read("a") == bytes);
}

TEST_F(S3Faults, ReadingALittleFetchesALittle) {
  ASSERT_TRUE(objects_.put("long", std::string(24 << 20, 'x')));
  proxy_.take_counts();
  const auto source = *objects_.open("long");
  std::string into(200'000, '\0');
  ASSERT_TRUE(source->read_at(20 << 20, into));
  ASSERT_TRUE(source->read_at((20 << 20) + 200'000, into));
  const auto counts = proxy_.take_counts();
  EXPECT_EQ(counts["requests"], 3);
  EXPECT_LT(counts["answer_bytes"], 2 << 20);
}

TEST_F(S3Faults, ASegmentIsOneRequest) {
  ASSERT_TRUE(objects_.put("segment", std::string(900'000, 'x')));
  proxy_.take_counts();
  EXPECT_EQ(read("segment").size(), 900'000u);
  EXPECT_EQ(proxy_.take_counts()["requests"], 1);
}

}  // namespace
}  // namespace sluice
