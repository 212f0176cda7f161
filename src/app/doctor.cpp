#include "app/doctor.h"

#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/data_folder.h"
#include "app/doctor_sample.h"
#include "app/examine_storage.h"
#include "app/installation.h"
#include "app/source_limits.h"
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

Finding examine_catalog(const Configuration& configuration, SqlCatalog& catalog) {
  const auto counts = catalog.count_tasks();
  if (!counts) return {"database", false, counts.error().message};
  return {"database", true,
          fmt::format("{}, up to date, {} tasks waiting, {} running", database_name(configuration),
                      counts->waiting, counts->running)};
}

Finding examine_dead_letters(std::int64_t dead) {
  if (dead == 0) return {"dead letters", true, "none"};
  return {"dead letters", false,
          fmt::format("{} messages were given up; see them with `sluice queue list-dead`, and put "
                      "the video of one back to work with `sluice queue replay ID`",
                      dead)};
}

// What mends it, as commands; empty when the message itself says so.
std::string queue_remedy(const Error& error) {
  if (error.code == "queue_denied") {
    return " Allow it: rabbitmqctl change_password USER PASSWORD; rabbitmqctl set_permissions -p "
           "VHOST USER '^sluice\\..*' '^sluice\\..*' '^sluice\\..*'";
  }
  if (error.code == "queue_vhost_unknown") return " Make it: rabbitmqctl add_vhost VHOST";
  if (error.code == "queue_unavailable") {
    return " Is it running (rabbitmq-diagnostics check_port_listener 5672), and may this machine "
           "reach it?";
  }
  return "";
}

void examine_queue(const Configuration& configuration, SqlCatalog& catalog, const Clock& clock,
                   std::vector<Finding>& findings) {
  auto queue = open_queue(configuration, catalog, clock);
  const auto depth = queue ? queue->jobs->depth() : Result<QueueDepth>(fail(queue.error()));
  if (!depth) {
    findings.push_back({"queue", false, depth.error().message + queue_remedy(depth.error())});
    return;
  }
  const auto scheme = configuration.queue.substr(0, configuration.queue.find(':'));
  findings.push_back({"queue", true,
                      fmt::format("{}: {} messages that come first and {} others wait", scheme,
                                  depth->first_waiting, depth->rest_waiting)});
  findings.push_back(examine_dead_letters(depth->dead));
}

Finding examine_folders(const Configuration& configuration, Stores& stores) {
  auto checked = stores.uploads->check();
  if (checked) checked = stores.media->check();
  return finding("storage", checked, configuration.objects.string());
}

std::string public_url_of(const Configuration& configuration) {
  if (!configuration.public_url.empty()) return configuration.public_url;
  return "http://" + configuration.listen;
}

void examine_storage(const Configuration& configuration, const Secret& key, const Clock& clock,
                     std::vector<Finding>& findings) {
  const auto public_url = public_url_of(configuration);
  auto stores = open_stores(configuration, public_url, key, clock);
  if (!stores) {
    findings.push_back({"storage", false, stores.error().message});
    return;
  }
  if (!configuration.s3) {
    findings.push_back(examine_folders(configuration, *stores));
    return;
  }
  for (auto& found : examine_buckets(configuration, *stores, public_url)) {
    findings.push_back(std::move(found));
  }
  if (!configuration.cloudfront) return;
  for (auto& found : examine_cdn(configuration, *stores, clock))
    findings.push_back(std::move(found));
}

// Database, queue and storage: what a server would open.
void examine_parts(const Configuration& configuration, std::vector<Finding>& findings) {
  const SystemClock clock;
  const auto catalog = open_catalog(configuration);
  if (!catalog) {
    findings.push_back({"database", false, catalog.error().message});
    return;
  }
  findings.push_back(examine_catalog(configuration, **catalog));
  const auto key = open_secret_key(configuration, **catalog);
  findings.push_back({"secret key", key.has_value(), key ? "there" : key.error().message});
  examine_queue(configuration, **catalog, clock, findings);
  if (key) examine_storage(configuration, *key, clock, findings);
}

// A film of some frames, from its header to encoders that are ready: everything of the engine that
// an installation may lack.
Result<EngineResult> try_engine(const Configuration& configuration) {
  UniqueFd file{::memfd_create("sample", MFD_CLOEXEC)};
  const auto sample = doctor_sample();
  const auto size = static_cast<ssize_t>(sample.size());
  if (!file || ::write(file.get(), sample.data(), sample.size()) != size) {
    return fail(ErrorKind::internal, "no_memory", "the sample can't be written to memory");
  }
  const FileSource source{std::move(file), size, "\"sample\""};
  ProcessEngine engine(engine_limits(configuration));
  return engine.run(EngineJob{}, source, {}, {});
}

void examine_engine(const Configuration& configuration, std::vector<Finding>& findings) {
  const auto tried = try_engine(configuration);
  if (!tried) {
    findings.push_back({"engine", false,
                        tried.error().message +
                            " (are FFmpeg's libraries with libx264 installed?)"});
    return;
  }
  findings.push_back({"engine", true, "decodes, and encodes H.264 and AAC"});
  findings.push_back(
      {"sandbox", tried->confined,
       tried->confined
           ? "decoders have no files, no network, no programs and no other processes"
           : "this system can't filter system calls, so decoders are only limited in memory and "
             "time; use a kernel with CONFIG_SECCOMP_FILTER, or a container runtime that allows "
             "seccomp"});
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

std::vector<Finding> examine(const Configuration& configuration, bool has_engine) {
  std::vector<Finding> findings;
  Result<> folder;
  bool running = false;
  if (configuration.uses_data_folder()) {
    folder = make_data_folder(configuration.data);
    findings.push_back(finding("data folder", folder, configuration.data.string()));
    if (folder) findings.push_back(examine_room(configuration));
  }
  if (folder && configuration.has_own_database()) {
    findings.push_back(examine_lock(configuration, running));
  }
  if (folder) examine_parts(configuration, findings);
  if (has_engine) examine_engine(configuration, findings);
  findings.push_back(examine_server(configuration, running));
  return findings;
}

}  // namespace sluice
