#include "storage/local/local_object_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "storage/key_rules.h"
#include "storage/local/file_source.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

bool is_gone(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

// Appends the objects in `folder` whose keys, which start with `key_of_folder`, start with
// `prefix`. What goes away meanwhile is left out.
Result<> collect(const fs::path& folder, const std::string& key_of_folder, std::string_view prefix,
                 std::vector<ObjectInfo>& objects) {
  std::error_code failed;
  fs::directory_iterator entry(folder, failed);
  for (; !failed && entry != fs::directory_iterator{}; entry.increment(failed)) {
    const auto key = key_of_folder + entry->path().filename().string();
    const bool below = key.starts_with(prefix);
    std::error_code gone;
    if (entry->is_directory(gone)) {
      if (!below && !prefix.starts_with(key + "/")) continue;
      if (check_key(key)) SLUICE_TRY(collect(entry->path(), key + "/", prefix, objects));
    } else if (below && entry->is_regular_file(gone)) {
      const auto size = entry->file_size(gone);
      if (!gone) objects.push_back({key, static_cast<std::int64_t>(size)});
    }
  }
  if (failed && !is_gone(failed)) return fail(disk_error("list", folder, failed.value()));
  return {};
}

}  // namespace

Result<> LocalObjectStore::put(std::string_view key, std::string_view bytes) {
  SLUICE_TRY(check_key(key));
  SLUICE_TRY_ASSIGN(auto file, disk_->begin_file());
  SLUICE_TRY(file.write(bytes));
  return file.place(key);
}

Result<std::shared_ptr<const ByteSource>> LocalObjectStore::open(std::string_view key) {
  SLUICE_TRY(check_key(key));
  SLUICE_TRY_ASSIGN(auto source, FileSource::open(disk_->path_of(key)));
  return source;
}

Result<ObjectInfo> LocalObjectStore::stat(std::string_view key) {
  SLUICE_TRY(check_key(key));
  const auto path = disk_->path_of(key);
  struct stat info {};
  const int error = ::stat(path.c_str(), &info) < 0 ? errno : 0;
  if (error == ENOENT || error == ENOTDIR || (error == 0 && !S_ISREG(info.st_mode))) {
    return fail(ErrorKind::not_found, "object_not_found", "There is no such object.");
  }
  SLUICE_TRY(disk_result("stat", path, error));
  return ObjectInfo{std::string(key), info.st_size};
}

Result<> LocalObjectStore::remove(std::string_view key) {
  SLUICE_TRY(check_key(key));
  const auto path = disk_->path_of(key);
  const int error = disk_->calls().remove_file(path);
  if (error == ENOENT || error == ENOTDIR || error == EISDIR) return {};
  SLUICE_TRY(disk_result("remove_file", path, error));
  return disk_->sync_folder(path.substr(0, path.rfind('/')));
}

Result<> LocalObjectStore::remove_prefix(std::string_view prefix) {
  SLUICE_TRY(check_folder_prefix(prefix));
  const auto path = disk_->path_of(prefix.substr(0, prefix.size() - 1));
  std::error_code failed;
  // An object of this name has another key than those of the folder.
  if (!fs::is_directory(path, failed)) return {};
  return disk_->remove_folder(path);
}

Result<std::vector<ObjectInfo>> LocalObjectStore::list(std::string_view prefix) {
  SLUICE_TRY(check_list_prefix(prefix));
  std::vector<ObjectInfo> objects;
  const auto slash = prefix.rfind('/');
  const auto folder =
      slash == std::string_view::npos ? std::string_view{} : prefix.substr(0, slash + 1);
  SLUICE_TRY(collect(disk_->path_of(folder), std::string(folder), prefix, objects));
  std::sort(objects.begin(), objects.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return objects;
}

Result<> LocalObjectStore::check() {
  SLUICE_TRY_ASSIGN(auto file, disk_->begin_file());
  SLUICE_TRY(file.write("Sluice"));
  return file.sync();
}

}  // namespace sluice
