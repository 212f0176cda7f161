#include "storage/local/multipart_upload.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "base/random.h"
#include "storage/local/file_source.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

auto upload_not_found() {
  return fail(ErrorKind::not_found, "upload_not_found", "There is no such upload any more.");
}

std::string uploads_folder(const LocalDisk& disk) { return disk.root() + "/~multipart"; }

bool exists(const std::string& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

bool is_id(std::string_view id) {
  return id.size() == 24 && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == id.npos;
}

Result<std::string> read_key(const std::string& folder) {
  auto source = FileSource::open(folder + "/key");
  if (!source) return fail(source.error());
  std::string key(static_cast<std::size_t>((*source)->size_bytes()), '\0');
  SLUICE_TRY_ASSIGN(const auto count, (*source)->read_at(0, key));
  key.resize(count);
  return key;
}

Result<> write_key(LocalDisk& disk, const std::string& folder, std::string_view key) {
  OpenFile file;
  const auto path = folder + "/key";
  SLUICE_TRY(disk_result("create", path, disk.calls().create(path, file)));
  SLUICE_TRY(disk_result("write", path, disk.calls().write(file, key)));
  SLUICE_TRY(disk_result("sync", path, disk.calls().sync(file)));
  return disk.sync_folder(folder);
}

}  // namespace

Result<std::string> MultipartUpload::create(LocalDisk& disk, std::string_view key) {
  const auto parent = uploads_folder(disk);
  const int made = disk.calls().make_folder(parent);
  if (made != EEXIST) SLUICE_TRY(disk_result("make_folder", parent, made));
  // Even when it was there: its maker may have died before this.
  SLUICE_TRY(disk.sync_folder(disk.root()));

  const auto growing = disk.temporary_path();
  SLUICE_TRY(disk_result("make_folder", growing, disk.calls().make_folder(growing)));
  SLUICE_TRY(write_key(disk, growing, key));
  auto id = random_id();
  const auto folder = parent + "/" + id;
  SLUICE_TRY(disk_result("rename", folder, disk.calls().rename(growing, folder)));
  SLUICE_TRY(disk.sync_folder(parent));
  return id;
}

Result<MultipartUpload> MultipartUpload::open(LocalDisk& disk, std::string_view key,
                                              std::string_view id) {
  if (!is_id(id)) return upload_not_found();
  auto folder = fmt::format("{}/{}", uploads_folder(disk), id);
  const auto its_key = read_key(folder);
  if (!its_key && its_key.error().kind != ErrorKind::not_found) return fail(its_key.error());
  if (!its_key || *its_key != key) return upload_not_found();
  return MultipartUpload(disk, std::string(key), std::move(folder));
}

std::string MultipartUpload::part_path(int number, std::string_view extension) const {
  return fmt::format("{}/{:05}{}", folder_, number, extension);
}

Result<std::vector<MultipartUpload::Part>> MultipartUpload::scan() const {
  std::map<int, Part> parts;
  std::error_code failed;
  fs::directory_iterator entry(folder_, failed);
  for (; !failed && entry != fs::directory_iterator{}; entry.increment(failed)) {
    if (entry->path().extension() != ".part") continue;
    const auto name = entry->path().stem().string();
    int number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    const auto size = entry->file_size(failed);
    if (failed) break;
    parts[number] = {number, static_cast<std::int64_t>(size), exists(part_path(number, ".mark"))};
  }
  if (failed == std::errc::no_such_file_or_directory) return upload_not_found();
  if (failed) return fail(disk_error("list", folder_, failed.value()));
  std::vector<Part> sorted;
  for (const auto& [number, part] : parts) sorted.push_back(part);
  return sorted;
}

Result<std::vector<StoredPart>> MultipartUpload::parts() const {
  SLUICE_TRY_ASSIGN(const auto found, scan());
  std::vector<StoredPart> stored;
  for (const auto& part : found) stored.push_back({part.number, part.size_bytes});
  return stored;
}

