// For tests: a server on a free port, and a client that speaks bytes.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "http/server.h"

namespace sluice::http::testing {

struct Reply {
  int status = 0;                              // 0: the connection ended before a head came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool whole = false;  // all that the head announced has come
};

// Blocking; gives up after ten seconds, so that a fault ends as a failure.
class Client {
 public:
  explicit Client(int port, int receive_buffer_bytes = 0);

  // False when the server has closed.
  bool send(std::string_view bytes);
  Reply read(bool head_only = false);
  std::string read_some();  // empty at the end
  std::string read_line();  // with its end; shorter at the end
  bool closed_by_server();  // waits for it
  void close() { socket_.reset(); }
  void finish_sending();

  // One request without a body.
  Reply get(std::string_view target, std::string_view headers = "");
  Reply request(std::string_view method, std::string_view target, std::string_view headers = "",
                std::string_view body = "");

 private:
  bool receive();
  std::string take(std::size_t count);
  std::string read_chunks(bool& whole);

  UniqueFd socket_;
  std::string received_;
};

struct SeenAccess {
  std::string method, pattern, path, request_id;
  int status = 0;
  std::int64_t bytes_sent = 0;
};

class RunningServer {
 public:
  explicit RunningServer(Router router, ServerOptions options = {});
  ~RunningServer();

  int port() const { return server_->port(); }
  Server& server() { return *server_; }
  Client connect() const { return Client(port()); }
  // Waits for the n-th finished request, from 0.
  SeenAccess access(std::size_t index);

 private:
  Router router_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SeenAccess> seen_;
  std::unique_ptr<Server> server_;
};

// A gate that one side opens and the other waits for (up to ten seconds).
class Signal {
 public:
  void raise();
  bool wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

// Bytes in memory, without a descriptor.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::int64_t size_bytes() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override;

 private:
  std::string bytes_;
};

// The same bytes in an unlinked file.
class TemporaryFile final : public ByteSource {
 public:
  explicit TemporaryFile(std::string_view bytes);
  std::int64_t size_bytes() const override { return size_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override;
  int descriptor() const override { return file_.get(); }

 private:
  UniqueFd file_;
  std::int64_t size_ = 0;
};

// `size` bytes in which every position can be told from its neighbours.
std::string pattern_bytes(std::size_t size);

}  // namespace sluice::http::testing
