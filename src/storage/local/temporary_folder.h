// Where files grow before they get their names; nothing in it survives its process.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "storage/local/file_calls.h"

namespace sluice {

class TemporaryFolder {
 public:
  // A folder of its own under `parent` (created when missing). Removes what dead processes have
  // left there; living ones are known by the lock they hold on theirs. `calls` outlives it.
  static Result<std::unique_ptr<TemporaryFolder>> open(const std::string& parent, FileCalls& calls);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  // A path that nothing has yet. Thread-safe.
  std::string new_path() const;

 private:
  TemporaryFolder(std::string path, UniqueFd lock, FileCalls& calls)
      : path_(std::move(path)), lock_(std::move(lock)), calls_(calls) {}

  std::string path_;
  UniqueFd lock_;
  FileCalls& calls_;
};

// Opens a folder and locks it (flock) until the descriptor is closed. An invalid descriptor and an
// errno in `error`: ENOENT also for a folder that was removed or renamed while we waited,
// EWOULDBLOCK where `operation` has LOCK_NB and somebody else holds it.
UniqueFd lock_folder(const std::string& path, int operation, int& error);

}  // namespace sluice
