#include "app/doctor.h"

#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/data_folder.h"
#include "app/doctor_sample.h"
#include "app/installation.h"
#include "http/server.h"
#include "storage/local/file_source.h"

namespace sluice {
namespace {

// A film in all its renditions takes about as much again as its source.
constexpr std::int64_t kComfortableBytes = std::int64_t{10} << 30;

Finding finding(std::string part, const Result<>& result, std::string good) {
  if (result) return {std::move(part), true, std::move(good)};
  return {std::move(part), false, result.error().message};
}

Finding examine_room(const Configuration& configuration) {
  struct statvfs info {};
  if (::statvfs(configuration.data.c_str(), &info) != 0) {
    return {"disk room", false, "can't be read; is the data folder there?"};
  }
  const auto free =
      static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
  const auto text = fmt::format("{:.1f} GiB free", static_cast<double>(free) / (1 << 30));
  if (free >= kComfortableBytes) return {"disk room", true, text};
  return {
      "disk room", false,
      text +
          "; make room, or put --data on a larger disk: uploads and their renditions stay there"};
}

// A URL may hold a password.
std::string database_name(const Configuration& configuration) {
  return configuration.has_own_database() ? configuration.database : "PostgreSQL";
}

Finding examine_database(const Configuration& configuration) {
  auto catalog = open_catalog(configuration);
  if (!catalog) return {"database", false, catalog.error().message};
  const auto counts = (*catalog)->count_tasks();
  if (!counts) return {"database", false, counts.error().message};
  return {"database", true,
          fmt::format("{}, up to date, {} tasks waiting", database_name(configuration),
                      counts->waiting)};
}

Finding examine_storage(const Configuration& configuration) {
  const auto check = [&]() -> Result<> {
    SLUICE_TRY_ASSIGN(auto stores, open_stores(configuration, "", Secret{}));
    SLUICE_TRY(stores.uploads->check());
    return stores.media->check();
  };
  return finding("storage", check(), configuration.objects.string());
}

// A film of some frames, from its header to encoders that are ready: everything of the engine that
// an installation may lack.
Result<> try_engine() {
  UniqueFd file{::memfd_create("sample", MFD_CLOEXEC)};
  const auto sample = doctor_sample();
  const auto size = static_cast<ssize_t>(sample.size());
  if (!file || ::write(file.get(), sample.data(), sample.size()) != size) {
    return fail(ErrorKind::internal, "no_memory", "the sample can't be written to memory");
  }
  const FileSource source{std::move(file), size, "\"sample\""};
  ProcessEngine engine;
  const EngineCallbacks ignore{[](const EngineOutput&) { return Result<>{}; }, [](double) {}};
  SLUICE_TRY(engine.run(EngineJob{}, source, ignore, {}));
  return {};
}

// Lets go of the lock at once: somebody may be about to start.
Finding examine_lock(const Configuration& configuration, bool& running) {
  const auto lock = lock_data_folder(configuration.data);
  running = !lock && lock.error().code == "in_use";
  if (lock) return {"server", true, "not running"};
  return {"server", running, lock.error().message};
}

Finding examine_server(const Configuration& configuration, bool running) {
  const http::Router none;
  const auto bound =
      http::Server::bind({.listen = configuration.listen}, none, [](const http::Access&) {});
  if (bound) return {"address", true, configuration.listen + " is free"};
  if (running) return {"address", true, configuration.listen + " is taken, by Sluice it seems"};
  return {"address", false, bound.error().message};
}

}  // namespace

std::vector<Finding> examine(const Configuration& configuration) {
  std::vector<Finding> findings;
  const auto folder = make_data_folder(configuration.data);
  findings.push_back(finding("data folder", folder, configuration.data.string()));
  bool running = false;
  if (folder) {
    findings.push_back(examine_lock(configuration, running));
    const auto key = load_secret_key(configuration.data);
    findings.push_back({"secret key", key.has_value(), key ? "there" : key.error().message});
    findings.push_back(examine_room(configuration));
    findings.push_back(examine_database(configuration));
    findings.push_back(examine_storage(configuration));
  }
  auto engine = finding("engine", try_engine(), "decodes, and encodes H.264 and AAC");
  if (!engine.good) engine.text += " (are FFmpeg's libraries with libx264 installed?)";
  findings.push_back(std::move(engine));
  findings.push_back(examine_server(configuration, running));
  return findings;
}

}  // namespace sluice
