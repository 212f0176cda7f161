#include "queue/amqp/amqp_link.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/log.h"

namespace sluice {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long the destructor lets a call of before end in order.
constexpr milliseconds kGrace{1'000};

}  // namespace

AmqpLink::AmqpLink(AmqpLinkSettings settings, AmqpLinkUser& user)
    : settings_(std::move(settings)), user_(user), bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  thread_ = std::thread([this] { loop(); });
}

AmqpLink::~AmqpLink() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    lock.unlock();
    wake();
    lock.lock();
    if (!ended_.wait_for(lock, kGrace, [this] { return has_ended_; }) && descriptor_ >= 0) {
      ::shutdown(descriptor_, SHUT_RDWR);
    }
  }
  thread_.join();
}

void AmqpLink::wake() {
  const std::uint64_t one = 1;
  // It can only be full, and then it rings already.
  [[maybe_unused]] const auto written = ::write(bell_.get(), &one, sizeof(one));
}

Result<> AmqpLink::run(Command command) {
  std::future<Result<>> answer;
  {
    std::lock_guard lock(mutex_);
    Call call{std::move(command), {}, Steady::now() + settings_.limit};
    answer = call.answer.get_future();
    calls_.push_back(std::move(call));
  }
  wake();
  // Half as much again: the call's own time-out says more.
  if (answer.wait_for(settings_.limit * 3 / 2) == std::future_status::ready) return answer.get();
  return no_answer();
}

void AmqpLink::loop() {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    serve();
  }
  drop();
  std::lock_guard lock(mutex_);
  calls_.clear();
  has_ended_ = true;
  ended_.notify_all();
}

void AmqpLink::serve() {
  if (auto call = next_call()) {
    if (!connect()) return call->answer.set_value(fail(*fault_));
    call->answer.set_value(call->command(*broker_));
    if (broker_->broken()) drop();
    return;
  }
  if (!broker_ && user_.wants_connection()) connect();
  if (!broker_) {
    if (fault_) user_.wait_for_connection(*fault_);
    return sleep(user_.wants_connection() ? std::optional{next_attempt_} : std::nullopt);
  }
  (void)broker_->process();
  std::optional<AmqpLinkUser::Time> until;
  if (!broker_->broken()) until = user_.work(*broker_);
  if (broker_->broken()) return drop();
  sleep(until);
}

std::optional<AmqpLink::Call> AmqpLink::next_call() {
  std::lock_guard lock(mutex_);
  while (!calls_.empty()) {
    auto call = std::move(calls_.front());
    calls_.pop_front();
    if (call.give_up > Steady::now()) return call;
    call.answer.set_value(no_answer());
  }
  return std::nullopt;
}

tl::unexpected<Error> AmqpLink::no_answer() const {
  return fail(
      ErrorKind::unavailable, "queue_unavailable",
      fmt::format("The message broker at {} does not answer.", settings_.address.host_and_port()));
}

bool AmqpLink::connect() {
  if (broker_) return true;
  if (fault_ && Steady::now() < next_attempt_) return false;
  auto opened = AmqpConnection::open(settings_.address, settings_.limit);
  Result<> ready;
  if (opened) {
    {
      std::lock_guard lock(mutex_);
      descriptor_ = (*opened)->descriptor();
    }
    ready = user_.connected(**opened);
  } else {
    ready = fail(opened.error());
  }
  if (ready) {
    if (failures_ > 0) log_info("message broker is back", {{"for", settings_.name}});
    broker_ = std::move(*opened);
    fault_.reset();
    failures_ = 0;
    return true;
  }
  {
    std::lock_guard lock(mutex_);
    descriptor_ = -1;
  }
  if (failures_++ == 0) {
    log_warn("message broker can't be used", {{"for", settings_.name},
                                              {"error", ready.error().code},
                                              {"detail", ready.error().message}});
  }
  fault_ = ready.error();
  const auto pause = settings_.first_pause * (1 << std::min(failures_ - 1, 10));
  next_attempt_ = Steady::now() + std::min<milliseconds>(pause, settings_.longest_pause);
  return false;
}

void AmqpLink::drop() {
  if (!broker_) return;
  if (broker_->broken()) {
    log_warn("connection to the message broker lost",
             {{"for", settings_.name}, {"detail", broker_->fault().message}});
  }
  {
    // Held until the connection is gone: nobody shuts down a descriptor that is another's by then.
    std::lock_guard lock(mutex_);
    descriptor_ = -1;
    broker_.reset();
  }
  user_.lost();
}

void AmqpLink::sleep(std::optional<AmqpLinkUser::Time> until) {
  if (broker_ && broker_->has_more()) return;
  auto time = milliseconds{60'000};
  if (broker_) time = milliseconds{settings_.address.heartbeat} / 4;
  if (until) {
    time = std::min(time, std::chrono::ceil<milliseconds>(*until - Steady::now()));
  }
  std::array<pollfd, 2> waiting{pollfd{bell_.get(), POLLIN, 0},
                                pollfd{broker_ ? broker_->descriptor() : -1, POLLIN, 0}};
  ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<long>(0, time.count())));
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto read = ::read(bell_.get(), &rings, sizeof(rings));
}

}  // namespace sluice
