#include <cerrno>

#include <sys/socket.h>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "http/session.h"

namespace sluice::http {
namespace {

constexpr std::int64_t kMaxCopiedBytes = 64 * 1024;     // larger bodies go by sendfile
constexpr std::int64_t kPoolBlockBytes = 256 * 1024;    // read at a time without a descriptor
constexpr std::int64_t kMaxDiscardedBytes = 64 * 1024;  // of a refused body
constexpr std::size_t kMaxIdleBodyCapacity = 16 * 1024;
constexpr std::chrono::seconds kKeepAliveInterval{15};  // of an event stream
constexpr std::chrono::milliseconds kPeerCheckInterval{1000};

Pace::Time now() { return std::chrono::steady_clock::now(); }

bool never_has_body(int status) { return status == 204 || status == 304 || status < 200; }

// The whole of `into`, or false.
bool read_fully(const ByteSource& source, std::int64_t offset, std::span<char> into) {
  while (!into.empty()) {
    const auto count = source.read_at(offset, into);
    if (!count || *count == 0) return false;
    offset += static_cast<std::int64_t>(*count);
    into = into.subspan(*count);
  }
  return true;
}

void append_chunk(std::string& out, std::string_view bytes) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", bytes.size(), bytes);
}

}  // namespace

bool Session::begin_response() {
  if (loop_.stopping() || unread_body_ < 0 || unread_body_ > kMaxDiscardedBytes ||
      (unread_body_ > 0 && awaits_continue())) {
    keep_ = false;
  }
  HeadFacts facts;
  const bool wants_body = request_.method != "HEAD" && !never_has_body(response_.status);
  bool all_here = true;
  if (auto* text = std::get_if<std::string>(&response_.body)) {
    if (!never_has_body(response_.status)) {
      facts.content_length = static_cast<std::int64_t>(text->size());
    }
    if (wants_body) outgoing_.body().swap(*text);
  } else if (const auto* source = std::get_if<SourceBody>(&response_.body)) {
    facts.content_length = source->length;
    if (wants_body) {
      all_here = source->source->descriptor() >= 0;
      if (all_here && !begin_source(*source)) {
        response_ = internal_problem();
        return begin_response();
      }
    }
  } else {
    facts.chunked = wants_body && parser_->is_http11();
    if (!facts.chunked) keep_ = false;
    response_.set("Content-Type", "text/event-stream");
    response_.set("Cache-Control", "no-cache");
    response_.set("X-Accel-Buffering", "no");
    all_here = !wants_body;
  }
  facts.date = loop_.date();
  facts.request_id = request_.id;
  facts.persistence = !keep_                             ? Persistence::close
                      : parser_ && !parser_->is_http11() ? Persistence::keep_explicit
                                                         : Persistence::keep;
  append_head(outgoing_.head(), response_, facts);
  return all_here;
}

// A body with a descriptor: small ones are copied into the same write as the head.
bool Session::begin_source(const SourceBody& body) {
  if (body.length > kMaxCopiedBytes) {
    outgoing_.set_file(body.source->descriptor(), body.offset, body.length);
    return true;
  }
  auto& copy = outgoing_.body();
  copy.resize(static_cast<std::size_t>(body.length));
  if (read_fully(*body.source, body.offset, copy)) return true;
  copy.clear();
  log_error("stored bytes are missing", {{"request_id", request_.id}, {"route", match_.pattern}});
  return false;
}

Task<void> Session::send_rest() {
  pace_.sending(now());
  bool sent = false;
  const bool wants_body = request_.method != "HEAD" && !never_has_body(response_.status);
  auto* source = std::get_if<SourceBody>(&response_.body);
  auto* feed = std::get_if<EventFeed>(&response_.body);
  if (wants_body && source != nullptr && source->source->descriptor() < 0) {
    sent = co_await send_source(*source);
  } else if (wants_body && feed != nullptr) {
    sent = co_await send_events(*feed);
  } else {
    sent = co_await flush();
  }
  if (!sent) gone_ = true;
}

