// The token in /play/TOKEN/…: the right to play one video for a while.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "signing/hmac.h"

namespace sluice {

// What a token grants. Opening a manifest is allowed for a short time, so that links can't be
// passed on for long; fetching what a manifest names for longer, so that a viewing is never cut
// off.
struct PlaybackGrant {
  VideoId video;
  Timestamp open_until{};   // multivariant playlist, MPD
  Timestamp fetch_until{};  // media playlists, init segments, segments, images
};

// Makes and reads tokens under one key. Pure, thread-safe, and fast enough for every segment.
class PlaybackTokens {
 public:
  explicit PlaybackTokens(const Secret& key);

  // base64url of version, times, video id and an HMAC-SHA-256 over them. Deterministic.
  std::string make(const PlaybackGrant& grant) const;

  // Nothing for a token that is malformed, tampered with or made with another key. Constant time in
  // the signature. Expiry is the caller's to check: `open_until`, `fetch_until` against now.
  std::optional<PlaybackGrant> read(std::string_view token) const;

 private:
  HmacKey key_;
};

}  // namespace sluice
