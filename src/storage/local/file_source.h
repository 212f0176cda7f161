// A file as a ByteSource.
#pragma once

#include <memory>
#include <string>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace sluice {

class FileSource final : public ByteSource {
 public:
  // `not_found`, code object_not_found, for what isn't a regular file.
  static Result<std::shared_ptr<const FileSource>> open(const std::string& path);

  FileSource(UniqueFd fd, std::int64_t size_bytes, std::string etag)
      : fd_(std::move(fd)), size_bytes_(size_bytes), etag_(std::move(etag)) {}

  std::int64_t size_bytes() const override { return size_bytes_; }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override;
  int descriptor() const override { return fd_.get(); }

  // Another one for every file that ever had this name; with quotes.
  const std::string& etag() const { return etag_; }

 private:
  UniqueFd fd_;
  std::int64_t size_bytes_;
  std::string etag_;
};

}  // namespace sluice
