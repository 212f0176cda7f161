#include "app/configuration.h"

#include <array>
#include <charconv>
#include <climits>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "app/page_policy.h"
#include "queue/amqp/amqp_address.h"
#include "queue/sqs/sqs_options.h"

namespace sluice {
namespace {

constexpr std::array kSettings = {
    Setting{"listen", "SLUICE_LISTEN", "HOST:PORT", "where to serve (127.0.0.1:8080)"},
    Setting{
        "status-listen", "SLUICE_STATUS_LISTEN", "HOST:PORT",
        "where probes and metrics are answered, apart from --listen and in `worker` too (none)"},
    Setting{"data", "SLUICE_DATA", "FOLDER", "where everything is kept (./sluice-data)"},
    Setting{"public-url", "SLUICE_PUBLIC_URL", "URL", "what browsers see (from --listen)"},
    Setting{"workers", "SLUICE_WORKERS", "N", "workers in `serve`, 0 for the API only (1)"},
    Setting{"threads", "SLUICE_THREADS", "N", "CPU threads for encoding (the CPU quota)"},
    Setting{"database", "SLUICE_DATABASE_URL", "URL",
            "sqlite:FILE or postgresql://… (sqlite:DATA/sluice.db)"},
    Setting{"queue", "SLUICE_QUEUE_URL", "URL",
            "sql: for the database itself, amqp://…, amqps://… or sqs://REGION/QUEUE (sql:)"},
    Setting{"storage", "SLUICE_STORAGE_URL", "URL",
            "file:FOLDER or s3://UPLOADS_BUCKET,MEDIA_BUCKET (file:DATA/objects)"},
    Setting{"s3-endpoint", "SLUICE_S3_ENDPOINT", "URL", "of an S3-compatible store"},
    Setting{"s3-public-endpoint", "SLUICE_S3_PUBLIC_ENDPOINT", "URL",
            "of the same store, as browsers reach it (from --s3-endpoint)"},
    Setting{"s3-region", "SLUICE_S3_REGION", "REGION", "of the S3 buckets (AWS_REGION)"},
    Setting{"cdn", "SLUICE_CDN_URL", "URL",
            "builtin: for Sluice itself, or cloudfront://DOMAIN?key-pair-id=…&private-key=FILE "
            "(builtin:)"},
    Setting{"allow-signup", "SLUICE_ALLOW_SIGNUP", "BOOL",
            "may strangers make accounts? (true on loopback, else false)"},
    Setting{"max-upload-bytes", "SLUICE_MAX_UPLOAD_BYTES", "SIZE", "per file (64GiB)"},
    Setting{"max-duration", "SLUICE_MAX_DURATION", "TIME", "per video (12h)"},
    Setting{"max-picture-pixels", "SLUICE_MAX_PICTURE_PIXELS", "N",
            "of a source's picture, width times height (35389440: 8192 x 4320)"},
    Setting{"decoder-memory", "SLUICE_DECODER_MEMORY", "SIZE",
            "address space of one process that decodes (8GiB)"},
    Setting{"default-visibility", "SLUICE_DEFAULT_VISIBILITY", "WHO",
            "public, unlisted or private (public)"},
    Setting{"playback-ttl", "SLUICE_PLAYBACK_TTL", "TIME",
            "how long a link to a manifest can be opened (15m)"},
    Setting{"drain-timeout", "SLUICE_DRAIN_TIMEOUT", "TIME",
            "when stopping, how long running tasks may take to end before they are given back "
            "(25s in `worker`, else 0)"},
    Setting{"webhook-allow-private", "SLUICE_WEBHOOK_ALLOW_PRIVATE", "BOOL",
            "may webhooks lead to http: and to addresses of private networks? (false)"},
    Setting{"embed-origins", "SLUICE_EMBED_ORIGINS", "ORIGINS",
            "whose pages may show the player in a frame: *, none or https://a.example,… (*)"},
    Setting{"log-format", "SLUICE_LOG_FORMAT", "FORMAT",
            "text or json (text on a terminal, else json)"},
};

bool is_setting(std::string_view name) {
  return std::any_of(kSettings.begin(), kSettings.end(),
                     [&](const Setting& setting) { return setting.name == name; });
}

// Reads one setting after the other and collects what is wrong with them.
class Resolver {
 public:
  explicit Resolver(const GivenSettings& given) : given_(given) {}

  std::string text(std::string_view name, std::string fallback) const {
    const auto* found = find(name);
    return found ? found->value : std::move(fallback);
  }

  int number(std::string_view name, int least, int most, int fallback) {
    const auto* found = find(name);
    if (!found) return fallback;
    int value = 0;
    const auto* end = found->value.data() + found->value.size();
    const auto parsed = std::from_chars(found->value.data(), end, value);
    if (parsed.ec == std::errc{} && parsed.ptr == end && value >= least && value <= most) {
      return value;
    }
    wrong(*found, fmt::format("a number from {} to {}", least, most));
    return fallback;
  }

