// The token in /play/TOKEN/…: the right to play one video for a while.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"

namespace sluice {

// What a token grants. Opening a manifest is allowed for a short time, so that links can't be
// passed on for long; fetching what a manifest names for longer, so that a viewing is never cut off.
struct PlaybackGrant {
  VideoId video;
  Timestamp open_until{};   // multivariant playlist, MPD
  Timestamp fetch_until{};  // media playlists, init segments, segments, images
};

// base64url of version, times, video id and an HMAC-SHA-256 over them. Deterministic.
std::string make_playback_token(const Secret& key, const PlaybackGrant& grant);

// Nothing for a token that is malformed, tampered with or made with another key. Constant time in
// the signature. Expiry is the caller's to check: `open_until`, `fetch_until` against now.
std::optional<PlaybackGrant> read_playback_token(const Secret& key, std::string_view token);

}  // namespace sluice
