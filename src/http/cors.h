// Lets pages of any origin play what is protected by a signed URL, not by cookies.
#pragma once

#include <string_view>

#include "http/router.h"

namespace sluice::http {

// Access-Control-Allow-Origin: *, and the headers that players and uploaders read.
void allow_any_origin(Response& response);

// `handler` with allow_any_origin on everything it answers.
Handler allowing_any_origin(Handler handler);

// Answers OPTIONS (the browser's preflight) for `pattern`; `methods` as in "GET, HEAD".
void add_preflight(Router& router, std::string_view pattern, std::string_view methods);

}  // namespace sluice::http
