// The system calls that change the disk, one by one, so that a test can stop the world between any
// two of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sluice {

struct OpenFile {
  UniqueFd fd;
  std::string path;
};

// Each returns 0 or the errno. Thread-safe.
class FileCalls {
 public:
  virtual ~FileCalls() = default;

  int create(const std::string& path, OpenFile& file);            // must not exist
  int open_for_writing(const std::string& path, OpenFile& file);  // creates it when it isn't there
  int write(const OpenFile& file, std::string_view bytes);        // all of them, at the position
  // Copies within the kernel where it can, else by blocks. EIO when `from` is shorter than told.
  int copy(const OpenFile& from, const OpenFile& to, std::int64_t to_offset, std::int64_t bytes);
  int resize(const OpenFile& file, std::int64_t bytes);
  // Gives the room of its contents back and keeps its size; 0 where the file system can't.
  int free_contents(const std::string& path);
  int sync(const OpenFile& file);
  int sync_folder(const std::string& path);
  int rename(const std::string& from, const std::string& to);
  int make_folder(const std::string& path);  // its parent exists
  int remove_file(const std::string& path);
  int remove_folder(const std::string& path);  // empty

  // Removes a file or a folder with all that is in it; 0 when it isn't there.
  int remove_tree(const std::string& path);

 protected:
  // Asked before each call; anything but 0 is returned instead of making it.
  virtual int before(std::string_view call, const std::string& path);
};

// What an errno means to a caller of a store. Full disks are `unavailable`, code storage_full. Logs
// the path and the call, which the error doesn't hold.
Error disk_error(std::string_view call, const std::string& path, int error);

inline Result<> disk_result(std::string_view call, const std::string& path, int error) {
  if (error == 0) return {};
  return fail(disk_error(call, path, error));
}

}  // namespace sluice
