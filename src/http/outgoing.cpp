#include "http/outgoing.h"

#include <algorithm>
#include <cerrno>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace sluice::http {
namespace {

constexpr std::int64_t kMaxFileBytesPerPush = 2 << 20;
constexpr std::size_t kMaxIdleCapacity = 16 * 1024;

// Keeps small buffers for the next response and gives large ones back.
void forget(std::string& text) {
  if (text.capacity() > kMaxIdleCapacity) {
    text = std::string();
  } else {
    text.clear();
  }
}

}  // namespace

void Outgoing::set_file(int fd, std::int64_t offset, std::int64_t length) {
  file_ = fd;
  file_offset_ = offset;
  file_left_ = length;
}

Outgoing::Progress Outgoing::push(int socket) {
  if (!head_.empty() || !body_.empty()) {
    const auto progress = push_text(socket);
    if (progress != Progress::done) return progress;
  }
  return file_left_ > 0 ? push_file(socket) : Progress::done;
}

Outgoing::Progress Outgoing::push_text(int socket) {
  const int more = file_left_ > 0 ? MSG_MORE : 0;
  while (text_at_ < head_.size() + body_.size()) {
    const std::size_t head_at = std::min(text_at_, head_.size());
    const std::size_t body_at = text_at_ - head_at;
    iovec parts[2] = {{head_.data() + head_at, head_.size() - head_at},
                      {body_.data() + body_at, body_.size() - body_at}};
    msghdr message{};
    message.msg_iov = parts[0].iov_len > 0 ? parts : parts + 1;
    message.msg_iovlen = (parts[0].iov_len > 0 ? 1u : 0u) + (parts[1].iov_len > 0 ? 1u : 0u);
    const auto sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT | more);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Progress::blocked : Progress::failed;
    }
    text_at_ += static_cast<std::size_t>(sent);
    sent_bytes_ += sent;
  }
  forget(head_);
  forget(body_);
  text_at_ = 0;
  return Progress::done;
}

Outgoing::Progress Outgoing::push_file(int socket) {
  std::int64_t budget = kMaxFileBytesPerPush;
  while (file_left_ > 0) {
    if (budget <= 0) return Progress::yield;
    const auto count = static_cast<std::size_t>(std::min(file_left_, budget));
    const auto sent = ::sendfile(socket, file_, &file_offset_, count);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Progress::blocked : Progress::failed;
    }
    // The file is shorter than it was; what was announced can't be kept.
    if (sent == 0) return Progress::failed;
    file_left_ -= sent;
    sent_bytes_ += sent;
    budget -= sent;
  }
  return Progress::done;
}

}  // namespace sluice::http
