// What each of a file's streams is, from its header and, of the picture, from the first one decoded.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "media/av.h"
#include "media/source_input.h"
#include "plan/source_facts.h"

namespace sluice::media {

// The video stream to use, or -1 if the file has none. An undecodable one is an error, so that a
// film never ends up as its sound alone.
Result<int> choose_video(const AVFormatContext* format);

// Reads on until a picture comes out. All but the distance of key frames.
Result<VideoStreamFacts> read_video(SourceInput& input, int index, std::int64_t max_pixels);

// Of the audio streams that can be decoded. `source` is the file itself.
std::vector<AudioStreamFacts> read_audio(const AVFormatContext* format, const ByteSource& source);

// Streams of text, and how many there are of pictures.
void read_text(const AVFormatContext* format, SourceFacts& facts);

}  // namespace sluice::media
