// The Range header of RFC 9110 section 14, for one range of bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::http {

struct ByteRange {
  enum class Kind {
    whole,          // none asked for, several, another unit, or malformed: the header is ignored
    part,           // `offset` and `length` (at least 1) lie within the size
    unsatisfiable,  // 416
  };
  Kind kind = Kind::whole;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

ByteRange read_byte_range(std::string_view range_header, std::int64_t size_bytes);

}  // namespace sluice::http
