#include "app/installation.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "app/data_folder.h"
#include "app/source_limits.h"
#include "base/log.h"
#include "base/random.h"
#include "queue/amqp/amqp_job_queue.h"
#include "queue/sql/sql_job_queue.h"
#include "queue/sqs/sqs_job_queue.h"
#include "signing/builtin_url_signer.h"
#include "signing/cloudfront_url_signer.h"
#include "storage/local/local_object_store.h"
#include "storage/local/local_upload_store.h"
#include "storage/s3/s3_object_store.h"

namespace sluice {
namespace {

Result<Stores> open_folders(const Configuration& configuration, const std::string& public_url,
                            const Secret& secret_key) {
  SLUICE_TRY_ASSIGN(auto uploads, LocalDisk::open(configuration.objects / "uploads"));
  SLUICE_TRY_ASSIGN(auto media, LocalDisk::open(configuration.objects / "media"));
  auto receiver = std::make_unique<LocalUploadStore>(
      uploads, LocalUploadOptions{.key = secret_key, .public_url = public_url});
  Stores stores;
  stores.receiver = receiver.get();
  stores.upload_urls = std::move(receiver);
  stores.uploads = std::make_unique<LocalObjectStore>(uploads);
  stores.media = std::make_unique<LocalObjectStore>(media);
  return stores;
}

S3Options bucket_options(const S3Settings& settings, const std::string& bucket) {
  S3Options options;
  options.bucket = bucket;
  options.region = settings.region;
  options.endpoint = settings.endpoint;
  options.public_endpoint = settings.public_endpoint;
  options.addressing = settings.addressing;
  options.encryption = settings.encryption;
  options.kms_key_id = settings.kms_key_id;
  return options;
}

Result<Stores> open_buckets(const S3Settings& settings, const Clock& clock) {
  const auto uploads = bucket_options(settings, settings.uploads_bucket);
  const auto media = bucket_options(settings, settings.media_bucket);
  SLUICE_TRY(check_s3_options(uploads));
  SLUICE_TRY(check_s3_options(media));
  Stores stores;
  stores.aws = std::make_unique<AwsAccess>(clock, s3_scope(settings.region));
  auto upload_urls = std::make_unique<S3UploadStore>(stores.aws->client, stores.aws->http, uploads);
  stores.s3_uploads = upload_urls.get();
  stores.upload_urls = std::move(upload_urls);
  stores.uploads = std::make_unique<S3ObjectStore>(stores.aws->client, uploads);
  stores.media = std::make_unique<S3ObjectStore>(stores.aws->client, media);
  stores.browser_origins = {s3_public_place(uploads).origin};
  return stores;
}

constexpr std::string_view kEnvironment = "env:";

// Where secrets come as variables and not as files, as on Amazon ECS: private-key=env:NAME.
Result<std::unique_ptr<UrlSigner>> open_cloudfront(const CloudFrontOptions& options) {
  const std::string_view place = options.private_key_file;
  if (!place.starts_with(kEnvironment)) return CloudFrontUrlSigner::open(options);
  const std::string name{place.substr(kEnvironment.size())};
  const char* pem = std::getenv(name.c_str());
  if (pem == nullptr) {
    return fail(ErrorKind::invalid, "bad_cdn_key", fmt::format("{} is not set", name));
  }
  SLUICE_TRY_ASSIGN(CloudFrontKey key, CloudFrontKey::from_pem(Secret(pem)));
  return std::make_unique<CloudFrontUrlSigner>(options, std::move(key));
}

// Nobody else can be at work on this database, so whatever is in somebody's hands was in those of a
// process that is gone. There is no reason to wait until its leases run out.
Result<> take_over(Installation& made) {
  SLUICE_TRY_ASSIGN(const int tasks, made.catalog->release_all_leases(made.clock.now()));
  SLUICE_TRY(SqlJobQueue(made.catalog->database(), made.clock).release_all());
  SLUICE_TRY(made.webhooks->release_all(made.clock.now()));
  if (tasks > 0) log_info("taking up where the last run ended", {{"tasks", tasks}});
  return {};
}

}  // namespace

Result<std::unique_ptr<SqlCatalog>> open_catalog(const Configuration& configuration) {
  return SqlCatalog::open(configuration.database);
}

Result<Secret> open_secret_key(const Configuration& configuration, SqlCatalog& catalog) {
  if (configuration.has_own_database()) return load_secret_key(configuration.data);
  return catalog.secret("playback", [] { return random_bytes(kSecretKeyBytes); });
}

Result<Queue> open_queue(const Configuration& configuration, SqlCatalog& catalog,
                         const Clock& clock) {
  Queue queue;
  if (configuration.queue.starts_with("amqp")) {
    SLUICE_TRY_ASSIGN(auto address, parse_amqp_url(configuration.queue));
    queue.jobs = std::make_unique<AmqpJobQueue>(std::move(address), clock);
  } else if (configuration.queue.starts_with("sqs")) {
    SLUICE_TRY_ASSIGN(auto options, parse_sqs_url(configuration.queue));
    queue.aws = std::make_unique<AwsAccess>(clock, sqs_scope(options.region));
    queue.jobs = std::make_unique<SqsJobQueue>(queue.aws->client, clock, std::move(options));
  } else {
    SqlJobQueueOptions options;
    // There are no other processes.
    if (configuration.has_own_database()) options.poll_interval = std::chrono::seconds{1};
    queue.jobs = std::make_unique<SqlJobQueue>(catalog.database(), clock, options);
  }
  return queue;
}

Result<Stores> open_stores(const Configuration& configuration, const std::string& public_url,
                           const Secret& secret_key, const Clock& clock) {
  if (configuration.s3) return open_buckets(*configuration.s3, clock);
  return open_folders(configuration, public_url, secret_key);
}

Result<std::unique_ptr<UrlSigner>> open_signer(const Configuration& configuration) {
  if (!configuration.cloudfront) return std::make_unique<BuiltinUrlSigner>();
  return open_cloudfront(*configuration.cloudfront);
}

Result<std::unique_ptr<Installation>> open_installation(const Configuration& configuration,
                                                        const std::string& public_url) {
  auto made = std::make_unique<Installation>();
  made->engine.emplace(engine_limits(configuration));
  SLUICE_TRY_ASSIGN(made->catalog, open_catalog(configuration));
  made->webhooks = std::make_unique<SqlWebhooks>(made->catalog->database());
  SLUICE_TRY_ASSIGN(made->secret_key, open_secret_key(configuration, *made->catalog));
  if (configuration.has_own_database()) SLUICE_TRY(take_over(*made));
  SLUICE_TRY_ASSIGN(made->queue, open_queue(configuration, *made->catalog, made->clock));
  SLUICE_TRY_ASSIGN(made->stores,
                    open_stores(configuration, public_url, made->secret_key, made->clock));
  SLUICE_TRY_ASSIGN(made->signer, open_signer(configuration));
  return made;
}

}  // namespace sluice
