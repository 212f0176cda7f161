#include <sys/socket.h>

#include <cstring>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "http/session.h"

namespace sluice::http {
namespace {

constexpr std::size_t kBlockBytes = 512 * 1024;
constexpr std::chrono::seconds kMaxLinger{5};

Pace::Time now() { return std::chrono::steady_clock::now(); }

}  // namespace

// Makes place behind end_; false when the buffer is as large as it gets.
bool Session::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < buffer_.size()) return true;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  const std::size_t max = options_.max_header_bytes + 1;
  if (buffer_.size() >= max) return false;
  buffer_.resize(std::min(buffer_.size() * 2, max));
  return true;
}

Task<bool> Session::read_some() {
  if (!make_room()) co_return false;
  auto read = socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                                      asio::as_tuple(asio::deferred));
  const auto [ec, count] = co_await std::move(read);
  if (ec) {
    gone_ = true;
    co_return false;
  }
  end_ += count;
  pace_.received(static_cast<std::int64_t>(count));
  co_return true;
}

bool Session::awaits_continue() const {
  return parser_->is_http11() && begin_ == end_ && !request_.header("expect").empty();
}

Task<bool> Session::announce_continue() {
  if (unread_body_ == 0 || !awaits_continue()) co_return true;
  outgoing_.head() = "HTTP/1.1 100 Continue\r\n\r\n";
  pace_.sending(now());
  const bool sent = co_await flush();
  if (!sent) gone_ = true;
  co_return sent;
}

// The body of an ordinary request into request_.body. False: there is a refusal, or no connection.
Task<bool> Session::read_body() {
  const bool announced = co_await announce_continue();
  if (!announced) co_return false;
  pace_.receiving(now());
  parser_->eager(true);
  while (!parser_->is_done()) {
    boost::beast::error_code ec = boost::beast::http::error::need_more;
    if (begin_ < end_) {
      begin_ += parser_->put(asio::buffer(buffer_.data() + begin_, end_ - begin_), ec);
    }
    if (ec && ec != boost::beast::http::error::need_more) {
      const auto fault = parser_->fault(ec);
      refuse(fault.status, fault.code, fault.detail);
      unread_body_ = -1;
      co_return false;
    }
    if (parser_->is_done()) break;
    const bool more = co_await read_some();
    if (!more) {
      if (!gone_) refuse(400, "malformed_request", "A chunk's header is too long.");
      unread_body_ = -1;
      co_return false;
    }
  }
  pace_.unwatched();
  unread_body_ = 0;
  co_return true;
}

Task<void> Session::answer_upload() {
  if (request_.content_length < 0) {
    refuse(411, "length_required", "This path needs a Content-Length.");
    co_return;
  }
  SinkOrRefusal opened;
  const auto open = [&] {
    guarded([&] { opened = (*match_.upload)(request_); },
            [&] { opened.refusal = internal_problem(); });
  };
  call_.start(open);
  co_await call_.done();
  if (!opened.sink) {
    response_ = std::move(opened.refusal);
    co_return;
  }

  Result<> written;
  bool complete = false;
  const bool announced = co_await announce_continue();
  if (announced) complete = co_await receive(*opened.sink, written);
  pace_.unwatched();
  const auto end = [&] {
    guarded(
        [&] {
          if (complete) response_ = opened.sink->finish();
        },
        [&] { response_ = internal_problem(); });
    opened.sink.reset();
  };
  call_.start(end);
  co_await call_.done();
  if (!written) response_ = Response::problem(written.error());
}

// All of the announced body into the sink: one block is written while the next is received. False
// when the client went away or the sink failed.
Task<bool> Session::receive(BodySink& sink, Result<>& written) {
  std::array<Block, 2> blocks;
  std::size_t turn = 0;
  bool received = true;
  while (unread_body_ > 0) {
    Block& block = blocks[turn];
    turn ^= 1;
    pace_.receiving(now());
    received = co_await fill(block);
    pace_.unwatched();
    co_await call_.done();
    if (!received || !written) break;
    const auto write = [&sink, &written, &block, this] {
      guarded(
          [&] {
            written = sink.write({block.bytes.get(), block.size});
          },
          [&] {
            written =
                fail(ErrorKind::internal, "internal_error", "Something went wrong on our side.");
          });
    };
    call_.start(write);
  }
  co_await call_.done();
  co_return received&& written.has_value();
}

Task<bool> Session::fill(Block& block) {
  const auto size =
      static_cast<std::size_t>(std::min(unread_body_, static_cast<std::int64_t>(kBlockBytes)));
  if (!block.bytes) block.bytes = std::make_unique_for_overwrite<char[]>(size);
  block.size = std::min(size, end_ - begin_);
  std::memcpy(block.bytes.get(), buffer_.data() + begin_, block.size);
  begin_ += block.size;
  while (block.size < size) {
    auto read =
        socket_.async_read_some(asio::buffer(block.bytes.get() + block.size, size - block.size),
                                asio::as_tuple(asio::deferred));
    const auto [ec, count] = co_await std::move(read);
    if (ec) {
      gone_ = true;
      co_return false;
    }
    block.size += count;
    pace_.received(static_cast<std::int64_t>(count));
  }
  unread_body_ -= static_cast<std::int64_t>(size);
  co_return true;
}

// What is left of a refused body, when it is short enough to keep the connection for.
Task<void> Session::discard_rest() {
  pace_.until(now() + options_.stall_timeout);
  while (unread_body_ > 0) {
    const auto here = std::min(static_cast<std::int64_t>(end_ - begin_), unread_body_);
    begin_ += static_cast<std::size_t>(here);
    unread_body_ -= here;
    if (unread_body_ == 0) break;
    const bool more = co_await read_some();
    if (!more) co_return;
  }
  pace_.until(now() + options_.idle_timeout);
}

// Closing a socket with unread bytes resets the connection, and the client may lose the response.
Task<void> Session::linger() {
  if (unread_body_ == 0 || gone_) co_return;
  ::shutdown(socket_.native_handle(), SHUT_WR);
  pace_.until(now() + kMaxLinger);
  for (bool more = true; more;) {
    begin_ = end_ = 0;
    more = co_await read_some();
  }
}

}  // namespace sluice::http
