// For tests: a catalog and two stores on a temporary folder, with an uploaded video in them.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "base/time.h"
#include "catalog/sql_catalog.h"
#include "storage/local/local_object_store.h"
#include "storage/local/temporary_root.h"
#include "transcode/run_task.h"
#include "video/object_key.h"

namespace sluice {

inline std::string read_test_media(const std::string& name) {
  std::ifstream file{std::string{SLUICE_TEST_MEDIA} + "/" + name, std::ios::binary};
  std::ostringstream bytes;
  bytes << file.rdbuf();
  EXPECT_FALSE(bytes.str().empty()) << name;
  return bytes.str();
}

class TestInstallation {
 public:
  static constexpr std::chrono::milliseconds kLease{30'000};
  static constexpr std::chrono::hours kUploadLife{24};

  TestInstallation()
      : catalog_(SqlCatalog::open("sqlite:" + root_.path() + "/sluice.db").value()),
        uploads_disk_(LocalDisk::open(root_.path() + "/uploads").value()),
        uploads_(uploads_disk_),
        media_(LocalDisk::open(root_.path() + "/media").value()),
        owner_(catalog_->create_user("user@example.com", "hash", clock_.now()).value()) {}

  // A video whose bytes are still to come.
  void announce(const VideoId& id, const std::string& upload_id, std::int64_t size_bytes = 1) {
    Video video;
    video.id = id;
    video.user_id = owner_.id;
    video.title = id.str();
    video.created_at = video.updated_at = clock_.now();
    const Upload upload{id, size_bytes, upload_id, 0, clock_.now() + kUploadLife};
    EXPECT_TRUE(catalog_->create_video(video, upload));
  }

  // A video whose source is stored and whose `prepare` waits.
  VideoId upload(const std::string& name, const std::string& source) {
    const VideoId id{name};
    const auto size = static_cast<std::int64_t>(source.size());
    announce(id, "", size);
    EXPECT_TRUE(uploads_.put(source_key(id), source));
    EXPECT_TRUE(catalog_->complete_upload(id, size, clock_.now()));
    return id;
  }

  // Takes the oldest task that waits and has not been taken from here before; nothing when there is
  // none. Tasks that went back to waiting are claimed by their id.
  std::optional<Claim> claim_next() {
    const auto waiting = catalog_->unpublished(1).value();
    if (waiting.empty()) return std::nullopt;
    const auto& id = waiting.front().message.task_id;
    EXPECT_TRUE(catalog_->mark_published({id}));
    return claim(id);
  }
  std::optional<Claim> claim(const TaskId& id) {
    return catalog_->claim(id, "test", clock_.now(), kLease).value().claim;
  }

  Video video(const VideoId& id) { return catalog_->find_video(id).value(); }

  // Every object of the video in the media bucket: name → bytes.
  std::map<std::string, std::string> objects(const VideoId& id) {
    std::map<std::string, std::string> objects;
    const auto listed = media_.list(video_prefix(id)).value();
    for (const auto& info : listed) {
      const auto source = media_.open(info.key).value();
      std::string bytes(static_cast<std::size_t>(info.size_bytes), '\0');
      EXPECT_EQ(source->read_at(0, std::span{bytes.data(), bytes.size()}).value(), bytes.size());
      objects[info.key.substr(video_prefix(id).size())] = std::move(bytes);
    }
    return objects;
  }

  TaskParts parts(Engine& engine) {
    return {*catalog_, *catalog_, *catalog_, uploads_, media_, engine, clock_, {}};
  }

  SqlCatalog& catalog() { return *catalog_; }
  const std::shared_ptr<LocalDisk>& uploads_disk() { return uploads_disk_; }
  LocalObjectStore& uploads() { return uploads_; }
  LocalObjectStore& media() { return media_; }
  FakeClock& clock() { return clock_; }

 private:
  TemporaryRoot root_;
  FakeClock clock_;
  std::unique_ptr<SqlCatalog> catalog_;
  std::shared_ptr<LocalDisk> uploads_disk_;
  LocalObjectStore uploads_;
  LocalObjectStore media_;
  User owner_;
};

}  // namespace sluice
