#include "storage/local/file_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/log.h"

namespace sluice {
namespace {

constexpr mode_t kFileMode = 0640;
constexpr mode_t kFolderMode = 0750;
constexpr std::int64_t kKernelCopyBytes = std::int64_t{64} << 20;
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

int outcome(int result) { return result < 0 ? errno : 0; }

int open_file(const std::string& path, int flags, OpenFile& file) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd) return errno;
  file = OpenFile{std::move(fd), path};
  return 0;
}

int write_all(int fd, std::string_view bytes, std::int64_t offset) {
  while (!bytes.empty()) {
    const auto written = offset < 0 ? ::write(fd, bytes.data(), bytes.size())
                                    : ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    if (offset >= 0) offset += written;
  }
  return 0;
}

int copy_by_blocks(int from, std::int64_t from_offset, int to, std::int64_t to_offset,
                   std::int64_t bytes) {
  std::vector<char> block(kBlockBytes);
  while (bytes > 0) {
    const auto wanted =
        static_cast<std::size_t>(std::min(bytes, static_cast<std::int64_t>(block.size())));
    const auto got = ::pread(from, block.data(), wanted, from_offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return EIO;
    const std::string_view read(block.data(), static_cast<std::size_t>(got));
    if (const int error = write_all(to, read, to_offset)) return error;
    from_offset += got;
    to_offset += got;
    bytes -= got;
  }
  return 0;
}

bool kernel_cannot_copy(int error) {
  return error == EXDEV || error == ENOSYS || error == EOPNOTSUPP || error == EINVAL ||
         error == EPERM;
}

}  // namespace

int FileCalls::before(std::string_view, const std::string&) { return 0; }

int FileCalls::create(const std::string& path, OpenFile& file) {
  if (const int error = before("create", path)) return error;
  return open_file(path, O_WRONLY | O_CREAT | O_EXCL, file);
}

int FileCalls::open_for_writing(const std::string& path, OpenFile& file) {
  if (const int error = before("open_for_writing", path)) return error;
  return open_file(path, O_WRONLY | O_CREAT, file);
}

int FileCalls::write(const OpenFile& file, std::string_view bytes) {
  if (const int error = before("write", file.path)) return error;
  return write_all(file.fd.get(), bytes, -1);
}

int FileCalls::copy(const OpenFile& from, const OpenFile& to, std::int64_t to_offset,
                    std::int64_t bytes) {
  if (const int error = before("copy", to.path)) return error;
  off64_t read_at = 0;
  off64_t write_at = to_offset;
  while (read_at < bytes) {
    const auto wanted = static_cast<std::size_t>(std::min(bytes - read_at, kKernelCopyBytes));
    const auto copied =
        ::copy_file_range(from.fd.get(), &read_at, to.fd.get(), &write_at, wanted, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0 && kernel_cannot_copy(errno)) {
      return copy_by_blocks(from.fd.get(), read_at, to.fd.get(), write_at, bytes - read_at);
    }
    if (copied < 0) return errno;
    if (copied == 0) return EIO;
  }
  return 0;
}

int FileCalls::resize(const OpenFile& file, std::int64_t bytes) {
  if (const int error = before("resize", file.path)) return error;
  return outcome(::ftruncate(file.fd.get(), bytes));
}

int FileCalls::free_contents(const std::string& path) {
  if (const int error = before("free_contents", path)) return error;
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) < 0) return errno;
  if (info.st_size == 0) return 0;
  const int error =
      outcome(::fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, info.st_size));
  return error == EOPNOTSUPP || error == ENOSYS ? 0 : error;
}

int FileCalls::sync(const OpenFile& file) {
  if (const int error = before("sync", file.path)) return error;
  return outcome(::fsync(file.fd.get()));
}

int FileCalls::sync_folder(const std::string& path) {
  if (const int error = before("sync_folder", path)) return error;
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno;
  return outcome(::fsync(fd.get()));
}

int FileCalls::rename(const std::string& from, const std::string& to) {
  if (const int error = before("rename", to)) return error;
  return outcome(::rename(from.c_str(), to.c_str()));
}

int FileCalls::make_folder(const std::string& path) {
  if (const int error = before("make_folder", path)) return error;
  return outcome(::mkdir(path.c_str(), kFolderMode));
}

int FileCalls::remove_file(const std::string& path) {
  if (const int error = before("remove_file", path)) return error;
  return outcome(::unlink(path.c_str()));
}

int FileCalls::remove_folder(const std::string& path) {
  if (const int error = before("remove_folder", path)) return error;
  return outcome(::rmdir(path.c_str()));
}

int FileCalls::remove_tree(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) < 0) return errno == ENOENT ? 0 : errno;
  if (!S_ISDIR(info.st_mode)) {
    const int error = remove_file(path);
    return error == ENOENT ? 0 : error;
  }
  std::error_code failed;
  std::vector<std::string> entries;
  for (std::filesystem::directory_iterator it(path, failed), end; !failed && it != end;
       it.increment(failed)) {
    entries.push_back(it->path().string());
  }
  if (failed) return failed.value();
  for (const auto& entry : entries) {
    if (const int error = remove_tree(entry)) return error;
  }
  const int error = remove_folder(path);
  return error == ENOENT ? 0 : error;
}

Error disk_error(std::string_view call, const std::string& path, int error) {
  log_warn("storage call failed",
           {{"call", std::string(call)}, {"path", path}, {"reason", std::strerror(error)}});
  if (error == ENOSPC || error == EDQUOT) {
    return {ErrorKind::unavailable, "storage_full",
            "There is no room left in the storage; make room and try again."};
  }
  if (error == ENOTDIR || error == EISDIR) {
    return {ErrorKind::conflict, "key_conflict", "Another object is in the way of this name."};
  }
  return {ErrorKind::unavailable, "storage_failed", "The storage could not be read or written."};
}

}  // namespace sluice
