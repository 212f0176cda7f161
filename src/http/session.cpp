#include "http/session.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "base/log.h"
#include "http/gathering.h"

namespace sluice::http {
namespace {

constexpr std::size_t kFirstBufferBytes = 4096;

Pace::Time now() { return std::chrono::steady_clock::now(); }

bool is_100_continue(std::string_view expect) {
  return boost::beast::iequals({expect.data(), expect.size()}, "100-continue");
}

}  // namespace

Session::Session(UniqueFd socket, std::string remote_address, Loop& loop)
    : loop_(loop),
      options_(loop.shared().options),
      socket_(loop.context()),
      pause_(loop.context()),
      call_(loop.context().get_executor(), loop.shared().pool),
      pace_(options_.stall_timeout, options_.min_body_bytes_per_second),
      buffer_(kFirstBufferBytes) {
  loop_.add(this);
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  socket_.assign(asio::ip::tcp::v4(), socket.release());
  socket_.non_blocking(true);
  request_.remote_address = std::move(remote_address);
}

Session::~Session() { loop_.remove(this); }

Task<void> Session::run() {
  const auto alive = shared_from_this();
  pace_.until(now() + options_.idle_timeout);
  while (!gone_) {
    const Head head = read_head();
    if (head == Head::partial) {
      // As read_some(), but without a coroutine of its own: this is the path of every request.
      if (!make_room()) co_return;
      auto read =
          socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                                  asio::as_tuple(asio::deferred));
      const auto [ec, count] = co_await std::move(read);
      if (ec) co_return;
      end_ += count;
      continue;
    }
    begin_request(head);
    if (head == Head::complete && !answer_at_once()) co_await answer();
    if (gone_) co_return;
    if (!begin_response() || outgoing_.push(socket_.native_handle()) != Outgoing::Progress::done) {
      co_await send_rest();
    }
    end_response();
    if (!keep_ || loop_.stopping()) {
      co_await linger();
      co_return;
    }
    if (unread_body_ > 0) co_await discard_rest();
  }
}

Session::Head Session::read_head() {
  if (begin_ == end_) return Head::partial;
  if (!parser_) {
    // RFC 9112 section 2.2: empty lines before a request line are ignored.
    while (begin_ < end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
    if (begin_ == end_) return Head::partial;
    parser_.emplace(request_, options_.max_header_bytes);
    pace_.until(now() + options_.header_timeout);
  }
  boost::beast::error_code ec;
  begin_ += parser_->put(asio::buffer(buffer_.data() + begin_, end_ - begin_), ec);
  if (ec == boost::beast::http::error::need_more) return Head::partial;
  if (!ec) return Head::complete;
  const auto fault = parser_->fault(ec);
  refuse(fault.status, fault.code, fault.detail);
  return Head::malformed;
}

void Session::begin_request(Head head) {
  in_hand_ = true;
  started_ = now();
  sent_before_ = outgoing_.sent_bytes();
  pace_.unwatched();
  loop_.next_request_id(request_.id);
  if (head == Head::malformed) {
    // Where the next request would begin is unknown.
    unread_body_ = -1;
    keep_ = false;
    match_ = Router::Match{};
    return;
  }
  keep_ = parser_->keep_alive();
  unread_body_ = parser_->is_done() ? 0 : request_.content_length;
  match_ = loop_.shared().router.match(request_.method, request_.path);
  std::swap(request_.params, match_.params);
}

bool Session::answer_at_once() {
  if (unread_body_ != 0 || match_.upload != nullptr || match_.group != nullptr) return false;
  if (match_.handler != nullptr && !match_.options.quick) return false;
  response_ = match_.handler != nullptr ? call_handler() : std::move(match_.refusal);
  return true;
}

Task<void> Session::answer() {
  const auto expect = request_.header("expect");
  if (match_.handler == nullptr && match_.group == nullptr && match_.upload == nullptr) {
    response_ = std::move(match_.refusal);
  } else if (!expect.empty() && !is_100_continue(expect)) {
    refuse(417, "expectation_failed", "Only 100-continue can be expected.");
  } else if (match_.upload != nullptr) {
    co_await answer_upload();
  } else {
    co_await answer_ordinary();
  }
}

Task<void> Session::answer_ordinary() {
  const auto max = match_.options.max_body_bytes;
  if (request_.content_length > static_cast<std::int64_t>(max)) {
    refuse(413, "body_too_large", "The body is too large.");
    co_return;
  }
  if (unread_body_ != 0) {
    parser_->set_max_body_bytes(max);
    const bool read = co_await read_body();
    if (!read) co_return;
  }
  if (match_.options.quick) {
    response_ = call_handler();
    co_return;
  }
  if (match_.group != nullptr) {
    call_.begin();
    loop_.gathering(*match_.group).add({&request_, &response_, &call_});
  } else {
    const auto work = [this] { response_ = call_handler(); };
    call_.start(work);
  }
  co_await call_.done();
}

Response Session::call_handler() const {
  Response response;
  const auto call = [&] { response = (*match_.handler)(request_); };
  guarded(call, [&] { response = internal_problem(); });
  return response;
}

void Session::log_fault(std::string_view what) const {
  log_error("request handler threw",
            {{"request_id", request_.id}, {"route", match_.pattern}, {"error", what}});
}

Response internal_problem() {
  return Response::problem(500, "internal_error", "Something went wrong on our side.");
}

void Session::refuse(int status, std::string_view code, std::string_view detail) {
  response_ = Response::problem(status, code, detail);
}

void Session::drop_if_too_slow(Pace::Time time) {
  int unsent = 0;
  if (pace_.is_sending()) ::ioctl(socket_.native_handle(), SIOCOUTQ, &unsent);
  if (!pace_.too_slow(time, unsent)) return;
  const bool awaits_head = parser_ && !in_hand_;
  if (awaits_head || pace_.is_receiving()) {
    constexpr std::string_view kTimeout =
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    ::send(socket_.native_handle(), kTimeout.data(), kTimeout.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  close();
}

void Session::finish_up() {
  if (!in_hand_) return close();
  pause_.cancel();
}

void Session::close() {
  gone_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

}  // namespace sluice::http
