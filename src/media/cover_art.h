// The picture that a sound file carries of itself.
#pragma once

#include "media/av.h"
#include "media/source_input.h"

namespace sluice::media {

// A JPEG picture of the poster's size: the cover in the middle, whole, on a dark ground of its own
// colours. Null where the file has none or it can't be decoded.
Result<Frame> draw_cover(SourceInput& input);

}  // namespace sluice::media
