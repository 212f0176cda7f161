#include "app/task_protection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/server.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// ECS's agent, as far as a task speaks with it about its protection.
class Agent {
 public:
  Agent() {
    router_.add("PUT", "/api/v1/task-protection/v1/state", [this](const http::Request& request) {
      std::lock_guard lock(mutex_);
      const auto said = nlohmann::json::parse(request.body);
      EXPECT_EQ(said.contains("ExpiresInMinutes"), said.at("ProtectionEnabled").get<bool>());
      said_.push_back(said.at("ProtectionEnabled"));
      changed_.notify_all();
      const int status = std::exchange(next_status_, 200);
      return http::Response::json(status, nlohmann::json::object());
    });
    server_ = http::Server::bind({.listen = "127.0.0.1:0"}, router_, [](const auto&) {}).value();
    server_->start();
  }

  std::string uri() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/api/v1";
  }

  void refuse_the_next() { next_status_ = 400; }

  std::vector<bool> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return said_.size() >= count; });
    return said_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> said_;
  int next_status_ = 200;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

constexpr TaskProtectionTimes kShort{milliseconds{50}, std::chrono::hours{1}, milliseconds{20}};

TEST(TaskProtection, LastsFromTheFirstTaskToTheLast) {
  Agent agent;
  TaskProtection protection{agent.uri(), kShort};
  protection.work(true);
  EXPECT_THAT(agent.wait_for(1), ElementsAre(true));
  protection.work(true);
  protection.work(false);
  protection.work(false);
  EXPECT_THAT(agent.wait_for(2), ElementsAre(true, false));
}

TEST(TaskProtection, StaysBetweenTwoTasks) {
  Agent agent;
  {
    TaskProtection protection{agent.uri(),
                              {std::chrono::hours{1}, std::chrono::hours{1}, milliseconds{20}}};
    protection.work(true);
    agent.wait_for(1);
    protection.work(false);
    protection.work(true);
    protection.work(false);
  }
  EXPECT_THAT(agent.wait_for(2), ElementsAre(true, false)) << "gone with the process, not before";
}

TEST(TaskProtection, IsRenewedWhileTheWorkGoesOn) {
  Agent agent;
  TaskProtection protection{agent.uri(), {milliseconds{50}, milliseconds{20}, milliseconds{20}}};
  protection.work(true);
  EXPECT_THAT(agent.wait_for(3), testing::Each(true));
}

TEST(TaskProtection, IsAskedForAgainWhenTheAgentRefused) {
  Agent agent;
  agent.refuse_the_next();
  TaskProtection protection{agent.uri(), kShort};
  protection.work(true);
  EXPECT_THAT(agent.wait_for(2), ElementsAre(true, true));
}

TEST(TaskProtection, NeverKeepsWorkWaiting) {
  TaskProtection protection{"http://127.0.0.1:1", kShort};
  protection.work(true);
  protection.work(false);
}

}  // namespace
}  // namespace sluice
