// Accept-Encoding: which of the forms that are there a client gets (RFC 9110 section 12.5.3).
#pragma once

#include <string_view>

namespace sluice::http {

enum class ContentCoding { identity, gzip, brotli };

struct AvailableCodings {
  bool gzip = false;
  bool brotli = false;
};

// The one the client weighs most; of equals the smallest. The identity is always there: also for a
// client that refuses it but can't have anything else.
ContentCoding choose_coding(std::string_view accept_encoding, AvailableCodings available);

}  // namespace sluice::http
