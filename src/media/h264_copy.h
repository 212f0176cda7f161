// Coded H.264 pictures as they are taken over from a source.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "media/h264_parameters.h"

namespace sluice::media {

// The configuration of a copied rendition: the source's parameter sets, lengths of four bytes.
std::string write_avc_config(const AvcConfig& config, const SequenceParameters& sps);

struct CopiedPicture {
  std::string data;  // NAL units with lengths of four bytes
  bool idr = false;
};

// One picture of a source whose container has `config`. Delimiters, filler and repeated parameter
// sets are left out. Nothing when it is damaged, or holds what a rendition may not: other parameter
// sets than the configuration's, a mixture of IDR and other slices, layers, partitions.
std::optional<CopiedPicture> copy_picture(std::string_view packet, const AvcConfig& config);

}  // namespace sluice::media
