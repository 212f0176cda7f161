#include "signing/playback_token.h"

#include <algorithm>
#include <cstdint>

#include "base/encoding.h"

namespace sluice {
namespace {

// Version, open_until, fetch_until (milliseconds, 48 bits, big endian), video id, HMAC. The id
// needs no length: it is what is left.
constexpr char kVersion = 1;
constexpr std::size_t kTimeBytes = 6;
constexpr std::size_t kHeadBytes = 1 + 2 * kTimeBytes;
constexpr std::size_t kMacBytes = std::tuple_size_v<HmacKey::Mac>;
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kMaxTokenLength = (kHeadBytes + kMaxIdBytes + kMacBytes) * 4 / 3 + 4;
constexpr std::int64_t kMaxTime = (std::int64_t{1} << (8 * kTimeBytes)) - 1;

void append_time(std::string& bytes, Timestamp time) {
  const auto ms = std::clamp<std::int64_t>(to_unix_ms(time), 0, kMaxTime);
  for (std::size_t i = kTimeBytes; i-- > 0;) bytes.push_back(static_cast<char>(ms >> (8 * i)));
}

Timestamp read_time(std::string_view bytes) {
  std::int64_t ms = 0;
  for (const char byte : bytes.substr(0, kTimeBytes)) {
    ms = ms << 8 | static_cast<unsigned char>(byte);
  }
  return from_unix_ms(ms);
}

}  // namespace

PlaybackTokens::PlaybackTokens(const Secret& key) : key_(key, "sluice playback token") {}

std::string PlaybackTokens::make(const PlaybackGrant& grant) const {
  std::string bytes(1, kVersion);
  append_time(bytes, grant.open_until);
  append_time(bytes, grant.fetch_until);
  bytes += grant.video.str();
  const auto mac = key_.sign(bytes);
  bytes.append(mac.data(), mac.size());
  return to_base64url(bytes);
}

std::optional<PlaybackGrant> PlaybackTokens::read(std::string_view token) const {
  if (token.size() > kMaxTokenLength) return std::nullopt;
  const auto decoded = from_base64url(token);
  if (!decoded || decoded->size() <= kHeadBytes + kMacBytes) return std::nullopt;
  const std::string_view bytes = *decoded;
  const auto claim = bytes.substr(0, bytes.size() - kMacBytes);
  if (!key_.verify(claim, bytes.substr(claim.size()))) return std::nullopt;
  if (claim[0] != kVersion) return std::nullopt;
  return PlaybackGrant{VideoId(std::string(claim.substr(kHeadBytes))), read_time(claim.substr(1)),
                       read_time(claim.substr(1 + kTimeBytes))};
}

}  // namespace sluice
