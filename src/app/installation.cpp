#include "app/installation.h"

#include "app/data_folder.h"
#include "base/log.h"

namespace sluice {
namespace {

Result<> open_stores(const Configuration& configuration, const std::string& public_url,
                     Installation& made) {
  SLUICE_TRY_ASSIGN(auto uploads, LocalDisk::open(configuration.objects / "uploads"));
  SLUICE_TRY_ASSIGN(auto media, LocalDisk::open(configuration.objects / "media"));
  made.uploads = std::make_unique<LocalObjectStore>(uploads);
  made.upload_urls = std::make_unique<LocalUploadStore>(
      uploads, LocalUploadOptions{.key = made.secret_key, .public_url = public_url});
  made.media = std::make_unique<LocalObjectStore>(media);
  return {};
}

// Nobody else can be at work on this folder, so whatever is in somebody's hands was in those of a
// process that is gone. There is no reason to wait until its leases run out.
Result<> take_over(Installation& made) {
  SLUICE_TRY_ASSIGN(const int tasks, made.catalog->release_all_leases(made.clock.now()));
  SLUICE_TRY(made.queue->release_all());
  if (tasks > 0) log_info("taking up where the last run ended", {{"tasks", tasks}});
  return {};
}

}  // namespace

Result<std::unique_ptr<SqlCatalog>> open_catalog(const Configuration& configuration) {
  return SqlCatalog::open("sqlite:" + configuration.database.string());
}

Result<std::unique_ptr<Installation>> open_installation(const Configuration& configuration,
                                                        const std::string& public_url) {
  auto made = std::make_unique<Installation>();
  SLUICE_TRY_ASSIGN(made->secret_key, load_secret_key(configuration.data));
  SLUICE_TRY_ASSIGN(made->catalog, open_catalog(configuration));
  made->queue = std::make_unique<SqlJobQueue>(made->catalog->database(), made->clock);
  SLUICE_TRY(open_stores(configuration, public_url, *made));
  SLUICE_TRY(take_over(*made));
  return made;
}

}  // namespace sluice
