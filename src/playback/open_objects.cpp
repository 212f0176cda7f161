#include "playback/open_objects.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace sluice {
namespace {

// The head of a media segment lists the size of every frame in it, which tells two encodes apart
// without reading them; a small object is covered whole.
constexpr std::size_t kFingerprintBytes = 2048;

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3u;
  }
  return hash;
}

Result<std::string> make_etag(const ByteSource& source) {
  std::array<char, kFingerprintBytes> head;
  SLUICE_TRY_ASSIGN(const std::size_t count, source.read_at(0, head));
  return fmt::format("\"{:x}-{:016x}\"", source.size_bytes(),
                     fnv1a(std::string_view(head.data(), count)));
}

}  // namespace

Result<std::shared_ptr<const OpenObject>> OpenObjects::open(std::string_view key, Timestamp now) {
  if (auto known = opened_.find(key, now)) return known;
  auto object = std::make_shared<OpenObject>();
  SLUICE_TRY_ASSIGN(object->source, store_.open(key));
  SLUICE_TRY_ASSIGN(object->etag, make_etag(*object->source));
  opened_.put(key, object, now);
  return std::shared_ptr<const OpenObject>(std::move(object));
}

}  // namespace sluice
