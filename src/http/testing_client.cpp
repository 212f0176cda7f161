#include "http/testing_client.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace sluice::http::testing {
namespace {

constexpr timeval kPatience{10, 0};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

}  // namespace

Client::Client(int port, int receive_buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
  }
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("can't connect");
  }
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::receive() {
  char block[65536];
  const auto count = ::recv(socket_.get(), block, sizeof block, 0);
  if (count <= 0) return false;
  received_.append(block, static_cast<std::size_t>(count));
  return true;
}

std::string Client::read_some() {
  if (received_.empty()) receive();
  return std::exchange(received_, {});
}

std::string Client::take(std::size_t count) {
  while (received_.size() < count && receive()) {
  }
  std::string bytes = received_.substr(0, count);
  received_.erase(0, bytes.size());
  return bytes;
}

std::string Client::read_line() {
  std::size_t end = 0;
  while ((end = received_.find('\n')) == std::string::npos && receive()) {
  }
  return take(end == std::string::npos ? received_.size() : end + 1);
}

bool Client::closed_by_server() {
  char byte;
  const auto count = received_.empty() ? ::recv(socket_.get(), &byte, 1, 0) : 1;
  return count == 0 || (count < 0 && errno == ECONNRESET);
}

void Client::finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }

std::string Client::read_chunks(bool& whole) {
  std::string body;
  for (;;) {
    const auto line = read_line();
    if (line.empty()) return body;
    const auto size = std::stoul(line, nullptr, 16);
    const auto chunk = take(size + 2);
    if (chunk.size() < size + 2) return body;
    body += chunk.substr(0, size);
    if (size == 0) {
      whole = true;
      return body;
    }
  }
}

Reply Client::read(bool head_only) {
  Reply reply;
  const auto status_line = read_line();
  if (!status_line.starts_with("HTTP/1.1 ")) return reply;
  reply.status = std::stoi(status_line.substr(9, 3));
  for (;;) {
    const auto line = read_line();
    if (line == "\r\n" || line.empty()) break;
    const auto colon = line.find(':');
    reply.headers[lower(line.substr(0, colon))] = line.substr(colon + 2, line.size() - colon - 4);
  }
  if (head_only || reply.status == 304 || reply.status == 204 || reply.status == 100) {
    reply.whole = true;
  } else if (reply.headers.contains("transfer-encoding")) {
    reply.body = read_chunks(reply.whole);
  } else if (reply.headers.contains("content-length")) {
    const auto size = std::stoul(reply.headers["content-length"]);
    reply.body = take(size);
    reply.whole = reply.body.size() == size;
  }
  return reply;
}

Reply Client::get(std::string_view target, std::string_view headers) {
  return request("GET", target, headers);
}

Reply Client::request(std::string_view method, std::string_view target, std::string_view headers,
                      std::string_view body) {
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}", method, target, headers);
  if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
  send(text + "\r\n" + std::string(body));
  return read(method == "HEAD");
}

RunningServer::RunningServer(Router router, ServerOptions options) : router_(std::move(router)) {
  options.listen = "127.0.0.1:0";
  const auto on_access = [this](const Access& access) {
    const std::lock_guard lock(mutex_);
    seen_.push_back({std::string(access.method), std::string(access.pattern),
                     std::string(access.path), std::string(access.request_id), access.status,
                     access.bytes_sent});
    changed_.notify_all();
  };
  server_ = Server::bind(options, router_, on_access).value();
  server_->start();
}

RunningServer::~RunningServer() { server_->stop(std::chrono::milliseconds{0}); }

SeenAccess RunningServer::access(std::size_t index) {
  std::unique_lock lock(mutex_);
  const auto there = [&] { return seen_.size() > index; };
  if (!changed_.wait_for(lock, std::chrono::seconds{10}, there)) return {};
  return seen_[index];
}

void Signal::raise() {
  const std::lock_guard lock(mutex_);
  raised_ = true;
  changed_.notify_all();
}

bool Signal::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return raised_; });
}

Result<std::size_t> MemorySource::read_at(std::int64_t offset, std::span<char> into) const {
  const auto at = std::min(static_cast<std::size_t>(offset), bytes_.size());
  return bytes_.copy(into.data(), into.size(), at);
}

TemporaryFile::TemporaryFile(std::string_view bytes)
    : size_(static_cast<std::int64_t>(bytes.size())) {
  char name[] = "/tmp/sluice-http-test-XXXXXX";
  file_.reset(::mkstemp(name));
  ::unlink(name);
  while (!bytes.empty()) {
    const auto written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written <= 0) throw std::runtime_error("can't write a temporary file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<std::size_t> TemporaryFile::read_at(std::int64_t offset, std::span<char> into) const {
  const auto count = ::pread(file_.get(), into.data(), into.size(), offset);
  if (count < 0) return fail(ErrorKind::internal, "read_failed", "The file can't be read.");
  return static_cast<std::size_t>(count);
}

std::string pattern_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (auto& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

}  // namespace sluice::http::testing
