#include "http/server.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>
#include <ctime>

#include <boost/asio/ip/tcp.hpp>

#include "base/log.h"
#include "http/listen_address.h"
#include "http/loop.h"
#include "http/response_head.h"

namespace sluice::http {
namespace {

std::string address_text(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&peer);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  } else {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&peer);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  }
  return text;
}

void turn_away(int socket) {
  auto response = Response::problem(503, "too_many_connections", "There are too many connections.");
  response.set("Retry-After", "1");
  const auto& body = std::get<std::string>(response.body);
  HeadFacts facts;
  const auto date = http_date(std::time(nullptr));
  facts.date = date;
  facts.request_id = "none";
  facts.persistence = Persistence::close;
  facts.content_length = static_cast<std::int64_t>(body.size());
  std::string text;
  append_head(text, response, facts);
  text += body;
  ::send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

class Server::Impl {
 public:
  Impl(UniqueFd listener, ServerOptions options, const Router& router,
       std::function<void(const Access&)> on_access)
      : shared_(std::move(options), router, std::move(on_access)) {
    for (int at = 0; at < std::max(1, shared_.options.io_threads); ++at) {
      loops_.push_back(std::make_unique<Loop>(shared_));
    }
    port_ = local_port(listener.get());
    acceptor_.emplace(loops_.front()->context());
    acceptor_->assign(asio::ip::tcp::v4(), listener.release());
    retry_.emplace(loops_.front()->context());
    accept_when_ready();
  }

  ~Impl() {
    stop(std::chrono::milliseconds{0});
    acceptor_.reset();
    retry_.reset();
  }

  void start() {
    for (auto& loop : loops_) loop->start();
  }

  void stop(std::chrono::milliseconds grace) {
    if (std::exchange(stopped_, true)) return;
    asio::post(loops_.front()->context(), [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
      retry_->cancel();
    });
    for (auto& loop : loops_) loop->stop(grace);
    for (auto& loop : loops_) loop->join();
    shared_.pool.join();
  }

  int port() const { return port_; }

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

  void accept_when_ready() {
    acceptor_->async_wait(Acceptor::wait_read, [this](const boost::system::error_code& ec) {
      if (!ec && acceptor_->is_open()) accept_all();
    });
  }

  // By accept4, so that no child process inherits a connection.
  void accept_all() {
    for (;;) {
      sockaddr_storage peer{};
      socklen_t size = sizeof peer;
      UniqueFd socket(::accept4(acceptor_->native_handle(), reinterpret_cast<sockaddr*>(&peer),
                                &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket && (errno == EINTR || errno == ECONNABORTED)) continue;
      if (!socket && errno == EAGAIN) return accept_when_ready();
      if (!socket) return accept_later();
      if (shared_.connections.fetch_add(1) >= shared_.options.max_connections) {
        shared_.connections.fetch_sub(1);
        turn_away(socket.get());
        continue;
      }
      loops_[next_loop_++ % loops_.size()]->adopt(std::move(socket), address_text(peer));
    }
  }

  // Out of descriptors or memory: connections that end will free some.
  void accept_later() {
    log_warn("can't accept connections", {{"errno", errno}});
    retry_->expires_after(std::chrono::milliseconds{100});
    retry_->async_wait([this](const boost::system::error_code& ec) {
      if (!ec) accept_all();
    });
  }

  Shared shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::optional<Acceptor> acceptor_;  // on the first loop
  std::optional<Timer> retry_;
  std::size_t next_loop_ = 0;
  int port_ = 0;
  bool stopped_ = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::bind(ServerOptions options, const Router& router,
                                             std::function<void(const Access&)> on_access) {
  SLUICE_TRY_ASSIGN(auto listener, listen_on(options.listen));
  auto impl =
      std::make_unique<Impl>(std::move(listener), std::move(options), router, std::move(on_access));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::start() { impl_->start(); }
void Server::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }
int Server::port() const { return impl_->port(); }

}  // namespace sluice::http
