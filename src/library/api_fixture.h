// For tests: the API on its real parts, a catalog in SQLite and objects on the local disk, with
// time standing still.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "catalog/sql_catalog.h"
#include "http/router.h"
#include "ingest/ingest.h"
#include "library/library.h"
#include "plan/plan.h"
#include "playback/playback.h"
#include "signing/builtin_url_signer.h"
#include "signing/playback_token.h"
#include "storage/local/local_object_store.h"
#include "storage/local/local_upload_store.h"
#include "storage/local/temporary_root.h"

namespace sluice::testing {

using nlohmann::json;

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string text;
  json body;  // when it is JSON
  http::EventFeed feed;

  std::string code() const { return body.is_object() ? body.value("code", "") : ""; }
};

inline constexpr const char* kPublicUrl = "http://media.example.com";
inline constexpr std::int64_t kMostBytes = std::int64_t{100} << 30;

class Api {
 public:
  Api();

  // One request; `who` is a bearer token ("alice", "bob") or empty. A body that is a string goes
  // out as it is.
  Answer call(std::string_view method, std::string_view target, std::string_view who = "",
              const json& body = nullptr, http::Fields headers = {});

  // PUTs to a signed URL, as a client does. The code of the refusal, or "".
  std::string put(const std::string& url, std::string_view bytes);

  // A video of alice's, from `initiate` to `complete`.
  std::string upload(const json& extra = json::object(), std::string_view bytes = "a film");

  // What the worker does: two renditions and one sound track, each one task, of two chunks. Bytes
  // of a segment or an image are its own key.
  void prepare(const std::string& video);
  void store(const std::string& video, const std::string& track, int index);
  void store_images(const std::string& video, int chunk, double poster_rank);
  void finish(const std::string& video);
  void fail(const std::string& video);
  std::string complete_video(const json& extra = json::object());  // all of the above

  http::Router& router() { return router_; }
  FakeClock& clock() { return clock_; }
  SqlCatalog& catalog() { return *catalog_; }
  LocalObjectStore& objects() { return objects_; }
  LocalUploadStore& uploads() { return uploads_; }
  Playback& playback() { return playback_; }
  const PlaybackTokens& tokens() const { return tokens_; }
  int woken() const { return woken_; }

 private:
  Result<std::optional<User>> find_user(const http::Request& request);
  void sign_up(const std::string& name);
  Claim claim_of(const std::string& video, std::string_view track);

  TemporaryRoot folder_;
  FakeClock clock_;
  std::unique_ptr<SqlCatalog> catalog_;
  std::shared_ptr<LocalDisk> disk_;
  LocalObjectStore objects_;
  LocalUploadStore uploads_;
  PlaybackTokens tokens_;
  BuiltinUrlSigner signer_;
  Playback playback_;
  Library library_;
  Ingest ingest_;
  http::Router router_;
  std::map<std::string, Claim> claims_;  // by video/track
  int woken_ = 0;
};

// The plan that prepare() makes: 720p, 240p and audio-0, three segments of 4, 4 and 2 s, the
// first a chunk of its own, and a storyboard with a tile for each second.
Plan small_plan();

}  // namespace sluice::testing
