// What FFmpeg's libraries print.
#pragma once

namespace sluice::media {

// They print nothing: what matters of a damaged file comes back as an Error.
void silence_libraries();

}  // namespace sluice::media
