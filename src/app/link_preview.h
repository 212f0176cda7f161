// What other programs show of a link to a video: the Open Graph of its page. Pure.
#pragma once

#include <string>
#include <string_view>

#include "video/video.h"

namespace sluice {

// `page` with the video's title, and with og: tags in place of its comment `<!-- head -->`.
// `public_url` has no slash at its end; `poster_url` may be empty. A page without these places
// stays as it is.
std::string with_link_preview(std::string_view page, const Video& video,
                              std::string_view public_url, std::string_view poster_url);

}  // namespace sluice
