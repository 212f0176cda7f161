#include "aws/aws_client.h"

#include <atomic>
#include <thread>

#include <fmt/chrono.h>
#include <gtest/gtest.h>

#include "http/testing_client.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;
using http::Router;
using http::testing::RunningServer;
using http::testing::Signal;
using std::chrono::milliseconds;

const AwsCredentials kOld{"OLD", Secret("old secret"), Secret("old token")};
const AwsCredentials kNew{"NEW", Secret("new secret"), {}};

AwsClientOptions quick() {
  AwsClientOptions options{.scope = s3_scope("eu-central-1")};
  options.first_pause = milliseconds{1};
  options.longest_pause = milliseconds{2};
  return options;
}

// A service that answers as the test says, and a client for it.
class Service {
 public:
  explicit Service(
      http::Handler handler, const Clock& clock, AwsClientOptions options = quick(),
      std::unique_ptr<CredentialProvider> credentials = std::make_unique<FixedCredentials>(kNew))
      : credentials_(std::move(credentials)),
        server_([&] {
          Router router;
          const auto counted = [this, handler = std::move(handler)](const Request& request) {
            ++requests;
            return handler(request);
          };
          for (const auto* method : {"GET", "PUT", "POST"}) router.add(method, "/*rest", counted);
          return router;
        }()),
        client(http_, *credentials_, clock, std::move(options)) {}

  AwsCall call() const {
    AwsCall call;
    call.origin = "http://127.0.0.1:" + std::to_string(server_.port());
    call.path = "/bucket/key";
    return call;
  }
  Result<FetchResponse> send() { return client.send(call()); }

 private:
  HttpClient http_;
  std::unique_ptr<CredentialProvider> credentials_;
  RunningServer server_;

 public:
  std::atomic<int> requests = 0;
  AwsClient client;
};

Response refusal(int status, const std::string& code) {
  return Response::text(status, "application/xml", "<Error><Code>" + code + "</Code></Error>");
}

TEST(AwsClient, SendsWhatItSigned) {
  SystemClock clock;
  Service service(
      [](const Request& request) {
        const bool complete =
            request.method == "PUT" && request.body == "bytes" && request.path == "/bucket/a%20b" &&
            request.query_value("prefix") == "x/y" && request.header("x-mark") == "m" &&
            request.header("x-amz-content-sha256") == hash_aws_payload("bytes") &&
            request.header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=NEW/");
        return Response::empty(complete ? 200 : 400);
      },
      clock);
  auto call = service.call();
  call.method = "PUT";
  call.path = "/bucket/a b";
  call.query = {{"prefix", "x/y"}};
  call.headers = {{"X-Mark", "m"}};
  call.body = "bytes";
  EXPECT_EQ(service.client.send(call)->status, 200);
}

TEST(AwsClient, RepeatsTransientAnswersAndNoOthers) {
  SystemClock clock;
  for (const auto& [status, code] :
       {std::pair{503, "SlowDown"}, {500, "InternalError"}, {429, ""}, {400, "RequestTimeout"}}) {
    std::atomic<int> left = 3;
    Service service(
        [&](const Request&) { return left-- > 0 ? refusal(status, code) : Response::empty(200); },
        clock);
    EXPECT_EQ(service.send()->status, 200) << code;
    EXPECT_EQ(service.requests, 4) << code;
  }
  for (const auto& [status, code] :
       {std::pair{403, "AccessDenied"}, {404, "NoSuchKey"}, {301, ""}}) {
    Service service([&](const Request&) { return refusal(status, code); }, clock);
    EXPECT_EQ(service.send()->status, status);
    EXPECT_EQ(service.requests, 1) << code;
  }
}

TEST(AwsClient, GivesUpWithTheLastAnswer) {
  SystemClock clock;
  Service service([](const Request&) { return refusal(503, "SlowDown"); }, clock);
  EXPECT_EQ(service.send()->status, 503);
  EXPECT_EQ(service.requests, 5);

  auto options = quick();
  options.retry_for = milliseconds{0};
  Service impatient([](const Request&) { return refusal(503, "SlowDown"); }, clock, options);
  EXPECT_EQ(impatient.send()->status, 503);
  EXPECT_EQ(impatient.requests, 1);
}

TEST(AwsClient, RepeatsWhenNobodyListensAndSaysSoInTheEnd) {
  SystemClock clock;
  HttpClient http;
  FixedCredentials credentials(kNew);
  AwsClient client(http, credentials, clock, quick());
  AwsCall call;
  { call.origin = "http://127.0.0.1:" + std::to_string(RunningServer(Router()).port()); }
  const auto response = client.send(call);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, "unreachable");
}

TEST(AwsClient, StopsBetweenTwoAttempts) {
  SystemClock clock;
  for (const bool all : {false, true}) {
    std::stop_source stop;
    auto options = quick();
    options.first_pause = options.longest_pause = std::chrono::hours{1};
    options.retry_for = std::chrono::hours{2};
    if (all) options.stop = stop.get_token();
    Signal asked;
    Service service(
        [&](const Request&) {
          asked.raise();
          return refusal(503, "SlowDown");
        },
        clock, options);
    std::jthread stopper([&] {
      asked.wait();
      stop.request_stop();
    });
    auto call = service.call();
    if (!all) call.stop = stop.get_token();
    const auto response = service.client.send(call);
    EXPECT_TRUE(response ? response->status == 503 : response.error().kind == ErrorKind::canceled);
  }
}

