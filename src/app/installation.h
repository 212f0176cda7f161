// Everything behind the HTTP server, opened in order and closed in reverse: the one place that
// names back ends.
#pragma once

#include <memory>
#include <string>

#include "app/configuration.h"
#include "base/secret.h"
#include "base/time.h"
#include "base/unique_fd.h"
#include "catalog/sql_catalog.h"
#include "queue/sql/sql_job_queue.h"
#include "storage/local/local_object_store.h"
#include "storage/local/local_upload_store.h"
#include "transcode/engine_process.h"

namespace sluice {

struct Installation {
  SystemClock clock;
  Secret secret_key;
  std::unique_ptr<SqlCatalog> catalog;
  std::unique_ptr<SqlJobQueue> queue;
  std::unique_ptr<LocalObjectStore> uploads;
  std::unique_ptr<LocalUploadStore> upload_urls;
  std::unique_ptr<LocalObjectStore> media;
  ProcessEngine engine;
};

// Of a data folder that exists and that we hold the lock of: what a process before us had in its
// hands goes back to where others find it. Errors are for the operator.
Result<std::unique_ptr<Installation>> open_installation(const Configuration& configuration,
                                                        const std::string& public_url);

// The catalog alone, beside a server that may be running.
Result<std::unique_ptr<SqlCatalog>> open_catalog(const Configuration& configuration);

}  // namespace sluice