Result<> MultipartUpload::store_part(PendingFile& file, int part_number) {
  // The slow sync comes before the lock.
  SLUICE_TRY(file.sync());
  int error = 0;
  const auto lock = lock_folder(folder_, LOCK_SH | LOCK_NB, error);
  if (error == ENOENT) return upload_not_found();
  if (error != EWOULDBLOCK) SLUICE_TRY(disk_result("lock_folder", folder_, error));
  if (error == EWOULDBLOCK || exists(part_path(part_number, ".mark"))) {
    return fail(ErrorKind::conflict, "upload_completing", "This upload is being completed.");
  }
  const auto path = part_path(part_number, ".part");
  SLUICE_TRY(disk_result("rename", path, file.move_to(path)));
  return disk_->sync_folder(folder_);
}

Result<> MultipartUpload::complete(const std::vector<StoredPart>& expected,
                                   std::int64_t batch_bytes) {
  int error = 0;
  const auto lock = lock_folder(folder_, LOCK_EX, error);
  if (error == ENOENT) return upload_not_found();
  SLUICE_TRY(disk_result("lock_folder", folder_, error));
  SLUICE_TRY_ASSIGN(const auto parts, scan());
  const bool same =
      std::equal(parts.begin(), parts.end(), expected.begin(), expected.end(),
                 [](const Part& part, const StoredPart& told) {
                   return part.number == told.part_number && part.size_bytes == told.size_bytes;
                 });
  if (!same || parts.empty()) {
    return fail(ErrorKind::conflict, "parts_changed",
                "The stored parts are not those that were listed; list them again.");
  }
  SLUICE_TRY(join(parts, batch_bytes));
  return disk_->remove_folder(folder_);
}

Result<> MultipartUpload::join(const std::vector<Part>& parts, std::int64_t batch_bytes) {
  const auto path = folder_ + "/joined";
  bool parts_given_up = parts.front().marked;
  // Placed by a call that died before it removed the folder.
  if (parts_given_up && !exists(path)) return {};

  OpenFile joined;
  auto& calls = disk_->calls();
  SLUICE_TRY(disk_result("open_for_writing", path, calls.open_for_writing(path, joined)));
  SLUICE_TRY(disk_->sync_folder(folder_));
  std::int64_t offset = 0;
  std::int64_t batch = 0;
  std::size_t batch_start = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].marked) {
      const auto copied = copy_part(parts[i], joined, offset);
      // Leave the room to the parts; a later attempt starts afresh.
      if (!copied && !parts_given_up) (void)calls.remove_file(path);
      SLUICE_TRY(copied);
      batch += parts[i].size_bytes;
    }
    offset += parts[i].size_bytes;
    if (batch >= batch_bytes && i + 1 < parts.size()) {
      parts_given_up = true;
      const auto count = i + 1 - batch_start;
      SLUICE_TRY(give_room_back(std::span(parts).subspan(batch_start, count), joined));
      batch_start = i + 1;
      batch = 0;
    }
  }
  // A part may have been replaced by a shorter one since an earlier attempt.
  SLUICE_TRY(disk_result("resize", path, calls.resize(joined, offset)));
  SLUICE_TRY(disk_result("sync", path, calls.sync(joined)));
  return disk_->place(path, key_);
}

Result<> MultipartUpload::copy_part(const Part& part, const OpenFile& joined, std::int64_t offset) {
  OpenFile from{UniqueFd{}, part_path(part.number, ".part")};
  from.fd.reset(::open(from.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from.fd) return fail(disk_error("open", from.path, errno));
  const int error = disk_->calls().copy(from, joined, offset, part.size_bytes);
  return disk_result("copy", joined.path, error);
}

Result<> MultipartUpload::give_room_back(std::span<const Part> batch, const OpenFile& joined) {
  auto& calls = disk_->calls();
  SLUICE_TRY(disk_result("sync", joined.path, calls.sync(joined)));
  for (const auto& part : batch) {
    const auto path = part_path(part.number, ".mark");
    OpenFile mark;
    const int error = part.marked ? 0 : calls.create(path, mark);
    SLUICE_TRY(disk_result("create", path, error));
  }
  SLUICE_TRY(disk_->sync_folder(folder_));
  for (const auto& part : batch) {
    const auto path = part_path(part.number, ".part");
    SLUICE_TRY(disk_result("free_contents", path, calls.free_contents(path)));
  }
  return {};
}

Result<> MultipartUpload::abort() {
  int error = 0;
  const auto lock = lock_folder(folder_, LOCK_EX, error);
  if (error == ENOENT) return {};
  SLUICE_TRY(disk_result("lock_folder", folder_, error));
  return disk_->remove_folder(folder_);
}

}  // namespace sluice
