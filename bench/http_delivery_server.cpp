// The least a signed media server can be: src/http, a token check, a file. Beside nginx it tells
// what http/ itself costs. `http_delivery_server FOLDER PORT` prints a token to use in
// /play/TOKEN/NAME.
#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>

#include "base/unique_fd.h"
#include "http/cors.h"
#include "http/server.h"
#include "signing/playback_token.h"

namespace sluice {
namespace {

class File final : public ByteSource {
 public:
  File(UniqueFd fd, std::int64_t size) : fd_(std::move(fd)), size_(size) {}
  std::int64_t size_bytes() const override { return size_; }
  int descriptor() const override { return fd_.get(); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    const auto count = ::pread(fd_.get(), into.data(), into.size(), offset);
    if (count < 0) return fail(ErrorKind::internal, "read_failed", "The file can't be read.");
    return static_cast<std::size_t>(count);
  }

 private:
  UniqueFd fd_;
  std::int64_t size_;
};

http::Response play(const http::Request& request, const PlaybackTokens& tokens, int folder) {
  const auto grant = tokens.read(request.param("token"));
  if (!grant) return http::Response::problem(403, "bad_token", "This link is not valid.");
  const std::string name(request.param("name"));
  UniqueFd fd(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!fd || ::fstat(fd.get(), &facts) != 0) {
    return http::Response::problem(404, "not_found", "There is no such object.");
  }
  const auto etag = fmt::format("{:x}-{:x}", facts.st_mtim.tv_nsec, facts.st_size);
  auto source = std::make_shared<File>(std::move(fd), facts.st_size);
  auto response = http::serve_source(request, std::move(source), etag, "video/mp4",
                                     "private, max-age=31536000, immutable");
  http::allow_any_origin(response);
  return response;
}

int run(const char* folder_name, const char* port) {
  const UniqueFd folder(::open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const PlaybackTokens tokens(Secret("0123456789abcdef0123456789abcdef"));
  http::Router router;
  const auto handler = [&](const http::Request& request) {
    return play(request, tokens, folder.get());
  };
  router.add("GET", "/play/:token/*name", handler, {.quick = true});
  http::ServerOptions options;
  options.listen = fmt::format("127.0.0.1:{}", port);
  std::int64_t sent = 0;
  const auto server = http::Server::bind(
      options, router, [&sent](const http::Access& access) { sent += access.bytes_sent; });
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().message);
    return 1;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  (*server)->start();
  const Timestamp never{std::chrono::milliseconds{4'000'000'000'000}};
  fmt::print("{}\n", tokens.make({VideoId("film"), never, never}));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->stop(std::chrono::seconds{1});
  return 0;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) { return argc == 3 ? sluice::run(argv[1], argv[2]) : 2; }
