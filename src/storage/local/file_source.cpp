#include "storage/local/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "storage/local/file_calls.h"

namespace sluice {
namespace {

auto not_found() {
  return fail(ErrorKind::not_found, "object_not_found", "There is no such object.");
}

}  // namespace

Result<std::shared_ptr<const FileSource>> FileSource::open(const std::string& path) {
  // Without O_NONBLOCK, opening a pipe would wait for its other end.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return not_found();
    return fail(disk_error("open", path, errno));
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) < 0) return fail(disk_error("stat", path, errno));
  if (!S_ISREG(info.st_mode)) return not_found();
  auto etag = fmt::format("\"{:x}-{:x}-{:x}.{:x}\"", info.st_size, info.st_ino, info.st_mtim.tv_sec,
                          info.st_mtim.tv_nsec);
  return std::make_shared<const FileSource>(std::move(fd), info.st_size, std::move(etag));
}

Result<std::size_t> FileSource::read_at(std::int64_t offset, std::span<char> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto got = ::pread(fd_.get(), into.data() + filled, into.size() - filled,
                             offset + static_cast<std::int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(disk_error("read", "an open object", errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace sluice
