// A folder of the local disk in which files appear whole, durably and under object keys.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "storage/local/file_calls.h"
#include "storage/local/file_source.h"
#include "storage/local/folder_sync.h"
#include "storage/local/temporary_folder.h"

namespace sluice {

class PendingFile;

// Objects are files under `root` named by their keys. What isn't an object lies in folders whose
// names no key can have: "~tmp" and "~multipart". Several processes may use one root. Thread-safe.
class LocalDisk {
 public:
  // Creates `root` when it is missing. `unavailable`, code storage_folder, with a message for the
  // operator that names the folder, when it can't be written.
  static Result<std::shared_ptr<LocalDisk>> open(const std::string& root,
                                                 std::shared_ptr<FileCalls> calls = nullptr);

  const std::string& root() const { return root_; }
  std::string path_of(std::string_view key) const;
  FileCalls& calls() const { return *calls_; }
  std::string temporary_path() const { return temporary_->new_path(); }

  // An empty file that nobody sees before it is placed.
  Result<PendingFile> begin_file();

  // Moves a file that is already synced to `key`, in place of what was there; durable when it
  // returns.
  Result<> place(const std::string& from, std::string_view key);

  // Makes the renames and removals in `folder` (an absolute path) durable.
  Result<> sync_folder(const std::string& folder) { return sync_.sync(folder); }

  // The folder is gone at once, its contents soon; nothing happens when it isn't there.
  Result<> remove_folder(const std::string& folder);

  std::int64_t free_bytes() const;

 private:
  LocalDisk(std::string root, std::shared_ptr<FileCalls> calls)
      : root_(std::move(root)), calls_(std::move(calls)), sync_(*calls_) {}
  Result<> make_folders_of(const std::string& path);
  Result<> sync_folders_of(const std::string& path);
  bool is_durable(const std::string& folder) const;
  void forget_folder(const std::string& folder);

  std::string root_;
  std::shared_ptr<FileCalls> calls_;
  std::unique_ptr<TemporaryFolder> temporary_;
  FolderSync sync_;
  mutable std::mutex folders_mutex_;
  std::set<std::string> durable_folders_;  // whose own names are synced, up to the root
};

// A file under a temporary name; removed unless it is placed. For one thread at a time. The disk
// outlives it.
class PendingFile {
 public:
  PendingFile(LocalDisk& disk, OpenFile file) : disk_(&disk), file_(std::move(file)) {}
  PendingFile(PendingFile&& other) noexcept = default;
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  Result<> write(std::string_view bytes);
  std::int64_t size_bytes() const { return size_bytes_; }

  // For reading what was written so far.
  Result<std::shared_ptr<const FileSource>> open() const { return FileSource::open(file_.path); }

  Result<> sync();
  // Syncs, then places.
  Result<> place(std::string_view key);
  // After sync(): a name in a folder that exists. 0 or the errno.
  int move_to(const std::string& path);

 private:
  LocalDisk* disk_;
  OpenFile file_;
  std::int64_t size_bytes_ = 0;
};

}  // namespace sluice
