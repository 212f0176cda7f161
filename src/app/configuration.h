// What an operator can set, and what follows from it. Pure: command line, environment and file come
// in as texts; every fault comes out, not only the first.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>
#include "base/log.h"
#include "signing/cloudfront_options.h"
#include "storage/s3/s3_options.h"
#include "video/video.h"

namespace sluice {

// One thing to set: the flag --name, an environment variable, and the key `name` in the
// configuration file.
struct Setting {
  std::string_view name;
  std::string_view environment;
  std::string_view argument;  // what --help calls its value
  std::string_view description;
};
std::span<const Setting> all_settings();

struct GivenSetting {
  std::string value;
  std::string origin;  // "--listen", "SLUICE_LISTEN", "listen in sluice.toml"
};
using GivenSettings = std::map<std::string, GivenSetting, std::less<>>;  // by name

using Faults = std::vector<std::string>;  // one clear line each

// What the environment says. An empty variable is as good as none.
GivenSettings settings_from_environment(
    const std::function<std::optional<std::string>(std::string_view)>& variable);

// TOML or INI, as CLI11 reads it: `listen = "127.0.0.1:9000"`. Unknown keys are faults.
tl::expected<GivenSettings, Faults> settings_from_file(std::string_view text,
                                                       std::string_view file_name);

// The first to name a setting wins: command line, then environment, then file.
GivenSettings merge_settings(GivenSettings command_line, GivenSettings environment,
                             GivenSettings file);

// The two buckets of s3://UPLOADS,MEDIA and how they are reached.
struct S3Settings {
  std::string uploads_bucket, media_bucket;
  std::string endpoint;         // empty: AWS's own
  std::string public_endpoint;  // as browsers reach it; empty: the same
  std::string region;
  S3Addressing addressing = S3Addressing::automatic;
  S3Encryption encryption = S3Encryption::none;
  std::string kms_key_id;  // of S3Encryption::kms; empty: the account's own
};

struct Configuration {
  std::string listen;         // HOST:PORT
  std::string status_listen;  // HOST:PORT for probes and metrics alone; empty: none
  std::string
      public_url;  // without a slash at the end; empty: follows from the port that was bound
  std::filesystem::path data;
  // URLs of what was chosen; they may hold passwords.
  std::string database;           // sqlite:PATH, postgresql://…
  std::string queue;              // sql:, amqp://…, amqps://…, sqs://…
  std::filesystem::path objects;  // of the local store; empty with S3
  std::optional<S3Settings> s3;
  std::optional<CloudFrontOptions> cloudfront;  // else Sluice itself delivers
  int workers = 1;
  int threads = 1;
  bool allow_signup = false;
  std::int64_t max_upload_bytes = 0;
  std::chrono::seconds max_duration{};
  std::int64_t max_picture_pixels = 0;
  std::int64_t decoder_memory = 0;  // bytes of address space of one engine process
  Visibility default_visibility = Visibility::public_;
  std::chrono::seconds playback_ttl{};
  std::chrono::seconds drain_timeout{};
  bool webhook_allow_private = false;
  std::vector<std::string> embed_origins;  // as PagePolicy has them
  LogFormat log_format = LogFormat::json;

  // One process that nobody else can work beside, or a part of a fleet?
  bool has_own_database() const { return database.starts_with("sqlite:"); }
  bool uses_data_folder() const { return has_own_database() || !s3; }
};

// What defaults depend on.
struct Surroundings {
  int cpus = 1;
  bool terminal = false;  // is standard error one?
  bool worker = false;    // `sluice worker`
  std::string region{};   // AWS_REGION or AWS_DEFAULT_REGION
};

tl::expected<Configuration, Faults> resolve_configuration(const GivenSettings& given,
                                                          const Surroundings& surroundings);

// "90", "15m", "1h30m", "2d"; nothing for anything else. Whole seconds, more than none.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
// "1000", "10 MB", "64GiB"; nothing for anything else. More than none.
std::optional<std::int64_t> parse_bytes(std::string_view text);

// "s3://UPLOADS,MEDIA" with ?addressing=path|virtual, ?sse=AES256|aws:kms and &kms-key-id=…; else
// what is wrong with it.
tl::expected<S3Settings, std::string> parse_s3_url(std::string_view text);

// Does HOST:PORT accept connections of this machine only?
bool is_loopback(std::string_view listen);

}  // namespace sluice
