// Who makes the URLs that players fetch media from.
#pragma once

#include <chrono>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace sluice {

// URLs of one video's objects: base_url + "720p/00000.m4s" + query.
struct SignedPrefix {
  std::string base_url;  // ends with '/'; empty: relative to the manifest, which carries the token
  std::string query;     // "" or "?Policy=…"
  Timestamp expires_at{};
};

// Signs everything of one video until a time. Thread-safe, pure but for its key.
class UrlSigner {
 public:
  virtual ~UrlSigner() = default;
  virtual Result<SignedPrefix> sign(const VideoId& video, Timestamp until) const = 0;
};

}  // namespace sluice
