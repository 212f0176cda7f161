// For tests: the broker that tests/services started, and queues of a test's own on it.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "base/random.h"
#include "queue/amqp/amqp_queues.h"

namespace sluice {

inline std::string test_service(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value) {
    ADD_FAILURE() << variable << " is not set. Run this program as ctest does: "
                  << "tests/services/with.py rabbitmq -- PROGRAM";
    return "amqp://127.0.0.1:1/";
  }
  return value;
}

// A prefix that nobody else has; its queues are removed at the end.
class TestQueues {
 public:
  TestQueues() : address_(parse_amqp_url(test_service("SLUICE_TEST_AMQP")).value()) {
    address_.prefix = "test-" + random_id();
  }
  ~TestQueues() {
    const auto broker = AmqpConnection::open(address_, std::chrono::seconds{10});
    if (!broker) return;
    const AmqpQueues queues{address_.prefix};
    for (const auto& name : queues.all()) (void)(*broker)->remove_queue(name);
    (void)(*broker)->remove_exchange(queues.dead());
  }
  TestQueues(const TestQueues&) = delete;
  TestQueues& operator=(const TestQueues&) = delete;

  AmqpAddress& address() { return address_; }

 private:
  AmqpAddress address_;
};

}  // namespace sluice
