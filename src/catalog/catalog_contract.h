// What every catalog must do. A back end's test program adds the catalog_contract*.cpp files to its
// own and runs them against its factory:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogContract, testing::Values(CatalogBackend{…}),
//                            backend_name);
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "catalog/tasks.h"
#include "catalog/text_tracks.h"
#include "catalog/users.h"
#include "catalog/videos.h"

namespace sluice {

// One catalog, empty at first. `reopen` closes it and opens the same data again.
class CatalogUnderTest {
 public:
  virtual ~CatalogUnderTest() = default;
  virtual Users& users() = 0;
  virtual Videos& videos() = 0;
  virtual TextTracks& text() = 0;
  virtual Tasks& tasks() = 0;
  virtual void reopen() = 0;
};

struct CatalogBackend {
  std::string name;
  std::function<std::unique_ptr<CatalogUnderTest>()> make;

  friend std::ostream& operator<<(std::ostream& out, const CatalogBackend& backend) {
    return out << backend.name;
  }
};

inline std::string backend_name(const testing::TestParamInfo<CatalogBackend>& info) {
  return info.param.name;
}

// An empty catalog and short words for what tests do with it. Everything here expects success.
class CatalogContract : public testing::TestWithParam<CatalogBackend> {
 protected:
  static constexpr std::chrono::milliseconds kLease{60'000};
  static constexpr std::chrono::hours kUploadTime{24};

  CatalogContract();

  Users& users() { return catalog_->users(); }
  Videos& videos() { return catalog_->videos(); }
  TextTracks& text() { return catalog_->text(); }
  Tasks& tasks() { return catalog_->tasks(); }
  void reopen() { catalog_->reopen(); }
  Timestamp now() const { return clock_.now(); }
  void pass(std::chrono::milliseconds time) { clock_.advance(time); }

  UserId add_user(const std::string& email);

  // Videos of `owner()`, as far along as the name says.
  UserId owner();
  Video new_video(const std::string& id);  // not stored yet
  VideoId add_video(const Video& video);   // pending
  VideoId add_pending(const std::string& id) { return add_video(new_video(id)); }
  VideoId add_queued(const std::string& id);
  VideoId add_prepared(const std::string& id);  // with the tasks of `prepared()`
  VideoId add_complete(const std::string& id);
  VideoId add_failed(const std::string& id);   // in the middle, by a permanent error
  VideoId add_expired(const std::string& id);  // never uploaded

  // One picture in two sizes, one sound, an images task; two chunks of one segment each.
  static Prepared prepared();
  static StoredSegment segment(const std::string& track, int index, double work = 1);
  static Error permanent_error();
  static Error transient_error();

  Video video(const VideoId& id);
  std::string failure(const VideoId& id);  // the code of its error; "" without one
  // Waiting tasks of a video that are not on the queue, in order.
  std::vector<TaskId> outbox(const VideoId& id);
  // The n-th task of a video that `add_prepared` made: 0 and 1 video, 2 audio, 3 images.
  TaskId task(const VideoId& id, std::size_t n) { return outbox(id).at(n); }
  Claim claim(const TaskId& task, const std::string& worker = "worker-1");
  bool can_claim(const TaskId& task);
  void finish(const TaskId& task);

 private:
  std::unique_ptr<CatalogUnderTest> catalog_;
  FakeClock clock_;
  UserId owner_;
};

// For a call that the rest of the test builds on: a failure ends the test.
inline void must(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
}

// The code of a failed result; "" for success.
template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().code;
}

}  // namespace sluice
