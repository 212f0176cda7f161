// Makes renames durable: many writers of one folder share its fsync.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "storage/local/file_calls.h"

namespace sluice {

// Thread-safe. `calls` outlives it.
class FolderSync {
 public:
  explicit FolderSync(FileCalls& calls) : calls_(calls) {}

  // What was renamed into `folder` before the call is durable when it returns. A folder that is
  // gone has nothing to lose.
  Result<> sync(const std::string& folder);

  // How many callers are in sync() now.
  int callers() const;

 private:
  struct Folder {
    std::int64_t asked = 0;
    std::int64_t done = 0;
    int callers = 0;
    bool running = false;
  };

  FileCalls& calls_;
  mutable std::mutex mutex_;
  std::condition_variable finished_;
  std::map<std::string, Folder> folders_;
};

}  // namespace sluice
