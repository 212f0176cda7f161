// Bytes on their way into a non-blocking socket: some text, then a piece of a file.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace sluice::http {

class Outgoing {
 public:
  enum class Progress {
    done,     // all is with the kernel
    blocked,  // the socket takes no more for now
    yield,    // it would take more, but others want to be served too
    failed,   // the connection or the file is gone
  };

  // What is sent next, in this order. Filled only when all before is done.
  std::string& head() { return head_; }
  std::string& body() { return body_; }
  void set_file(int fd, std::int64_t offset, std::int64_t length);  // `fd` stays the caller's

  Progress push(int socket);
  std::int64_t sent_bytes() const { return sent_bytes_; }  // ever

 private:
  Progress push_text(int socket);
  Progress push_file(int socket);

  std::string head_;
  std::string body_;
  std::size_t text_at_ = 0;  // within head_ and body_ laid end to end
  int file_ = -1;
  off_t file_offset_ = 0;
  std::int64_t file_left_ = 0;
  std::int64_t sent_bytes_ = 0;
};

}  // namespace sluice::http