TEST(AwsClient, WaitsARandomTimeThatGrowsToALimit) {
  AwsClientOptions options;
  options.first_pause = milliseconds{100};
  options.longest_pause = milliseconds{1'000};
  EXPECT_EQ(retry_pause(options, 0, 0.0), milliseconds{0});
  EXPECT_EQ(retry_pause(options, 0, 0.5), milliseconds{50});
  EXPECT_EQ(retry_pause(options, 2, 0.5), milliseconds{200});
  EXPECT_EQ(retry_pause(options, 9, 0.5), milliseconds{500});
  EXPECT_EQ(retry_pause(options, 1'000, 0.5), milliseconds{500});
}

// As S3 answers: the time of the request may be a quarter of an hour off, not more.
Response judge_clock(const Request& request) {
  const auto real =
      fmt::format("{:%Y%m%dT%H}", std::chrono::floor<std::chrono::seconds>(SystemClock().now()));
  const bool close = request.header("x-amz-date").starts_with(real.substr(0, 8));
  return close ? Response::empty(200) : refusal(403, "RequestTimeTooSkewed");
}

TEST(AwsClient, CorrectsAWrongClockOnceAndKeepsToIt) {
  FakeClock clock(SystemClock().now() - std::chrono::days{3});
  Service service(judge_clock, clock);
  EXPECT_EQ(service.send()->status, 200);
  EXPECT_EQ(service.requests, 2);
  EXPECT_EQ(service.send()->status, 200);
  EXPECT_EQ(service.requests, 3);
  EXPECT_NEAR(static_cast<double>(service.client.clock_skew().count()), 3 * 86'400.0, 5.0);
  const auto url = service.client.presign(service.call(), clock.now() + std::chrono::hours{1});
  ASSERT_TRUE(url);
  EXPECT_NE(url->find("X-Amz-Date=" + fmt::format("{:%Y%m%d}", SystemClock().now())),
            std::string::npos);
  EXPECT_NE(url->find("X-Amz-Expires=3600&"), std::string::npos);
}

TEST(AwsClient, SaysThatTheClockIsRefusedAllTheSame) {
  SystemClock clock;
  Service service([](const Request&) { return refusal(403, "RequestTimeTooSkewed"); }, clock);
  const auto response = service.send();
  ASSERT_TRUE(response);
  EXPECT_EQ(service.requests, 1) << "the clocks agree, so there is nothing to correct";
  EXPECT_EQ(aws_error(aws_fault(*response), "It").code, "clock_skew");
}

// The old ones until they are rejected.
class ReplacedCredentials final : public CredentialProvider {
 public:
  Result<AwsCredentials> get() override { return replaced_ ? kNew : kOld; }
  void forget(const AwsCredentials& rejected) override {
    replaced_ = rejected.access_key_id == "OLD";
  }

 private:
  std::atomic<bool> replaced_ = false;
};

TEST(AwsClient, LooksForOtherCredentialsWhenItsOwnAreRejected) {
  SystemClock clock;
  Service service(
      [](const Request& request) {
        const bool good =
            request.header("authorization").find("Credential=NEW/") != std::string_view::npos;
        return good ? Response::empty(200) : refusal(403, "ExpiredToken");
      },
      clock, quick(), std::make_unique<ReplacedCredentials>());
  EXPECT_EQ(service.send()->status, 200);
  EXPECT_EQ(service.requests, 2);
}

TEST(AwsClient, SignsTheHostAsItIsSent) {
  SystemClock clock;
  HttpClient http;
  FixedCredentials credentials(kNew);
  AwsClient client(http, credentials, clock, quick());
  const auto signature = [&](const char* origin) {
    AwsCall call;
    call.origin = origin;
    const auto url = client.presign(call, Timestamp(std::chrono::seconds(1'440'938'160)));
    return url ? url->substr(url->find("X-Amz-Signature=")) : "";
  };
  EXPECT_EQ(signature("https://s3.example.com:443"), signature("https://s3.example.com"));
  EXPECT_EQ(signature("http://s3.example.com:80"), signature("http://s3.example.com"));
  EXPECT_NE(signature("https://s3.example.com:80"), signature("https://s3.example.com"));
}

TEST(AwsClient, SignsWhatHasExpiredForThePast) {
  FakeClock clock(Timestamp(std::chrono::seconds(1'440'938'160)));  // 2015-08-30T12:36:00Z
  Service service(judge_clock, clock);
  const auto url = service.client.presign(service.call(), clock.now() - std::chrono::seconds{2});
  ASSERT_TRUE(url);
  EXPECT_NE(url->find("X-Amz-Date=20150830T123557Z&X-Amz-Expires=1&"), std::string::npos) << *url;
}

}  // namespace
}  // namespace sluice
