#include "http/loop.h"

#include <charconv>
#include <csignal>
#include <ctime>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "base/random.h"
#include "http/gathering.h"
#include "http/response_head.h"
#include "http/session.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;

milliseconds watch_interval(const ServerOptions& options) {
  const auto shortest =
      std::min({options.header_timeout, options.idle_timeout, options.stall_timeout});
  return std::clamp(shortest / 4, milliseconds{5}, milliseconds{1000});
}

// sendfile() to a peer that has gone raises it, and has no flag against that.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

Loop::Loop(Shared& shared) : shared_(shared), id_prefix_(random_id().substr(0, 12) + '-') {
  watch();
}

Loop::~Loop() = default;

void Loop::start() {
  thread_ = std::thread([this] { run(); });
}

void Loop::run() {
  block_sigpipe();
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      log_error("http loop fault", {{"error", e.what()}});
    }
  }
}

void Loop::adopt(UniqueFd socket, std::string remote_address) {
  auto begin = [this, fd = std::move(socket), address = std::move(remote_address)]() mutable {
    const auto session = std::make_shared<Session>(std::move(fd), std::move(address), *this);
    if (stopping_) return;
    const auto ended = [session](const std::exception_ptr& fault) {
      if (!fault) return;
      try {
        std::rethrow_exception(fault);
      } catch (const std::exception& e) {
        log_error("http connection fault", {{"error", e.what()}});
      }
    };
    asio::co_spawn(context_, session->run(), ended);
  };
  asio::post(context_, std::move(begin));
}

void Loop::remove(Session* session) {
  sessions_.erase(session);
  shared_.connections.fetch_sub(1, std::memory_order_relaxed);
  if (stopping_ && sessions_.empty()) {
    watch_timer_.cancel();
    stop_timer_.cancel();
  }
}

void Loop::watch() {
  watch_timer_.expires_after(watch_interval(shared_.options));
  watch_timer_.async_wait([this](const boost::system::error_code&) {
    const auto now = std::chrono::steady_clock::now();
    for (Session* session : sessions_) session->drop_if_too_slow(now);
    if (!stopping_ || !sessions_.empty()) watch();
  });
}

void Loop::stop(milliseconds grace) {
  asio::post(context_, [this, grace] { begin_stop(grace); });
}

void Loop::begin_stop(milliseconds grace) {
  stopping_ = true;
  for (Session* session : sessions_) session->finish_up();
  if (sessions_.empty()) {
    watch_timer_.cancel();
    return;
  }
  stop_timer_.expires_after(grace);
  stop_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    for (Session* session : sessions_) session->close();
  });
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

Gathering& Loop::gathering(const GroupHandler& handler) {
  auto& found = gatherings_[&handler];
  if (!found) {
    found = std::make_unique<Gathering>(handler, context_.get_executor(), shared_.pool);
  }
  return *found;
}

std::string_view Loop::date() {
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  if (now != date_second_) {
    date_second_ = now;
    date_ = http_date(now);
  }
  return date_;
}

void Loop::next_request_id(std::string& id) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, next_id_++, 36).ptr;
  id.assign(id_prefix_);
  id.append(digits, end);
}

}  // namespace sluice::http
