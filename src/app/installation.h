// Everything behind the HTTP server, opened in order and closed in reverse: the one place that
// names back ends.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/configuration.h"
#include "aws/aws_client.h"
#include "aws/credentials.h"
#include "base/secret.h"
#include "base/time.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_webhooks.h"
#include "queue/job_queue.h"
#include "signing/url_signer.h"
#include "storage/object_store.h"
#include "storage/s3/s3_upload_store.h"
#include "storage/upload_receiver.h"
#include "storage/upload_store.h"
#include "transcode/engine_process.h"

namespace sluice {

// How a service of AWS is spoken to.
struct AwsAccess {
  AwsAccess(const Clock& clock, AwsScope scope)
      : credentials(clock),
        client(http, credentials, clock, {.scope = std::move(scope), .stop = stop.get_token()}) {}

  std::stop_source stop;  // ends all calls, for good

  HttpClient http;
  CredentialChain credentials;
  AwsClient client;
};

struct Stores {
  std::unique_ptr<AwsAccess> aws;  // of buckets; outlives the rest
  std::unique_ptr<ObjectStore> uploads;
  std::unique_ptr<UploadStore> upload_urls;
  UploadReceiver* receiver = nullptr;  // the other end of upload_urls, where that is Sluice itself
  std::unique_ptr<ObjectStore> media;
  S3UploadStore* s3_uploads = nullptr;       // upload_urls, where it is a bucket
  std::vector<std::string> browser_origins;  // where upload_urls lead besides Sluice itself
};

struct Queue {
  std::unique_ptr<AwsAccess> aws;  // of SQS
  std::unique_ptr<JobQueue> jobs;
};

struct Installation {
  SystemClock clock;
  std::unique_ptr<SqlCatalog> catalog;
  std::unique_ptr<SqlWebhooks> webhooks;  // in the catalog's database
  Secret secret_key;                      // all processes of a fleet have the same
  Queue queue;
  Stores stores;
  std::unique_ptr<UrlSigner> signer;
  std::optional<ProcessEngine> engine;
};

// Opens every part. A data folder that is used exists, and with a database of its own we hold its
// lock: what a process before us had in its hands goes back to where others find it. Errors are for
// the operator.
Result<std::unique_ptr<Installation>> open_installation(const Configuration& configuration,
                                                        const std::string& public_url);

// One part alone, also beside a server that is running.
Result<std::unique_ptr<SqlCatalog>> open_catalog(const Configuration& configuration);
Result<Secret> open_secret_key(const Configuration& configuration, SqlCatalog& catalog);
// A broker that does not answer is no error here: it may be back in a moment.
Result<Queue> open_queue(const Configuration& configuration, SqlCatalog& catalog,
                         const Clock& clock);
Result<Stores> open_stores(const Configuration& configuration, const std::string& public_url,
                           const Secret& secret_key, const Clock& clock);
Result<std::unique_ptr<UrlSigner>> open_signer(const Configuration& configuration);

}  // namespace sluice
