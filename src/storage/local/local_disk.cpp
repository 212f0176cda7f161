#include "storage/local/local_disk.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr std::size_t kMaxKnownFolders = 10'000;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Error unusable(const std::string& root, const std::string& reason) {
  return {ErrorKind::unavailable, "storage_folder",
          fmt::format("The storage folder {} cannot be used: {}", root, reason)};
}

// With the folders above it, each durable before the next.
Result<> make_root(FileCalls& calls, const std::string& root, const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) return {};
  const auto parent = std::filesystem::path(path).parent_path().string();
  SLUICE_TRY(make_root(calls, root, parent));
  int error = calls.make_folder(path);
  if (error == 0) error = calls.sync_folder(parent);
  if (error != 0 && error != EEXIST) return fail(unusable(root, std::strerror(error)));
  return {};
}

}  // namespace

Result<std::shared_ptr<LocalDisk>> LocalDisk::open(const std::string& root,
                                                   std::shared_ptr<FileCalls> calls) {
  if (!calls) calls = std::make_shared<FileCalls>();
  std::error_code failed;
  auto absolute = std::filesystem::absolute(root, failed).lexically_normal().string();
  if (failed) return fail(unusable(root, failed.message()));
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  SLUICE_TRY(make_root(*calls, absolute, absolute));
  if (::access(absolute.c_str(), R_OK | W_OK | X_OK) < 0) {
    return fail(unusable(absolute, std::strerror(errno)));
  }
  std::shared_ptr<LocalDisk> disk(new LocalDisk(std::move(absolute), std::move(calls)));
  auto temporary = TemporaryFolder::open(disk->root_ + "/~tmp", *disk->calls_);
  if (!temporary) return fail(unusable(disk->root_, temporary.error().message));
  disk->temporary_ = std::move(*temporary);
  return disk;
}

std::string LocalDisk::path_of(std::string_view key) const {
  return fmt::format("{}/{}", root_, key);
}

Result<PendingFile> LocalDisk::begin_file() {
  OpenFile file;
  const auto path = temporary_path();
  SLUICE_TRY(disk_result("create", path, calls_->create(path, file)));
  return PendingFile(*this, std::move(file));
}

Result<> LocalDisk::place(const std::string& from, std::string_view key) {
  const auto path = path_of(key);
  // More than one where somebody removes the folder between the two calls.
  constexpr int kAttempts = 100;
  int error = calls_->rename(from, path);
  for (int attempt = 0; attempt < kAttempts && error == ENOENT; ++attempt) {
    SLUICE_TRY(make_folders_of(path));
    error = calls_->rename(from, path);
  }
  SLUICE_TRY(disk_result("rename", path, error));
  return sync_folders_of(path);
}

Result<> LocalDisk::remove_folder(const std::string& folder) {
  const auto doomed = temporary_path();
  const int error = calls_->rename(folder, doomed);
  if (error == ENOENT || error == ENOTDIR) return {};
  SLUICE_TRY(disk_result("rename", folder, error));
  forget_folder(folder);
  SLUICE_TRY(sync_folder(folder_of(folder)));
  return disk_result("remove_tree", doomed, calls_->remove_tree(doomed));
}

std::int64_t LocalDisk::free_bytes() const {
  struct statvfs info {};
  if (::statvfs(root_.c_str(), &info) < 0) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
}

Result<> LocalDisk::make_folders_of(const std::string& path) {
  for (auto end = path.find('/', root_.size() + 1); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const auto folder = path.substr(0, end);
    const int error = calls_->make_folder(folder);
    if (error == EEXIST) continue;
    if (error == ENOENT) return {};  // the one above was removed again
    SLUICE_TRY(disk_result("make_folder", folder, error));
    std::lock_guard lock(folders_mutex_);
    durable_folders_.erase(folder);
  }
  return {};
}

Result<> LocalDisk::sync_folders_of(const std::string& path) {
  auto folder = folder_of(path);
  SLUICE_TRY(sync_folder(folder));
  // Whoever made the folders may have died before they were durable.
  for (; folder != root_ && !is_durable(folder); folder = folder_of(folder)) {
    SLUICE_TRY(sync_folder(folder_of(folder)));
    std::lock_guard lock(folders_mutex_);
    if (durable_folders_.size() >= kMaxKnownFolders) durable_folders_.clear();
    durable_folders_.insert(folder);
  }
  return {};
}

bool LocalDisk::is_durable(const std::string& folder) const {
  std::lock_guard lock(folders_mutex_);
  return durable_folders_.contains(folder);
}

void LocalDisk::forget_folder(const std::string& folder) {
  std::lock_guard lock(folders_mutex_);
  std::erase_if(durable_folders_, [&](const std::string& known) {
    return known == folder || known.starts_with(folder + "/");
  });
}

PendingFile::~PendingFile() {
  if (file_.fd) (void)disk_->calls().remove_file(file_.path);
}

Result<> PendingFile::write(std::string_view bytes) {
  SLUICE_TRY(disk_result("write", file_.path, disk_->calls().write(file_, bytes)));
  size_bytes_ += static_cast<std::int64_t>(bytes.size());
  return {};
}

Result<> PendingFile::sync() { return disk_result("sync", file_.path, disk_->calls().sync(file_)); }

Result<> PendingFile::place(std::string_view key) {
  SLUICE_TRY(sync());
  SLUICE_TRY(disk_->place(file_.path, key));
  file_.fd.reset();
  return {};
}

int PendingFile::move_to(const std::string& path) {
  const int error = disk_->calls().rename(file_.path, path);
  if (error == 0) file_.fd.reset();
  return error;
}

}  // namespace sluice
