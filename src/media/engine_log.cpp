#include "media/engine_log.h"

#include "media/av.h"

namespace sluice::media {

void silence_libraries() { av_log_set_level(AV_LOG_QUIET); }

}  // namespace sluice::media
