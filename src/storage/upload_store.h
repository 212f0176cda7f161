// How a client sends bytes straight to storage, by URLs that were signed for it beforehand.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sluice {

struct SignedPut {
  std::string url;                             // absolute
  std::map<std::string, std::string> headers;  // the client must send exactly these
  Timestamp expires_at{};
};

struct StoredPart {
  int part_number = 0;  // from 1
  std::int64_t size_bytes = 0;
};

// One UploadStore belongs to the uploads bucket; the keys are those of ObjectStore.
// Thread-safe. Calls block. Transient faults are `unavailable`.
class UploadStore {
 public:
  virtual ~UploadStore() = default;

  // A URL that takes one PUT of exactly `size_bytes` bytes; the object appears whole or not at all.
  // A repeated PUT replaces it until the URL expires.
  virtual Result<SignedPut> sign_put(std::string_view key, std::int64_t size_bytes,
                                     Timestamp expires_at) = 0;

  // Starts a multipart upload; the id is opaque, for the calls below.
  virtual Result<std::string> create_multipart(std::string_view key) = 0;

  // Part numbers from 1 to 10000, else `invalid`, code invalid_part. A repeated PUT of a part
  // replaces it.
  virtual Result<SignedPut> sign_part(std::string_view key, std::string_view upload_id,
                                      int part_number, std::int64_t size_bytes,
                                      Timestamp expires_at) = 0;

  // Parts stored so far, by number. `not_found` once completed or aborted.
  virtual Result<std::vector<StoredPart>> list_parts(std::string_view key,
                                                     std::string_view upload_id) = 0;

  // Joins all stored parts in order into the object, durably. `parts` is what list_parts answered:
  // `conflict`, code parts_changed, when the store holds something else by now. After an error the
  // upload is as before and may be completed again. Completing again after a success (the object is
  // there, the upload is gone) succeeds.
  virtual Result<> complete_multipart(std::string_view key, std::string_view upload_id,
                                      const std::vector<StoredPart>& parts) = 0;

  // Aborting what is not there succeeds.
  virtual Result<> abort_multipart(std::string_view key, std::string_view upload_id) = 0;
};

}  // namespace sluice
