// H.264 byte streams (ITU-T H.264 annex B) as MP4 wants them (ISO/IEC 14496-15).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::media {

// NAL units of an annex B byte stream, without start codes.
std::vector<std::string_view> split_annex_b(std::string_view stream);

// AVCDecoderConfigurationRecord from parameter sets in annex B; empty without SPS or PPS.
std::string make_avc_config(std::string_view parameter_sets);

// RFC 6381: "avc1.640028". Precondition: a record made by make_avc_config.
std::string avc_codecs(std::string_view avc_config);

// Length-prefixed NAL units of one access unit. Parameter sets (they are in the init segment),
// delimiters and x264's settings (0.7 KB at every encoder start) are left out.
std::string to_length_prefixed(std::string_view annex_b);

}  // namespace sluice::media
