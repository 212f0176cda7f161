// The routes below /storage: where pre-signed URLs of a local store lead.
#pragma once

#include "base/time.h"
#include "http/router.h"
#include "storage/upload_receiver.h"

namespace sluice {

// Bodies go to the store as they come; nothing is held in memory. Any origin may use a signed URL,
// and a bad one is 403, never a redirect. `receiver` and `clock` outlive the router.
void add_storage_routes(http::Router& router, UploadReceiver& receiver, const Clock& clock);

}  // namespace sluice
