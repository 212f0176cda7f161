// Reading CMAF back (ISO/IEC 14496-12, 23000-19), as far as one has to know what a player will find.
// Written apart from what writes it, and without libav: a mistake of one is not a mistake of both.
// Pure; any bytes may come in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/cmaf.h"

namespace sluice::media {

struct ReadSample {
  std::int64_t decode_time = 0;
  std::int64_t duration = 0;
  std::int64_t presentation_time = 0;
  std::int64_t size_bytes = 0;
  bool sync = false;
};

// A media segment of exactly one fragment of one track.
struct ReadSegment {
  std::uint32_t sequence = 0;
  std::vector<ReadSample> samples;  // in decode order; never empty
  std::int64_t data_offset = 0;     // of the first sample, in the object

  std::int64_t start() const;  // the first presentation time
  std::int64_t end() const;    // decode time behind the last sample
};

// `bytes` is the object or its beginning, with everything in front of the samples in it;
// `object_bytes` is how long the object is. The samples must fill what is announced of them to the
// object's end. `internal`, code output_invalid, with what is wrong.
Result<ReadSegment> read_media_segment(std::string_view bytes, std::int64_t object_bytes);

struct ReadInit {
  std::int64_t timescale = 0;
  std::string handler;       // "vide", "soun"
  std::string sample_entry;  // "avc1", "mp4a"
  bool has_edit_list = false;
  int width = 0, height = 0;
  std::string avc_config;
  std::optional<ColorTags> color;
  int channels = 0, sample_rate = 0;
  std::string audio_specific_config;
};

// An init segment of one track. Errors as above.
Result<ReadInit> read_init_segment(std::string_view bytes);

// RFC 6381, from the decoder's configuration itself; empty where there is none that is known.
std::string codecs_of(const ReadInit& init);

// NAL unit type of the first coded slice of a length-prefixed access unit, of which the beginning is
// enough: 5 is an IDR picture's. 0 where there is none.
int first_slice_type(std::string_view access_unit);

// Do whole NAL units fill the access unit?
bool is_length_prefixed(std::string_view access_unit);

}  // namespace sluice::media
