#include "app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/random.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot(std::string_view what, const fs::path& path, int error) {
  return fail(ErrorKind::denied, "data_folder",
              fmt::format("can't {} {}: {}", what, path.string(), std::strerror(error)));
}

// At most `limit` bytes of what is in the file.
std::string read_start(int fd, std::size_t limit) {
  std::string bytes(limit, '\0');
  const auto count = ::pread(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

Result<> write_durably(int fd, std::string_view bytes, const fs::path& path) {
  const auto written = ::pwrite(fd, bytes.data(), bytes.size(), 0);
  if (written != static_cast<ssize_t>(bytes.size())) return cannot("write", path, errno);
  if (::fsync(fd) != 0) return cannot("write", path, errno);
  return {};
}

Result<> sync_folder(const fs::path& folder) {
  const UniqueFd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return cannot("write", folder, errno);
  return {};
}

Result<> create_key(const fs::path& folder, const fs::path& path) {
  const auto temporary = folder / ("secret.key." + random_id());
  {
    const UniqueFd fd{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!fd) return cannot("create", temporary, errno);
    SLUICE_TRY(write_durably(fd.get(), random_bytes(kSecretKeyBytes), temporary));
  }
  // Unlike rename, link leaves a key alone that another process has made meanwhile.
  const bool linked = ::link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int error = errno;
  ::unlink(temporary.c_str());
  if (!linked) return cannot("create", path, error);
  return sync_folder(folder);
}

}  // namespace

Result<> make_data_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    fs::create_directories(fs::absolute(folder).parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      return cannot("create the data folder", folder, errno);
    }
    if (!fs::is_directory(folder, error)) return cannot("use as data folder", folder, ENOTDIR);
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return cannot("write to the data folder", folder, errno);
  }
  return {};
}

Result<UniqueFd> lock_data_folder(const fs::path& folder) {
  const auto path = folder / "lock";
  UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!fd) return cannot("write to the data folder", folder, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock", path, errno);
    auto holder = read_start(fd.get(), 20);
    holder.erase(std::find(holder.begin(), holder.end(), '\n'), holder.end());
    return fail(ErrorKind::conflict, "in_use",
                fmt::format("the data folder {} is in use by another Sluice (pid {})",
                            folder.string(), holder.empty() ? "unknown" : holder));
  }
  if (::ftruncate(fd.get(), 0) != 0) return cannot("write", path, errno);
  SLUICE_TRY(write_durably(fd.get(), fmt::format("{}\n", ::getpid()), path));
  return fd;
}

Result<Secret> load_secret_key(const fs::path& folder) {
  const auto path = folder / "secret.key";
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd && errno == ENOENT) {
    SLUICE_TRY(create_key(folder, path));
    fd = UniqueFd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  }
  if (!fd) return cannot("read", path, errno);
  auto bytes = read_start(fd.get(), kSecretKeyBytes + 1);
  if (bytes.size() != kSecretKeyBytes) {
    return fail(ErrorKind::invalid, "bad_secret_key",
                fmt::format("{} does not hold {} bytes: restore it from a backup, or remove it to "
                            "have a new one made (which ends every link handed out so far)",
                            path.string(), kSecretKeyBytes));
  }
  return Secret{std::move(bytes)};
}

}  // namespace sluice