  bool boolean(std::string_view name, bool fallback) {
    const auto* found = find(name);
    if (!found) return fallback;
    if (found->value == "true" || found->value == "1" || found->value == "yes") return true;
    if (found->value == "false" || found->value == "0" || found->value == "no") return false;
    wrong(*found, "true or false");
    return fallback;
  }

  template <class Parse, class Value>
  Value parsed(std::string_view name, Parse parse, std::string_view expected, Value fallback) {
    const auto* found = find(name);
    if (!found) return fallback;
    if (const auto value = parse(found->value)) return *value;
    wrong(*found, expected);
    return fallback;
  }

  // A URL with one of these schemes.
  std::string url(std::string_view name, std::span<const std::string_view> schemes,
                  std::string fallback) {
    const auto* found = find(name);
    if (!found) return fallback;
    for (const auto scheme : schemes) {
      if (found->value.starts_with(scheme)) return found->value;
    }
    // Not the value: a URL may hold a password.
    faults.push_back(fmt::format("{}: expected {}", found->origin, fmt::join(schemes, "…, ")) +
                     "…");
    return fallback;
  }

  const GivenSetting* find(std::string_view name) const {
    const auto found = given_.find(name);
    return found == given_.end() ? nullptr : &found->second;
  }

  void wrong(const GivenSetting& setting, std::string_view expected) {
    faults.push_back(
        fmt::format("{}: expected {}, not \"{}\"", setting.origin, expected, setting.value));
  }

  Faults faults;

