// Users, videos and tasks in an SQL database.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "catalog/sql_database.h"
#include "catalog/tasks.h"
#include "catalog/text_tracks.h"
#include "catalog/users.h"
#include "catalog/videos.h"

namespace sluice {

class SqlCatalog final : public Users,
                         public Videos,
                         public TextTracks,
                         public Tasks {
 public:
  // As SqlDatabase::open.
  static Result<std::unique_ptr<SqlCatalog>> open(std::string_view url);

  explicit SqlCatalog(std::unique_ptr<SqlDatabase> database);

  // For a queue that lives in the same database. Ours, as long as we live.
  SqlDatabase& database() { return *database_; }

  // The installation's secret of this name, the same for all processes that share the database.
  // Whoever needs it first makes it. In sql_secrets.cpp.
  Result<Secret> secret(std::string_view name, const std::function<std::string()>& make);

  // Users, in sql_users.cpp.
  Result<User> create_user(std::string_view email, std::string_view password_hash,
                           Timestamp now) override;
  Result<std::optional<Credentials>> find_credentials(std::string_view email) override;
  Result<> add_token(const StoredToken& token) override;
  Result<std::optional<User>> find_user_by_token(std::string_view hash, Timestamp now) override;
  Result<> revoke_token(std::string_view hash) override;
  Result<std::vector<StoredToken>> list_tokens(const UserId& user, Timestamp now) override;
  Result<> remove_token(const UserId& user, const TokenId& token) override;

  // Videos, in sql_videos.cpp and sql_video_list.cpp.
  Result<> create_video(const Video& video, const Upload& upload) override;
  Result<Video> find_video(const VideoId& id) override;
  Result<std::vector<Video>> find_videos(std::span<const VideoId> ids) override;
  Result<Upload> find_upload(const VideoId& id) override;
  Result<VideoPage> list_videos(const VideoQuery& query) override;
  Result<Video> update_video(const VideoId& id, const VideoChanges& changes,
                             Timestamp now) override;
  Result<> remove_video(const VideoId& id, Timestamp now) override;
  Result<std::optional<std::string>> find_plan(const VideoId& id) override;
  Result<std::vector<StoredSegment>> stored_segments(const VideoId& id,
                                                     std::string_view track) override;

  // Text tracks, in sql_text_tracks.cpp.
  Result<std::vector<TextTrack>> text_tracks(const VideoId& video) override;
  Result<> add_text_track(const VideoId& video, const TextTrack& track, Timestamp now) override;
  Result<> remove_text_track(const VideoId& video, std::string_view name, Timestamp now) override;

  // Tasks in a worker's hands, in sql_tasks.cpp.
  Result<ClaimResult> claim(const TaskId& task, std::string_view worker, Timestamp now,
                            std::chrono::milliseconds lease) override;
  Result<Claim> extend_lease(const Claim& claim, Timestamp now,
                             std::chrono::milliseconds lease) override;
  Result<> record_segments(const Claim& claim, const std::vector<StoredSegment>& segments,
                           Timestamp now) override;
  Result<> record_poster(const Claim& claim, const PosterCandidate& candidate,
                         Timestamp now) override;
  Result<> record_notes(const Claim& claim, const std::vector<Note>& notes, Timestamp now) override;
  Result<> record_loudness(const Claim& claim, const LoudnessPart& part, Timestamp now) override;
  Result<> finish_prepare(const Claim& claim, const Prepared& prepared, Timestamp now) override;
  Result<> finish_text(const Claim& claim, const std::vector<TextTrack>& tracks,
                       Timestamp now) override;
  Result<> finish_task(const Claim& claim, Timestamp now) override;
  Result<bool> fail_task(const Claim& claim, const Error& error, Timestamp now) override;
  Result<> give_back(const Claim& claim, Timestamp now) override;

  // Tasks in nobody's hands, in sql_task_upkeep.cpp, sql_task_outbox.cpp and sql_task_sweep.cpp.
  Result<Video> complete_upload(const VideoId& video, std::int64_t size_bytes,
                                Timestamp now) override;
  Result<Video> retry_video(const VideoId& video, Timestamp now) override;
  Result<std::vector<OutboxEntry>> unpublished(int limit) override;
  Result<std::vector<OutboxEntry>> claim_unpublished(int limit, Timestamp now) override;
  Result<> mark_published(const std::vector<TaskId>& tasks) override;
  Result<> give_back_unpublished(const std::vector<TaskId>& tasks) override;
  Result<> fail_undeliverable(const TaskId& task, Timestamp published_at, Timestamp now) override;
  Result<int> sweep(Timestamp now) override;
  Result<int> republish_lost(Timestamp waiting_since, Timestamp now) override;
  Result<int> release_all_leases(Timestamp now) override;
  Result<std::vector<VideoId>> removed_videos(Timestamp removed_before) override;
  Result<> forget_removed(const VideoId& video) override;
  Result<std::vector<Upload>> expired_uploads(Timestamp expired_before) override;
  Result<> forget_upload(const VideoId& video) override;
  Result<TaskCounts> count_tasks() override;

 private:
  void note_token_use(std::string_view hash, Timestamp now);

  std::unique_ptr<SqlDatabase> database_;
};

}  // namespace sluice
