// One multipart upload on the local disk: a staging folder until its parts are joined.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/local/local_disk.h"
#include "storage/upload_store.h"

namespace sluice {

// The folder ROOT/~multipart/ID holds
//   key            the object that this will become
//   00001.part     a stored part
//   joined         the object as far as it is joined; exists only while completing
//   00001.mark     part 1 is safe in `joined`: its file keeps its size but not its room
//
// Joining needs room for one batch beyond the parts, and can be repeated after dying at any point:
// parts with a mark are skipped, the others are copied to their places again.
//
// Completing holds a lock on the folder (flock), storing a part shares it, so neither sees the
// other's half-done work, in whichever process. Thread-safe. The disk outlives it.
class MultipartUpload {
 public:
  static Result<std::string> create(LocalDisk& disk, std::string_view key);

  // `not_found`, code upload_not_found, unless there is this upload for this key.
  static Result<MultipartUpload> open(LocalDisk& disk, std::string_view key, std::string_view id);

  Result<std::vector<StoredPart>> parts() const;

  // `conflict`, code upload_completing, once its parts are being joined.
  Result<> store_part(PendingFile& file, int part_number);

  // Joins the parts into the object, a batch of at least `batch_bytes` at a time, and removes
  // itself. `not_found` when somebody else has done so meanwhile.
  Result<> complete(const std::vector<StoredPart>& expected, std::int64_t batch_bytes);

  // Waits for a completion that is under way; removing what is gone succeeds.
  Result<> abort();

 private:
  struct Part {
    int number = 0;
    std::int64_t size_bytes = 0;
    bool marked = false;
  };
  MultipartUpload(LocalDisk& disk, std::string key, std::string folder)
      : disk_(&disk), key_(std::move(key)), folder_(std::move(folder)) {}

  Result<std::vector<Part>> scan() const;
  Result<> join(const std::vector<Part>& parts, std::int64_t batch_bytes);
  Result<> copy_part(const Part& part, const OpenFile& joined, std::int64_t offset);
  Result<> give_room_back(std::span<const Part> batch, const OpenFile& joined);
  std::string part_path(int number, std::string_view extension) const;

  LocalDisk* disk_;
  std::string key_;
  std::string folder_;
};

}  // namespace sluice