Task<bool> Session::flush() {
  for (;;) {
    const auto before = outgoing_.sent_bytes();
    const auto progress = outgoing_.push(socket_.native_handle());
    if (progress == Outgoing::Progress::done) co_return true;
    if (progress == Outgoing::Progress::failed) co_return false;
    if (outgoing_.sent_bytes() > before) pace_.sending(now());
    if (progress == Outgoing::Progress::blocked) {
      auto writable = socket_.async_wait(Socket::wait_write, asio::as_tuple(asio::deferred));
      const auto [ec] = co_await std::move(writable);
      if (ec) co_return false;
    } else {
      auto later = asio::post(socket_.get_executor(), asio::deferred);
      co_await std::move(later);
    }
  }
}

Task<bool> Session::send_source(SourceBody body) {
  bool begun = false;
  std::string block;
  while (body.length > 0) {
    block.resize(static_cast<std::size_t>(std::min(body.length, kPoolBlockBytes)));
    bool read = false;
    const auto work = [&] {
      guarded([&] { read = read_fully(*body.source, body.offset, block); }, [&] { read = false; });
    };
    pace_.unwatched();
    call_.start(work);
    co_await call_.done();
    pace_.sending(now());
    if (!read) {
      if (begun) co_return false;
      outgoing_.head().clear();
      response_ = Response::problem(503, "storage_unavailable", "The object can't be read now.");
      begin_response();
      const bool told = co_await flush();
      co_return told;
    }
    body.offset += static_cast<std::int64_t>(block.size());
    body.length -= static_cast<std::int64_t>(block.size());
    outgoing_.body().swap(block);
    const bool sent = co_await flush();
    if (!sent) co_return false;
    begun = true;
  }
  const bool sent = co_await flush();
  co_return sent;
}

Task<bool> Session::send_events(EventFeed feed) {
  const bool chunked = parser_->is_http11();
  auto quiet_since = now();
  bool going = co_await flush();
  if (!going) co_return false;
  for (;;) {
    EventFeed::Poll poll;
    const auto work = [&] { guarded([&] { poll = feed.poll(); }, [&] { poll.last = true; }); };
    pace_.unwatched();
    call_.start(work);
    co_await call_.done();
    if (peer_is_gone()) co_return false;

    if (poll.text.empty() && now() - quiet_since >= kKeepAliveInterval) poll.text = ": \n\n";
    const bool last = poll.last || loop_.stopping();
    if (!poll.text.empty()) {
      quiet_since = now();
      if (chunked)
        append_chunk(outgoing_.body(), poll.text);
      else
        outgoing_.body() += poll.text;
    }
    if (last && chunked) outgoing_.body() += "0\r\n\r\n";
    pace_.sending(now());
    going = co_await flush();
    if (!going) co_return false;
    if (last) co_return true;
    pace_.unwatched();
    going = co_await pause(feed.interval);
    if (!going) co_return false;
  }
}

// False when the client goes away in the meantime. Ends early when the server stops.
Task<bool> Session::pause(std::chrono::milliseconds length) {
  const auto end = now() + length;
  while (!loop_.stopping() && now() < end) {
    pause_.expires_at(std::min(end, now() + kPeerCheckInterval));
    auto wait = pause_.async_wait(asio::as_tuple(asio::deferred));
    co_await std::move(wait);
    if (peer_is_gone()) co_return false;
  }
  co_return true;
}

bool Session::peer_is_gone() {
  char byte;
  const auto count =
      ::recv(socket_.native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT | MSG_NOSIGNAL);
  return gone_ || count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

void Session::end_response() {
  const auto time = now();
  const auto& shared = loop_.shared();
  if (shared.on_access) {
    Access access;
    access.method = request_.method;
    access.pattern = match_.pattern;
    access.path = request_.path;
    access.remote_address = request_.remote_address;
    access.request_id = request_.id;
    access.status = response_.status;
    access.bytes_sent = outgoing_.sent_bytes() - sent_before_;
    access.duration = std::chrono::duration_cast<std::chrono::microseconds>(time - started_);
    shared.on_access(access);
  }
  response_ = Response{};
  if (request_.body.capacity() > kMaxIdleBodyCapacity) request_.body = std::string();
  parser_.reset();
  in_hand_ = false;
  pace_.until(time + options_.idle_timeout);
}

}  // namespace sluice::http
