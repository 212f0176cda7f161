// Messages per second through a JobQueue: `queue_speed URL` with sqlite:FILE, postgresql://…,
// amqp://… or sqs://…, on a queue that is empty at first, and has messages in it afterwards. Prints
// JSON; takes some twenty seconds.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "aws/aws_client.h"
#include "aws/credentials.h"
#include "queue/amqp/amqp_job_queue.h"
#include "queue/sql/sql_job_queue.h"
#include "queue/sqs/sqs_job_queue.h"

namespace sluice {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPhase{3};
constexpr std::size_t kBatch = 100;
constexpr int kMostMessages = 10'000;
constexpr int kWakes = 20;
// What a task message looks like.
const std::string kBody(230, 'x');

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  throw std::runtime_error(result.error().message);
}
void must(Result<> result) {
  if (!result) throw std::runtime_error(result.error().message);
}

// A queue and what it needs, for as long as it is used.
struct Opened {
  SystemClock clock;
  std::unique_ptr<SqlDatabase> database;
  HttpClient http;
  std::unique_ptr<CredentialChain> credentials;
  std::unique_ptr<AwsClient> aws;
  std::unique_ptr<JobQueue> queue;
};

std::unique_ptr<Opened> open(const std::string& url) {
  auto made = std::make_unique<Opened>();
  if (url.starts_with("amqp")) {
    made->queue = std::make_unique<AmqpJobQueue>(must(parse_amqp_url(url)), made->clock);
  } else if (url.starts_with("sqs")) {
    auto options = must(parse_sqs_url(url));
    AwsClientOptions client;
    client.scope = sqs_scope(options.region);
    made->credentials = std::make_unique<CredentialChain>(made->clock);
    made->aws = std::make_unique<AwsClient>(made->http, *made->credentials, made->clock, client);
    made->queue = std::make_unique<SqsJobQueue>(*made->aws, made->clock, std::move(options));
  } else {
    made->database = must(SqlDatabase::open(url));
    made->queue = std::make_unique<SqlJobQueue>(*made->database, made->clock);
  }
  must(made->queue->depth());  // connected, and everything declared
  return made;
}

double per_second(int count, Steady::time_point start) {
  return count / std::chrono::duration<double>(Steady::now() - start).count();
}

double publish(JobQueue& queue, std::size_t at_once) {
  const std::vector<OutgoingMessage> messages(at_once, {Lane::rest, kBody});
  const auto start = Steady::now();
  int count = 0;
  while (Steady::now() < start + kPhase && count < kMostMessages) {
    must(queue.publish(messages));
    count += static_cast<int>(at_once);
  }
  return per_second(count, start);
}

// Received and acknowledged, by so many workers' threads.
double take(JobQueue& queue, int takers) {
  std::atomic<int> count = 0;
  const auto start = Steady::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < takers; ++i) {
      threads.emplace_back([&] {
        while (Steady::now() < start + kPhase) {
          const auto delivery = must(queue.receive(milliseconds{0}));
          if (!delivery) return;
          must(queue.acknowledge(*delivery));
          ++count;
        }
      });
    }
  }
  return per_second(count, start);
}

// From publishing to a worker that waits: milliseconds, the quickest first.
std::vector<double> wakes(Opened& publisher, Opened& worker) {
  std::vector<double> times;
  for (int i = 0; i < kWakes; ++i) {
    auto received = std::async(std::launch::async, [&] {
      const auto delivery = must(worker.queue->receive(seconds{20}));
      const auto now = Steady::now();
      if (delivery) must(worker.queue->acknowledge(*delivery));
      return now;
    });
    std::this_thread::sleep_for(milliseconds{20});
    const auto start = Steady::now();
    must(publisher.queue->publish(Lane::first, kBody));
    times.push_back(std::chrono::duration<double, std::milli>(received.get() - start).count());
  }
  std::ranges::sort(times);
  return times;
}

int run(const std::string& url) {
  const auto publisher = open(url);
  const auto worker = open(url);
  const auto woken = wakes(*publisher, *worker);
  const double one = publish(*publisher->queue, 1);
  const double many = publish(*publisher->queue, kBatch);
  const double taken = take(*worker->queue, 1);
  const double taken_by_four = take(*worker->queue, 4);
  fmt::print(
      "{{\"publish\": {:.0f}, \"publish_batches\": {:.0f}, \"take\": {:.0f}, \"take_four\": "
      "{:.0f}, "
      "\"wake_median_ms\": {:.2f}, \"wake_worst_ms\": {:.2f}}}\n",
      one, many, taken, taken_by_four, woken[woken.size() / 2], woken.back());
  return 0;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: queue_speed URL\n");
    return 2;
  }
  try {
    return sluice::run(argv[1]);
  } catch (const std::exception& fault) {
    fmt::print(stderr, "queue_speed: {}\n", fault.what());
    return 1;
  }
}
