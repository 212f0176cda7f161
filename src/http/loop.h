// One I/O thread: its event loop and the connections that live on it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/unique_fd.h"
#include "http/server.h"

namespace sluice::http {

namespace asio = boost::asio;

// Concrete executors: the type-erased ones cost a call on every operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T>
using Task = asio::awaitable<T, Executor>;

class Gathering;
class Session;

// What all loops share.
struct Shared {
  ServerOptions options;
  const Router& router;
  std::function<void(const Access&)> on_access;
  asio::thread_pool pool;
  std::atomic<int> connections{0};

  Shared(ServerOptions o, const Router& r, std::function<void(const Access&)> a)
      : options(std::move(o)),
        router(r),
        on_access(std::move(a)),
        pool(static_cast<std::size_t>(std::max(1, options.pool_threads))) {}
};

// Everything but start(), adopt(), stop() and join() happens on the loop's own thread.
class Loop {
 public:
  explicit Loop(Shared& shared);
  ~Loop();

  void start();
  void adopt(UniqueFd socket, std::string remote_address);  // counted in shared.connections
  void stop(std::chrono::milliseconds grace);
  void join();

  asio::io_context& context() { return context_; }
  Shared& shared() { return shared_; }
  bool stopping() const { return stopping_; }

  void add(Session* session) { sessions_.insert(session); }
  void remove(Session* session);

  Gathering& gathering(const GroupHandler& handler);  // of this route's requests

  std::string_view date();             // now, as an HTTP date
  void next_request_id(std::string&);  // unique among all loops

 private:
  void run();
  void watch();
  void begin_stop(std::chrono::milliseconds grace);

  Shared& shared_;
  std::unordered_set<Session*> sessions_;
  bool stopping_ = false;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::string id_prefix_;
  std::unordered_map<const GroupHandler*, std::unique_ptr<Gathering>> gatherings_;
  std::uint64_t next_id_ = 0;
  asio::io_context context_{1};
  Timer watch_timer_{context_};
  Timer stop_timer_{context_};
  std::thread thread_;
};

}  // namespace sluice::http
