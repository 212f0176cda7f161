#include "storage/local/temporary_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/random.h"

namespace sluice {
namespace {

void remove_abandoned(const std::string& parent, FileCalls& calls) {
  std::error_code failed;
  for (std::filesystem::directory_iterator it(parent, failed), end; !failed && it != end;
       it.increment(failed)) {
    int error = 0;
    const auto path = it->path().string();
    const auto lock = lock_folder(path, LOCK_EX | LOCK_NB, error);
    // What can't be removed now is tried again at the next start.
    if (lock || error == ENOTDIR) (void)calls.remove_tree(path);
  }
}

}  // namespace

UniqueFd lock_folder(const std::string& path, int operation, int& error) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  int result = fd ? 0 : -1;
  while (fd && (result = ::flock(fd.get(), operation)) < 0 && errno == EINTR) {
  }
  struct stat held {
  }, named{};
  if (result == 0) result = ::fstat(fd.get(), &held);
  if (result == 0) result = ::stat(path.c_str(), &named);
  error = result < 0 ? errno : 0;
  if (result == 0 && (held.st_ino != named.st_ino || held.st_dev != named.st_dev)) error = ENOENT;
  return error == 0 ? std::move(fd) : UniqueFd{};
}

Result<std::unique_ptr<TemporaryFolder>> TemporaryFolder::open(const std::string& parent,
                                                               FileCalls& calls) {
  const int made = calls.make_folder(parent);
  if (made != 0 && made != EEXIST) return fail(disk_error("make_folder", parent, made));
  remove_abandoned(parent, calls);
  for (;;) {
    auto path = parent + "/" + random_id();
    SLUICE_TRY(disk_result("make_folder", path, calls.make_folder(path)));
    int error = 0;
    auto lock = lock_folder(path, LOCK_EX, error);
    if (lock) {
      return std::unique_ptr<TemporaryFolder>(
          new TemporaryFolder(std::move(path), std::move(lock), calls));
    }
    // Another process took it for abandoned before we held its lock.
    if (error != ENOENT) return fail(disk_error("lock_folder", path, error));
  }
}

TemporaryFolder::~TemporaryFolder() { (void)calls_.remove_tree(path_); }

std::string TemporaryFolder::new_path() const { return path_ + "/" + random_id(); }

}  // namespace sluice
