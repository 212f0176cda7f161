// The SQL queue on PostgreSQL, where many processes take from it at once.
#include <barrier>
#include <set>
#include <stdexcept>
#include <thread>

#include "catalog/postgresql_database.h"
#include "queue/sql/testing/sql_queue_under_test.h"

namespace sluice {
namespace {

constexpr std::chrono::milliseconds kNoWait{0};

std::shared_ptr<SqlWorld> make_world() {
  if (postgresql_server_url().empty()) {
    throw std::runtime_error(
        "SLUICE_TEST_POSTGRESQL is not set. Run this program as ctest does: "
        "tests/services/with.py postgresql -- PROGRAM");
  }
  auto world = std::make_shared<SqlWorld>();
  world->url = emptied_postgresql();
  return world;
}

const auto kBackends = testing::Values(JobQueueBackend{
    "Postgresql", [] { return std::make_unique<SqlQueueUnderTest>(make_world()); }});
INSTANTIATE_TEST_SUITE_P(Sql, JobQueueContract, kBackends, queue_backend_name);
INSTANTIATE_TEST_SUITE_P(Sql, JobQueueVisibilityContract, kBackends, queue_backend_name);

TEST(SqlJobQueueOnPostgresql, ProcessesSideBySideGetDifferentMessages) {
  constexpr int kMessages = 400;
  constexpr int kProcesses = 6;
  const auto world = make_world();
  SqlQueueUnderTest publisher(world);
  std::vector<OutgoingMessage> messages;
  for (int i = 0; i < kMessages; ++i) messages.push_back({Lane::rest, std::to_string(i)});
  ASSERT_TRUE(publisher.queue().publish(messages));

  std::vector<std::vector<std::string>> received(kProcesses);
  {
    std::barrier start(kProcesses);
    std::vector<std::jthread> threads;
    for (auto& mine : received) {
      threads.emplace_back([&] {
        SqlQueueUnderTest process(world);
        start.arrive_and_wait();
        // Half of them stay in our hands: nobody else must get those either.
        while (const auto delivery = process.queue().receive(kNoWait).value()) {
          mine.push_back(delivery->body);
          EXPECT_EQ(delivery->deliveries, 1);
          const bool is_done = mine.size() % 2 == 0;
          EXPECT_TRUE(!is_done || process.queue().acknowledge(*delivery));
        }
      });
    }
  }
  std::multiset<std::string> all;
  for (const auto& mine : received) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), static_cast<std::size_t>(kMessages));
}

}  // namespace
}  // namespace sluice
