// Pre-signed URLs of the local disk: {public_url}/storage/uploads/KEY?expires=…&…&signature=….
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "signing/hmac.h"

namespace sluice {

inline constexpr std::string_view kStorageKeyPurpose = "sluice storage url";
inline constexpr std::string_view kStoragePath = "/storage/uploads/";

// One request that a URL allows.
struct StorageGrant {
  std::string method = "PUT";  // or "GET", which allows HEAD too
  std::string key;
  std::int64_t size_bytes = 0;  // of the body of a PUT; 0 for a GET
  std::string upload_id{};      // empty: a single PUT
  int part_number = 0;          // 0: a single PUT
  Timestamp expires_at{};       // whole seconds; the rest is cut off
};

// Pure: the same grant makes the same URL. `public_url` has no trailing slash.
std::string make_storage_url(const HmacKey& key, std::string_view public_url,
                             const StorageGrant& grant);

using StorageQuery = std::map<std::string, std::string, std::less<>>;  // decoded

// What a request to /storage/uploads/KEY is allowed to do. `denied`: bad_signature for whatever was
// not signed exactly so, url_expired from `expires_at` on.
Result<StorageGrant> verify_storage_url(const HmacKey& key, std::string_view method,
                                        std::string_view object_key, const StorageQuery& query,
                                        Timestamp now);

}  // namespace sluice
