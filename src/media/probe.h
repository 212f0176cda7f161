// What is in a source file. Reads headers, decodes one picture, and looks at the end for the real
// duration; never the whole file unless its index forces it.
#pragma once

#include "base/byte_source.h"
#include "base/result.h"
#include "media/source_input.h"
#include "plan/source_facts.h"

namespace sluice::media {

// `invalid` with a sentence for the uploader: empty_file, unsupported_format, unsupported_codec,
// corrupt_file, no_media, image_only; `too_large`: picture_too_large, too_many_tracks.
Result<SourceFacts> probe(const ByteSource& source, const SourceLimits& limits = {});

}  // namespace sluice::media
