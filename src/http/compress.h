// Answers as text that shrinks on its way: long playlists are mostly repetition.
#pragma once

#include "http/router.h"

namespace sluice::http {

// `handler` with its answers in gzip for clients that accept it: those of status 200 whose body is
// a text of some length. What is answered says that it depends on Accept-Encoding.
Handler compressing(Handler handler);

}  // namespace sluice::http
