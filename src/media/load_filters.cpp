#include "media/load_filters.h"

#include "media/filter_library.h"

namespace sluice::media {

bool needs_filters(const Plan& plan) {
  if (!plan.source.video || plan.renditions.empty()) return false;
  const auto& video = *plan.source.video;
  const auto& top = plan.renditions.front();
  const bool is_hdr = video.color_transfer == "smpte2084" || video.color_transfer == "arib-std-b67";
  return video.pixel_format != "yuv420p" || video.full_range || is_hdr || video.interlaced ||
         video.rotation != 0 || video.mirrored || video.coded_width != top.width ||
         video.coded_height != top.height;
}

void load_filters() { (void)filter_library(); }

}  // namespace sluice::media
