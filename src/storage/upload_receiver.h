// The receiving end of an UploadStore whose signed URLs lead to Sluice itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/time.h"

namespace sluice {

// Takes the body of one signed PUT. Destroyed without commit(): nothing has happened. For one
// thread at a time.
class UploadWriter {
 public:
  virtual ~UploadWriter() = default;

  // `too_large`, code size_mismatch, beyond the signed size.
  virtual Result<> write(std::string_view bytes) = 0;

  // Makes it durable and visible, and returns its ETag. `invalid`, code size_mismatch, when fewer
  // bytes came than were signed; `not_found` when the upload was aborted meanwhile.
  virtual Result<std::string> commit() = 0;
};

struct SignedObject {
  std::shared_ptr<const ByteSource> source;
  std::string etag;  // with its quotes
};

// Thread-safe. `query` is that of the signed URL, decoded. A URL that is tampered with, expired or
// for something else is `denied`.
class UploadReceiver {
 public:
  using Query = std::map<std::string, std::string, std::less<>>;
  virtual ~UploadReceiver() = default;

  // `content_length` is what the client announced; `invalid`, code size_mismatch, unless it is the
  // signed size. `unavailable`, code storage_full, when there is no room for it.
  virtual Result<std::unique_ptr<UploadWriter>> begin_put(std::string_view key, const Query& query,
                                                          std::int64_t content_length,
                                                          Timestamp now) = 0;

  virtual Result<SignedObject> open_signed(std::string_view key, const Query& query,
                                           Timestamp now) = 0;
};

}  // namespace sluice
