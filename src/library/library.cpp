#include "library/library.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/log.h"
#include "library/requests.h"
#include "library/video_events.h"
#include "library/video_json.h"
#include "text/cue.h"
#include "video/object_key.h"

namespace sluice {
namespace {

tl::unexpected<Error> no_such_video() {
  return fail(ErrorKind::not_found, "video_not_found", "There is no such video.");
}

VideoId id_in(const http::Request& request) { return VideoId(std::string(request.param("id"))); }

http::Response or_problem(Result<http::Response> response) {
  return response ? *std::move(response) : http::Response::problem(response.error());
}

void log_left_over(const VideoId& video, const Result<>& removed) {
  if (removed) return;
  log_warn("objects of a removed video are left for the sweeper",
           {{"video_id", video.str()}, {"code", removed.error().code}});
}

}  // namespace

Result<User> Library::require_user(const Request& request) const {
  SLUICE_TRY_ASSIGN(auto user, parts_.find_user(request));
  if (!user) return fail(ErrorKind::denied, "unauthenticated", "Sign in first.");
  return *std::move(user);
}

Result<> Library::check_visible(const Request& request, const Video& video) const {
  if (video.visibility != Visibility::private_) return {};
  SLUICE_TRY_ASSIGN(const auto user, parts_.find_user(request));
  if (!user || user->id != video.user_id) return no_such_video();
  return {};
}

Result<Video> Library::own_video(const Request& request) const {
  SLUICE_TRY_ASSIGN(const User user, require_user(request));
  SLUICE_TRY_ASSIGN(Video video, parts_.videos.find_video(id_in(request)));
  if (video.user_id != user.id) return no_such_video();
  return video;
}

Result<VideoUrls> Library::summary_urls(const Video& video, Timestamp now) const {
  VideoUrls urls;
  if (video.playable) urls.playback = parts_.playback.sign(video, now);
  SLUICE_TRY_ASSIGN(urls.poster, parts_.playback.poster(video, now));
  return urls;
}

// Who asks matters only where there is something to keep from others: most answers need no look at
// the accounts.
Result<Viewer> Library::viewer_of(const Video& video, const Request& request) const {
  if (video.notes.empty()) return Viewer::anybody;
  SLUICE_TRY_ASSIGN(const auto user, parts_.find_user(request));
  return user && user->id == video.user_id ? Viewer::owner : Viewer::anybody;
}

Result<http::Response> Library::describe(int status, const Video& video, Viewer viewer) const {
  const Timestamp now = parts_.clock.now();
  SLUICE_TRY_ASSIGN(VideoUrls urls, summary_urls(video, now));
  SLUICE_TRY_ASSIGN(urls.storyboard, parts_.playback.storyboard(video, now));
  SLUICE_TRY_ASSIGN(urls.tracks, parts_.playback.tracks(video, now));
  if (video.playable) {
    SLUICE_TRY_ASSIGN(urls.renditions, parts_.playback.renditions(video, now));
  }
  Response response = Response::json(status, video_json(video, urls, viewer, now));
  response.set("Cache-Control", "no-store");
  return response;
}

Result<http::Response> Library::list(const Request& request) {
  SLUICE_TRY_ASSIGN(VideoQuery query, read_video_query(request));
  if (request.query_value("mine") == "true") {
    SLUICE_TRY_ASSIGN(const User user, require_user(request));
    query.owner = user.id;
  }
  SLUICE_TRY_ASSIGN(const VideoPage page, parts_.videos.list_videos(query));

  const Timestamp now = parts_.clock.now();
  nlohmann::json videos = nlohmann::json::array();
  for (const Video& video : page.videos) {
    SLUICE_TRY_ASSIGN(const VideoUrls urls, summary_urls(video, now));
    videos.push_back(video_summary_json(video, urls, now));
  }
  nlohmann::json value = {{"videos", std::move(videos)}, {"next_cursor", nullptr}};
  if (page.next_cursor) value["next_cursor"] = *page.next_cursor;
  Response response = Response::json(200, value);
  response.set("Cache-Control", "no-store");
  return response;
}

// One look at the database for all of them, and one description of each video for those who may see
// the same of it: however many follow a video, it costs little more than one of them.
std::vector<http::Response> Library::show(std::span<const Request* const> requests) {
  std::set<VideoId> asked;
  for (const Request* request : requests) asked.insert(id_in(*request));
  const auto found = parts_.videos.find_videos(std::vector(asked.begin(), asked.end()));

  std::map<std::pair<VideoId, Viewer>, Response> descriptions;
  const auto answer = [&](const Request& request) -> Result<Response> {
    if (!found) return fail(found.error());
    const auto video = std::ranges::find(*found, id_in(request), &Video::id);
    if (video == found->end()) return no_such_video();
    SLUICE_TRY(check_visible(request, *video));
    SLUICE_TRY_ASSIGN(const Viewer viewer, viewer_of(*video, request));
    const std::pair key(video->id, viewer);
    if (const auto known = descriptions.find(key); known != descriptions.end()) {
      return known->second;
    }
    SLUICE_TRY_ASSIGN(Response described, describe(200, *video, viewer));
    return descriptions.emplace(key, std::move(described)).first->second;
  };
  std::vector<Response> responses;
  responses.reserve(requests.size());
  for (const Request* request : requests) responses.push_back(or_problem(answer(*request)));
  return responses;
}

Result<http::Response> Library::change(const Request& request) {
  SLUICE_TRY_ASSIGN(const Video video, own_video(request));
  SLUICE_TRY_ASSIGN(const auto body, http::json_body(request));
  SLUICE_TRY_ASSIGN(const VideoChanges changes, read_video_changes(body));
  if (!changes.title && !changes.visibility) return describe(200, video, Viewer::owner);
  SLUICE_TRY_ASSIGN(const Video changed,
                    parts_.videos.update_video(video.id, changes, parts_.clock.now()));
  return describe(200, changed, Viewer::owner);
}

// The rows go first: from then on no task writes and nobody finds it. What is left of the objects
// after an error here, or is written by a task in flight, goes with the sweep of removed videos.
Result<http::Response> Library::remove(const Request& request) {
  SLUICE_TRY_ASSIGN(const Video video, own_video(request));
  const auto upload = parts_.videos.find_upload(video.id);
  SLUICE_TRY(parts_.videos.remove_video(video.id, parts_.clock.now()));
  if (upload && !upload->upload_id.empty()) {
    log_left_over(video.id,
                  parts_.upload_urls.abort_multipart(source_key(video.id), upload->upload_id));
  }
  remove_objects(video.id);
  return Response::empty(204);
}

void Library::remove_objects(const VideoId& video) const {
  log_left_over(video, parts_.media.remove_prefix(video_prefix(video)));
  log_left_over(video, parts_.uploads.remove_prefix(video_prefix(video)));
}

Result<http::Response> Library::retry(const Request& request) {
  SLUICE_TRY_ASSIGN(const Video video, own_video(request));
  SLUICE_TRY_ASSIGN(const Video queued, parts_.tasks.retry_video(video.id, parts_.clock.now()));
  return describe(202, queued, Viewer::owner);
}

Result<http::Response> Library::follow(const Request& request) {
  SLUICE_TRY_ASSIGN(const Video video, parts_.videos.find_video(id_in(request)));
  SLUICE_TRY(check_visible(request, video));
  const bool over = video.status == VideoStatus::complete || video.status == VideoStatus::failed;
  if (over && request.header("last-event-id") == kLastEventId) return Response::empty(204);

  const auto log = std::make_shared<VideoEventLog>();
  http::EventFeed feed;
  feed.poll = [this, id = video.id, log]() -> http::EventFeed::Poll {
    const auto current = parts_.videos.find_video(id);
    if (!current) return {"", current.error().kind == ErrorKind::not_found};
    VideoEvents events = log->next(*current, parts_.clock.now());
    return {std::move(events.text), events.last};
  };
  Response response;
  response.body = std::move(feed);
  return response;
}

void Library::add_routes(http::Router& router) {
  using Action = Result<Response> (Library::*)(const Request&);
  const auto add = [&](std::string_view method, std::string_view pattern, Action action,
                       http::RouteOptions options = {}) {
    const auto answer = [this, action](const Request& request) {
      return or_problem((this->*action)(request));
    };
    router.add(method, pattern, answer, options);
  };
  add("GET", "/api/videos", &Library::list);
  router.add_group("GET", "/api/videos/:id",
                   [this](std::span<const Request* const> requests) { return show(requests); });
  add("PATCH", "/api/videos/:id", &Library::change);
  add("DELETE", "/api/videos/:id", &Library::remove);
  add("POST", "/api/videos/:id/retry", &Library::retry);
  add("GET", "/api/videos/:id/events", &Library::follow);
  add("POST", "/api/videos/:id/tracks", &Library::add_track, {.max_body_bytes = kMaxTextBytes});
  add("DELETE", "/api/videos/:id/tracks/:track", &Library::remove_track);
}

}  // namespace sluice
