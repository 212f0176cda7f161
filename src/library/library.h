// Videos as the API shows them: the routes below /api/videos.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "catalog/tasks.h"
#include "catalog/text_tracks.h"
#include "catalog/users.h"
#include "catalog/videos.h"
#include "http/router.h"
#include "library/video_json.h"
#include "storage/object_store.h"
#include "storage/upload_store.h"
#include "video/playback_urls.h"

namespace sluice {

// Who makes a request: nobody for a request without credentials.
using FindUser = std::function<Result<std::optional<User>>(const http::Request&)>;

// All outlive the Library.
struct LibraryParts {
  Videos& videos;
  TextTracks& text;
  Tasks& tasks;
  UploadStore& upload_urls;
  ObjectStore& uploads;
  ObjectStore& media;
  PlaybackUrls& playback;
  const Clock& clock;
  FindUser find_user;
};

// A video that isn't there and one that the caller may not see are answered alike. Thread-safe.
class Library {
 public:
  explicit Library(LibraryParts parts) : parts_(std::move(parts)) {}

  // The Library outlives the router.
  void add_routes(http::Router& router);

 private:
  using Request = http::Request;
  using Response = http::Response;

  Result<Response> list(const Request& request);
  std::vector<Response> show(std::span<const Request* const> requests);
  Result<Response> change(const Request& request);
  Result<Response> remove(const Request& request);
  Result<Response> retry(const Request& request);
  Result<Response> follow(const Request& request);
  // In library_tracks.cpp.
  Result<Response> add_track(const Request& request);
  Result<Response> remove_track(const Request& request);
  void remove_text(const VideoId& video, std::string_view track) const;

  Result<User> require_user(const Request& request) const;
  Result<> check_visible(const Request& request, const Video& video) const;
  Result<Video> own_video(const Request& request) const;
  Result<VideoUrls> summary_urls(const Video& video, Timestamp now) const;
  Result<Viewer> viewer_of(const Video& video, const Request& request) const;
  Result<Response> describe(int status, const Video& video, Viewer viewer) const;
  void remove_objects(const VideoId& video) const;

  LibraryParts parts_;
};

}  // namespace sluice
