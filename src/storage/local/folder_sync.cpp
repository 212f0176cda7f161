#include "storage/local/folder_sync.h"

#include <cerrno>

namespace sluice {

Result<> FolderSync::sync(const std::string& folder) {
  std::unique_lock lock(mutex_);
  auto& state = folders_[folder];
  const auto mine = ++state.asked;
  ++state.callers;
  int error = 0;
  while (state.done < mine && error == 0) {
    if (state.running) {
      finished_.wait(lock);
      continue;
    }
    state.running = true;
    const auto covered = state.asked;
    lock.unlock();
    error = calls_.sync_folder(folder);
    lock.lock();
    if (error == ENOENT) error = 0;
    if (error == 0) state.done = covered;
    state.running = false;
    finished_.notify_all();
  }
  if (--state.callers == 0) folders_.erase(folder);
  return disk_result("sync_folder", folder, error);
}

int FolderSync::callers() const {
  std::lock_guard lock(mutex_);
  int callers = 0;
  for (const auto& [name, folder] : folders_) callers += folder.callers;
  return callers;
}

}  // namespace sluice
