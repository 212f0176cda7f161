#include "aws/credentials.h"

#include <atomic>
#include <map>
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
using std::chrono::minutes;

// A container's service that hands out K1, K2, … each for an hour of the test's clock.
class Container {
 public:
  explicit Container(const Clock& clock)
      : server_([&] {
          Router router;
          router.add("GET", "/", [&](const Request&) {
            if (before_answer) before_answer();
            if (broken) return Response::empty(500);
            const auto until =
                std::chrono::floor<std::chrono::seconds>(clock.now() + std::chrono::hours{1});
            return Response::text(
                200, "application/json",
                fmt::format(R"({{"AccessKeyId":"K{}","SecretAccessKey":"s","Token":"t",)"
                            R"("Expiration":"{:%Y-%m-%dT%H:%M:%SZ}"}})",
                            ++given, until));
          });
          return router;
        }()) {}

  Environment env() const {
    const auto uri = "http://127.0.0.1:" + std::to_string(server_.port()) + "/";
    return [uri](const std::string& name) -> std::optional<std::string> {
      if (name == "AWS_CONTAINER_CREDENTIALS_FULL_URI") return uri;
      return std::nullopt;
    };
  }

  std::atomic<int> given = 0;
  std::atomic<bool> broken = false;
  std::function<void()> before_answer;

 private:
  RunningServer server_;
};

std::string key_of(CredentialChain& chain) {
  const auto credentials = chain.get();
  return credentials ? credentials->access_key_id : credentials.error().code;
}

TEST(CredentialChain, SaysWhereItLooked) {
  SystemClock clock;
  CredentialChain chain(clock, [](const std::string& name) -> std::optional<std::string> {
    if (name == "AWS_EC2_METADATA_DISABLED") return "true";
    if (name == "HOME") return "/nowhere";
    return std::nullopt;
  });
  const auto found = chain.get();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(found.error().code, "no_credentials");
  for (const auto* place : {"environment (AWS_ACCESS_KEY_ID is not set)", "web identity",
                            "shared file (/nowhere/.aws/credentials can't be read)", "container",
                            "instance role (AWS_EC2_METADATA_DISABLED is true)"}) {
    EXPECT_NE(found.error().message.find(place), std::string::npos) << place << "\n"
                                                                    << found.error().message;
  }
}

TEST(CredentialChain, FetchesNewOnesBeforeTheOldExpire) {
  FakeClock clock;
  Container container(clock);
  CredentialChain chain(clock, container.env());
  EXPECT_EQ(key_of(chain), "K1");
  EXPECT_EQ(chain.source(), "container's credentials service");
  clock.advance(minutes{54});
  EXPECT_EQ(key_of(chain), "K1");
  clock.advance(minutes{2});
  EXPECT_EQ(key_of(chain), "K2");
  EXPECT_EQ(key_of(chain), "K2");
}

TEST(CredentialChain, GoesOnWithTheOldOnesWhileTheyLast) {
  FakeClock clock;
  Container container(clock);
  CredentialChain chain(clock, container.env());
  EXPECT_EQ(key_of(chain), "K1");
  container.broken = true;
  clock.advance(minutes{56});
  EXPECT_EQ(key_of(chain), "K1");
  clock.advance(minutes{4});
  EXPECT_EQ(key_of(chain), "no_credentials");
  container.broken = false;
  EXPECT_EQ(key_of(chain), "K2");
}

TEST(CredentialChain, RefreshesOnOneThreadWhileOthersGoOn) {
  FakeClock clock;
  Container container(clock);
  CredentialChain chain(clock, container.env());
  EXPECT_EQ(key_of(chain), "K1");
  Signal asked, may_answer;
  container.before_answer = [&] {
    asked.raise();
    may_answer.wait();
  };
  clock.advance(minutes{56});
  std::jthread refresher([&] { EXPECT_EQ(key_of(chain), "K2"); });
  ASSERT_TRUE(asked.wait());
  EXPECT_EQ(key_of(chain), "K1") << "while the other waits";
  may_answer.raise();
  refresher.join();
  EXPECT_EQ(key_of(chain), "K2");
  EXPECT_EQ(container.given, 2);
}

TEST(CredentialChain, LooksAgainWhenTheyWereRejected) {
  FakeClock clock;
  Container container(clock);
  CredentialChain chain(clock, container.env());
  const auto first = *chain.get();
  chain.forget(first);
  EXPECT_EQ(key_of(chain), "K2");
  chain.forget(first);
  EXPECT_EQ(key_of(chain), "K2") << "those were others";
}

}  // namespace
}  // namespace sluice