 private:
  const GivenSettings& given_;
};

std::optional<std::string> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto* end = port.data() + port.size();
  const auto parsed = std::from_chars(port.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return std::string{text};
}

std::optional<std::string> parse_public_url(std::string_view text) {
  const bool http = text.starts_with("http://") || text.starts_with("https://");
  if (!http || text.find_first_of(" \"<>?#") != std::string_view::npos) return std::nullopt;
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.substr(text.find(':')).size() < 4) return std::nullopt;
  return std::string{text};
}

// FFmpeg's libraries alone take some hundred megabytes of it.
std::optional<std::int64_t> parse_decoder_memory(std::string_view text) {
  const auto bytes = parse_bytes(text);
  return bytes && *bytes >= std::int64_t{512} << 20 ? bytes : std::nullopt;
}

std::optional<std::chrono::seconds> parse_grace(std::string_view text) {
  if (text == "0" || text == "0s") return std::chrono::seconds{0};
  return parse_duration(text);
}

std::optional<LogFormat> parse_log_format(std::string_view text) {
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  return std::nullopt;
}

constexpr std::array<std::string_view, 3> kDatabases = {"sqlite:", "postgresql://", "postgres://"};
constexpr std::array<std::string_view, 4> kQueues = {"sql:", "amqp://", "amqps://", "sqs://"};
constexpr std::array<std::string_view, 2> kStores = {"file:", "s3://"};
constexpr std::array<std::string_view, 2> kCdns = {"builtin:", "cloudfront://"};

void resolve_s3(Resolver& read, const std::string& url, const Surroundings& surroundings,
                Configuration& made) {
  const auto parsed = parse_s3_url(url);
  if (!parsed) {
    read.faults.push_back(fmt::format("{}: {}", read.find("storage")->origin, parsed.error()));
    return;
  }
  made.s3 = *parsed;
  made.s3->endpoint =
      read.parsed("s3-endpoint", parse_public_url, "http://… or https://…", std::string{});
  made.s3->public_endpoint =
      read.parsed("s3-public-endpoint", parse_public_url, "http://… or https://…", std::string{});
  const auto region = surroundings.region.empty() ? "us-east-1" : surroundings.region;
  made.s3->region = read.text("s3-region", region);
}

void resolve_storage(Resolver& read, const Surroundings& surroundings, Configuration& made) {
  const auto url = read.url("storage", kStores, "file:" + (made.data / "objects").string());
  if (url.starts_with("s3://")) return resolve_s3(read, url, surroundings, made);
  made.objects = url.substr(url.find(':') + 1);
  for (const auto* name : {"s3-endpoint", "s3-public-endpoint", "s3-region"}) {
    if (const auto* found = read.find(name)) {
      read.faults.push_back(fmt::format("{} needs --storage s3://…", found->origin));
    }
  }
}

void check_queue(Resolver& read, const std::string& url) {
  Result<> parsed;
  if (url.starts_with("amqp")) {
    if (const auto address = parse_amqp_url(url); !address) parsed = fail(address.error());
  } else if (url.starts_with("sqs")) {
    if (const auto options = parse_sqs_url(url); !options) parsed = fail(options.error());
  }
  if (parsed) return;
  read.faults.push_back(fmt::format("{}: {}", read.find("queue")->origin, parsed.error().message));
}

void resolve_places(Resolver& read, const Surroundings& surroundings, Configuration& made) {
  made.data = read.text("data", "sluice-data");
  made.database = read.url("database", kDatabases, "sqlite:" + (made.data / "sluice.db").string());
  made.queue = read.url("queue", kQueues, "sql:");
  resolve_storage(read, surroundings, made);
  if (made.data.empty() || made.database == "sqlite:" || (made.objects.empty() && !made.s3)) {
    read.faults.push_back("--data, --database and --storage need a path");
  }
  if (made.queue != "sql:" && made.queue.starts_with("sql:")) {
    read.faults.push_back(fmt::format("{}: expected sql: alone", read.find("queue")->origin));
  }
  check_queue(read, made.queue);
  if (made.has_own_database() && !made.queue.starts_with("sql:")) {
    read.faults.push_back(
        fmt::format("{}: a queue for many workers needs a database for many: --database "
                    "postgresql://…",
                    read.find("queue")->origin));
  }
}

void resolve_cdn(Resolver& read, Configuration& made) {
  const auto url = read.url("cdn", kCdns, "builtin:");
  if (!url.starts_with("cloudfront:")) return;
  const auto& origin = read.find("cdn")->origin;
  const auto parsed = parse_cloudfront_url(url);
  if (!parsed) {
    read.faults.push_back(fmt::format("{}: {}", origin, parsed.error().message));
  } else if (!made.s3) {
    read.faults.push_back(
        fmt::format("{}: CloudFront delivers from a bucket: --storage s3://…", origin));
  } else {
    made.cloudfront = *parsed;
  }
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

GivenSettings settings_from_environment(
    const std::function<std::optional<std::string>(std::string_view)>& variable) {
  GivenSettings given;
  for (const auto& setting : kSettings) {
    auto value = variable(setting.environment);
    if (!value || value->empty()) continue;
    given[std::string{setting.name}] = {std::move(*value), std::string{setting.environment}};
  }
  return given;
}

tl::expected<GivenSettings, Faults> settings_from_file(std::string_view text,
                                                       std::string_view file_name) {
  GivenSettings given;
  Faults faults;
  std::vector<CLI::ConfigItem> items;
  try {
    std::istringstream input{std::string{text}};
    items = CLI::ConfigTOML{}.from_config(input);
  } catch (const CLI::Error& error) {
    return tl::unexpected(Faults{fmt::format("{}: {}", file_name, error.what())});
  }
  for (const auto& item : items) {
    const auto name = item.fullname();
    if (!is_setting(name)) {
      faults.push_back(fmt::format("{}: unknown key \"{}\"", file_name, name));
    } else if (item.inputs.size() != 1) {
      faults.push_back(fmt::format("{}: {} needs one value", file_name, name));
    } else {
      given[name] = {item.inputs.front(), fmt::format("{} in {}", name, file_name)};
    }
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return given;
}

GivenSettings merge_settings(GivenSettings command_line, GivenSettings environment,
                             GivenSettings file) {
  command_line.merge(environment);
  command_line.merge(file);
  return command_line;
}

tl::expected<Configuration, Faults> resolve_configuration(const GivenSettings& given,
                                                          const Surroundings& surroundings) {
  using std::chrono::seconds;
  Resolver read{given};
  Configuration made;
  made.listen = read.parsed("listen", parse_listen, "HOST:PORT", std::string{"127.0.0.1:8080"});
  made.status_listen = read.parsed("status-listen", parse_listen, "HOST:PORT", std::string{});
  made.public_url =
      read.parsed("public-url", parse_public_url, "http://… or https://…", std::string{});
  resolve_places(read, surroundings, made);
  resolve_cdn(read, made);
  made.workers = read.number("workers", 0, 64, 1);
  made.threads = read.number("threads", 1, 1'024, surroundings.cpus);
  made.allow_signup = read.boolean("allow-signup", is_loopback(made.listen));
  made.max_upload_bytes =
      read.parsed("max-upload-bytes", parse_bytes, "a size like 64GiB", std::int64_t{64} << 30);
  made.max_duration =
      read.parsed("max-duration", parse_duration, "a time like 12h", seconds{12 * 3'600});
  made.max_picture_pixels = read.number("max-picture-pixels", 4, INT_MAX, 8192 * 4320);
  made.decoder_memory = read.parsed("decoder-memory", parse_decoder_memory,
                                   "a size like 8GiB, at least 512MiB", std::int64_t{8} << 30);
  made.playback_ttl =
      read.parsed("playback-ttl", parse_duration, "a time like 15m", seconds{15 * 60});
  made.drain_timeout = read.parsed("drain-timeout", parse_grace, "a time like 25s, or 0",
                                   seconds{surroundings.worker ? 25 : 0});
  made.webhook_allow_private = read.boolean("webhook-allow-private", false);
  made.embed_origins = read.parsed("embed-origins", parse_embed_origins,
                                   "*, none or origins like https://a.example,https://b.example",
                                   std::vector<std::string>{"*"});
  made.default_visibility = read.parsed("default-visibility", parse_visibility,
                                        "public, unlisted or private", Visibility::public_);
  made.log_format = read.parsed("log-format", parse_log_format, "text or json",
                                surroundings.terminal ? LogFormat::text : LogFormat::json);
  if (!read.faults.empty()) return tl::unexpected(std::move(read.faults));
  return made;
}

}  // namespace sluice
