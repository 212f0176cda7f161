// A connection to the broker that is kept: the thread that owns it, its heartbeats, and a new
// connection when it is lost.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/unique_fd.h"
#include "queue/amqp/amqp_connection.h"

namespace sluice {

struct AmqpLinkSettings {
  std::string name;  // in logs
  AmqpAddress address;
  // For a call, and for each step of it that waits for the broker: one that is frozen, or a queue
  // that has no leader, never says no.
  std::chrono::milliseconds limit{10'000};
  // Between attempts to connect, doubling.
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{5'000};
};

// What happens on the link's thread besides the commands.
class AmqpLinkUser {
 public:
  virtual ~AmqpLinkUser() = default;

  // A new connection: nothing of what the one before had in hand is ours any more.
  virtual Result<> connected(AmqpConnection& broker) = 0;
  virtual void lost() {}

  // Something may have happened. When does it want to be asked again, whatever happens?
  using Time = std::chrono::steady_clock::time_point;
  virtual std::optional<Time> work(AmqpConnection&) { return std::nullopt; }
  // The same while there is no connection, and why not.
  virtual void wait_for_connection(const Error&) {}
  virtual bool wants_connection() { return false; }
};

// Thread-safe.
class AmqpLink {
 public:
  // Connects when something is wanted of it. `user` must outlive it.
  AmqpLink(AmqpLinkSettings settings, AmqpLinkUser& user);
  ~AmqpLink();

  // Runs on the link's thread; `unavailable` when there is no connection or no answer in time. It
  // may still run after that, so it must own what it uses.
  using Command = std::function<Result<>(AmqpConnection&)>;
  Result<> run(Command command);

  // The user has something to do.
  void wake();

 private:
  struct Call {
    Command command;
    std::promise<Result<>> answer;
    std::chrono::steady_clock::time_point give_up;
  };

  void loop();
  void serve();
  std::optional<Call> next_call();
  bool connect();
  void drop();
  tl::unexpected<Error> no_answer() const;
  void sleep(std::optional<AmqpLinkUser::Time> until);

  const AmqpLinkSettings settings_;
  AmqpLinkUser& user_;
  UniqueFd bell_;

  // Of the thread.
  std::unique_ptr<AmqpConnection> broker_;
  std::optional<Error> fault_;  // of the last attempt to connect
  int failures_ = 0;
  AmqpLinkUser::Time next_attempt_{};

  std::mutex mutex_;
  std::condition_variable ended_;
  std::deque<Call> calls_;
  int descriptor_ = -1;  // of the connection, to end a wait from outside
  bool stopping_ = false;
  bool has_ended_ = false;
  std::thread thread_;
};

}  // namespace sluice
