// PUT and GET /storage/uploads/KEY: the receiving end of the local disk's signed URLs.
#pragma once

#include "base/time.h"
#include "http/router.h"
#include "storage/upload_receiver.h"

namespace sluice {

// The signature in the URL is the whole right, so any origin may use it. All outlive the router.
void add_storage_routes(http::Router& router, UploadReceiver& receiver, const Clock& clock);

}  // namespace sluice
