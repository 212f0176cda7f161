#include "library/api_fixture.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "base/encoding.h"
#include "plan/source_json.h"
#include "video/object_key.h"

namespace sluice::testing {
namespace {

constexpr std::chrono::milliseconds kLease{60'000};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return text;
}

template <class Map>
void read_query(std::string_view text, Map& query) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    query[std::string(pair.substr(0, equals))] =
        percent_decode(pair.substr(std::min(equals + 1, pair.size()))).value();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string read_all(const http::SourceBody& body) {
  std::string bytes(static_cast<std::size_t>(body.length), '\0');
  if (body.source->read_at(body.offset, bytes).value() != bytes.size()) {
    throw std::runtime_error("the source is shorter than announced");
  }
  return bytes;
}

Answer answer_of(http::Response response) {
  Answer answer;
  answer.status = response.status;
  for (auto& [name, value] : response.headers) {
    if (!answer.headers.emplace(lower(name), value).second) {
      throw std::runtime_error("two headers of one name: " + name);
    }
  }
  if (auto* text = std::get_if<std::string>(&response.body)) answer.text = *text;
  if (auto* source = std::get_if<http::SourceBody>(&response.body)) answer.text = read_all(*source);
  if (auto* feed = std::get_if<http::EventFeed>(&response.body)) answer.feed = *feed;
  if (answer.headers["content-type"].find("json") != std::string::npos) {
    answer.body = json::parse(answer.text);
  }
  return answer;
}

void must(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
}

TaskSpec task_for(const std::string& track) {
  TaskSpec spec;
  spec.kind = track == "audio-0" ? TaskKind::audio : TaskKind::video;
  spec.tracks = {track};
  spec.end_chunk = 2;
  spec.work = 1;
  return spec;
}

}  // namespace

Plan small_plan() {
  Plan plan;
  plan.width = 1280;
  plan.height = 720;
  plan.frame_rate = {25, 1};
  plan.mode = VideoMode::chunked;
  plan.timeline = {
      .timescale = 90000, .duration_seconds = 10, .segment_count = 3, .chunks = {{0, 1}, {1, 3}}};
  plan.source.container = "mov,mp4,m4a,3gp,3g2,mj2";
  plan.source.video.emplace().codec = "h264";
  plan.source.audio.emplace_back().codec = "aac";
  plan.storyboard = Storyboard{1, 256, 144};
  Rendition rendition;
  rendition.name = "720p";
  rendition.width = 1280;
  rendition.height = 720;
  rendition.max_rate_bps = 3'000'000;
  rendition.codecs = "avc1.64001f";
  plan.renditions.push_back(rendition);
  rendition.name = "240p";
  rendition.width = 426;
  rendition.height = 240;
  rendition.max_rate_bps = 400'000;
  rendition.codecs = "avc1.640015";
  plan.renditions.push_back(rendition);
  AudioRendition audio;
  audio.name = "audio-0";
  audio.codecs = "mp4a.40.2";
  plan.audio.push_back(audio);
  return plan;
}

Api::Api()
    : catalog_(SqlCatalog::open("sqlite:" + folder_.path() + "/sluice.db").value()),
      disk_(LocalDisk::open(folder_.path() + "/objects").value()),
      objects_(disk_),
      uploads_(disk_, {Secret("a key for tests"), kPublicUrl}),
      tokens_(Secret("another key for tests")),
      playback_({*catalog_, *catalog_, objects_, tokens_, signer_, clock_}, {.public_url = kPublicUrl}),
      library_({*catalog_, *catalog_, *catalog_, uploads_, objects_, objects_, playback_, clock_,
                [this](const http::Request& request) { return find_user(request); }}),
      ingest_({.limits = {.max_upload_bytes = kMostBytes}},
              {*catalog_, *catalog_, uploads_, objects_, clock_,
               [this](const http::Request& request) { return find_user(request); },
               [this] { ++woken_; }}) {
  playback_.add_routes(router_);
  library_.add_routes(router_);
  ingest_.add_routes(router_);
  sign_up("alice");
  sign_up("bob");
}

// The catalog stores tokens as their hashes; here a token is its own.
Result<std::optional<User>> Api::find_user(const http::Request& request) {
  const auto token = request.header("authorization");
  if (!token.starts_with("Bearer ")) return std::optional<User>();
  return catalog_->find_user_by_token(token.substr(7), clock_.now());
}

void Api::sign_up(const std::string& name) {
  const User user = catalog_->create_user(name + "@example.com", "-", clock_.now()).value();
  StoredToken token;
  token.hash = name;
  token.user_id = user.id;
  token.label = "session";
  token.created_at = clock_.now();
  token.expires_at = clock_.now() + std::chrono::hours{24 * 365};
  must(catalog_->add_token(token));
}

Answer Api::call(std::string_view method, std::string_view target, std::string_view who,
                 const json& body, http::Fields headers) {
  http::Request request;
  request.method = method;
  if (target.starts_with(kPublicUrl)) target.remove_prefix(std::string_view(kPublicUrl).size());
  const auto path = target.substr(0, target.find('?'));
  request.path = path;
  if (path.size() < target.size()) read_query(target.substr(path.size() + 1), request.query);
  request.headers = std::move(headers);
  if (!who.empty()) request.headers.add("authorization", "Bearer " + std::string(who));
  if (!body.is_null()) {
    request.body = body.is_string() ? body.get<std::string>() : body.dump();
    if (!request.headers.contains("content-type")) {
      request.headers.add("content-type", "application/json");
    }
  }
  const auto match = router_.match(method, path);
  request.params = match.params;
  if (match.group != nullptr) {
    const http::Request* const alone[] = {&request};
    return answer_of((*match.group)(alone).at(0));
  }
  if (match.handler == nullptr) return answer_of(match.refusal);
  return answer_of((*match.handler)(request));
}

std::string Api::put(const std::string& url, std::string_view bytes) {
  std::string_view rest = url;
  rest.remove_prefix(std::string_view(kPublicUrl).size() + kStoragePath.size());
  UploadReceiver::Query query;
  read_query(rest.substr(rest.find('?') + 1), query);
  auto writer = uploads_.begin_put(rest.substr(0, rest.find('?')), query,
                                   static_cast<std::int64_t>(bytes.size()), clock_.now());
  if (!writer) return writer.error().code;
  if (const auto written = (*writer)->write(bytes); !written) return written.error().code;
  const auto etag = (*writer)->commit();
  return etag ? "" : etag.error().code;
}

std::string Api::upload(const json& extra, std::string_view bytes) {
  json body = {{"filename", "film.mp4"}, {"size_bytes", bytes.size()}};
  body.update(extra);
  const Answer initiated = call("POST", "/api/uploads/initiate", "alice", body);
  if (initiated.status != 201) throw std::runtime_error("initiate: " + initiated.text);
  if (!put(initiated.body["upload"]["url"], bytes).empty()) throw std::runtime_error("put");
  const std::string id = initiated.body["video_id"];
  const Answer completed = call("POST", "/api/uploads/complete", "alice", {{"video_id", id}});
  if (completed.status != 202) throw std::runtime_error("complete: " + completed.text);
  return id;
}

// Takes every task of the video that waits, and remembers it by its track ("" for prepare, finish).
Claim Api::claim_of(const std::string& video, std::string_view track) {
  const std::string name = video + "/" + std::string(track);
  if (!claims_.contains(name)) {
    const auto written = catalog_->unpublished(1000);
    for (const OutboxEntry& entry : written.value()) {
      if (entry.message.video_id.str() != video) continue;
      auto claimed = catalog_->claim(entry.message.task_id, "worker", clock_.now(), kLease).value();
      if (!claimed.claim) continue;
      const auto& tracks = claimed.claim->task.spec.tracks;
      claims_[video + "/" + (tracks.empty() ? "" : tracks.front())] = *claimed.claim;
    }
  }
  return claims_.at(name);
}

void Api::prepare(const std::string& video) {
  const Claim claim = claim_of(video, "");
  Prepared prepared;
  prepared.facts = {.duration_seconds = 10, .width = 1280, .height = 720, .frame_rate = {25, 1}};
  prepared.source_json = source_json(small_plan().source);
  prepared.notes = {{"cut_off", "The file ends after 0:10."}};
  prepared.plan_json = to_json(small_plan());
  prepared.work_total = 9;
  prepared.video_tracks = {"720p", "240p"};
  prepared.audio_tracks = {"audio-0"};
  for (const char* track : {"720p", "240p", "audio-0"}) {
    prepared.tasks.push_back(task_for(track));
    must(objects_.put(init_key(VideoId(video), track), "init of " + std::string(track)));
  }
  must(catalog_->finish_prepare(claim, prepared, clock_.now()));
  claims_.erase(video + "/");
}

void Api::store(const std::string& video, const std::string& track, int index) {
  const std::string key = segment_key(VideoId(video), track, index);
  must(objects_.put(key, key));
  const std::int64_t timescale = track == "audio-0" ? 48000 : 90000;
  StoredSegment segment;
  segment.track = track;
  segment.index = index;
  segment.start_ticks = index * 4 * timescale;
  segment.duration_ticks = (index == 2 ? 2 : 4) * timescale;
  segment.size_bytes = static_cast<std::int64_t>(key.size());
  segment.work = 1;
  segment.first_sample_end_bytes = 9;
  must(catalog_->record_segments(claim_of(video, track), {segment}, clock_.now()));
}

void Api::store_images(const std::string& video, int chunk, double poster_rank) {
  for (const std::string& name : {poster_name(chunk), sheet_name(chunk)}) {
    const std::string key = video_prefix(VideoId(video)) + name;
    must(objects_.put(key, key));
  }
  must(catalog_->record_poster(claim_of(video, "240p"), {poster_name(chunk), poster_rank},
                               clock_.now()));
}

void Api::finish(const std::string& video) {
  for (const char* track : {"720p", "240p", "audio-0", ""}) {
    must(catalog_->finish_task(claim_of(video, track), clock_.now()));
  }
}

void Api::fail(const std::string& video) {
  const Error error{ErrorKind::invalid, "not_a_video", "The file is not a video."};
  if (catalog_->find_plan(VideoId(video)).value()) {
    catalog_->fail_task(claim_of(video, "240p"), error, clock_.now()).value();
  } else {
    catalog_->fail_task(claim_of(video, ""), error, clock_.now()).value();
  }
}

std::string Api::complete_video(const json& extra) {
  std::string video = upload(extra);
  prepare(video);
  store_images(video, 0, 1.5);
  store_images(video, 1, 0.5);
  for (const char* track : {"720p", "240p", "audio-0"}) {
    for (int index = 0; index < 3; ++index) store(video, track, index);
  }
  finish(video);
  return video;
}

}  // namespace sluice::testing
