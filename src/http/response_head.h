// The head of a response as it goes over the wire (RFC 9112).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace sluice::http {

enum class Persistence {
  keep,           // HTTP/1.1 without a word
  keep_explicit,  // an HTTP/1.0 client asked for it
  close,
};

struct HeadFacts {
  std::string_view date;
  std::string_view request_id;
  Persistence persistence = Persistence::keep;
  std::int64_t content_length = -1;  // -1: none
  bool chunked = false;
};

// Appends status line, headers and the empty line. Control characters in a value of the handler
// become spaces: nothing a handler echoes can end a header.
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::int64_t unix_seconds);

}  // namespace sluice::http
