#include "app/serve.h"

#include <cstdio>

#include <fmt/format.h>

#include "accounts/account_routes.h"
#include "app/background.h"
#include "app/data_folder.h"
#include "app/installation.h"
#include "app/link_preview.h"
#include "app/local_url.h"
#include "app/metrics.h"
#include "app/status_server.h"
#include "app/stop_signals.h"
#include "app/web_routes.h"
#include "base/log.h"
#include "http/origin.h"
#include "http/server.h"
#include "ingest/ingest.h"
#include "ingest/storage_routes.h"
#include "library/library.h"
#include "playback/playback.h"
#include "webhooks/webhook_dispatcher.h"
#include "webhooks/webhook_routes.h"

namespace sluice {
namespace {

constexpr std::chrono::milliseconds kRequestGrace{2'000};

bool is_chatter(const http::Access& access) {
  if (access.status >= 400) return false;
  return access.pattern.starts_with("/play/") || access.pattern.starts_with("/assets/") ||
         access.pattern == "/healthz" || access.pattern == "/readyz" ||
         access.pattern == "/metrics";
}

void log_access(const http::Access& access) {
  if (is_chatter(access)) return;
  // The path of a playback holds its token.
  const bool secret = access.pattern.starts_with("/play/") || access.path.starts_with("/play/");
  log_info("request", {{"method", access.method},
                       {"path", secret ? "/play/…" : access.path},
                       {"status", access.status},
                       {"bytes", access.bytes_sent},
                       {"seconds", std::chrono::duration<double>(access.duration).count()},
                       {"remote", access.remote_address},
                       {"request_id", access.request_id}});
}

WebhookRules webhook_rules(const Configuration& configuration) {
  return {.allow_private_addresses = configuration.webhook_allow_private};
}

Result<> answers(const Result<TaskCounts>& counts) {
  if (!counts) return fail(counts.error());
  return {};
}

// What a process needs to be of use; `parts` and `metrics` outlive it.
StatusParts status_parts(Installation& parts, Metrics& metrics, std::function<Metrics::Now()> now) {
  return {{{"database", [&parts] { return answers(parts.catalog->count_tasks()); }},
           {"uploads", occasional([&parts] { return parts.stores.uploads->check(); })},
           {"media", occasional([&parts] { return parts.stores.media->check(); })}},
          std::move(now),
          metrics};
}

// The API over an installation: every route and what it needs.
class Api {
 public:
  Api(const Configuration& configuration, const std::string& public_url, Installation& parts,
      Background& background, Metrics& metrics)
      : accounts_(*parts.catalog, parts.clock, {.allow_signup = configuration.allow_signup}),
        authenticator_(accounts_, public_url),
        tokens_(parts.secret_key),
        playback_({*parts.catalog, *parts.catalog, *parts.stores.media, tokens_, *parts.signer,
                   parts.clock},
                  {.public_url = public_url,
                   .ttl = configuration.playback_ttl,
                   .media_is_near = !configuration.s3}),
        ingest_(ingest_options(configuration),
                {*parts.catalog, *parts.catalog, *parts.stores.upload_urls, *parts.stores.uploads,
                 parts.clock, find_user(), [&background] { background.wake(); }}),
        library_({*parts.catalog, *parts.catalog, *parts.catalog, *parts.stores.upload_urls,
                  *parts.stores.uploads, *parts.stores.media, playback_, parts.clock, find_user()}),
        parts_(parts),
        webhook_rules_(webhook_rules(configuration)),
        public_url_(public_url),
        policy_{.api_origins = api_origins(configuration, parts, public_url),
                .embed_origins = configuration.embed_origins,
                .https = public_url.starts_with("https://")},
        configuration_(configuration),
        status_(status_parts(parts, metrics,
                             [&parts] { return work_now(*parts.catalog, *parts.queue.jobs); })) {}

  const StatusParts& status() const { return status_; }

  void add_routes(http::Router& router) {
    add_account_routes(router, {accounts_, authenticator_, policy_.https});
    ingest_.add_routes(router);
    library_.add_routes(router);
    playback_.add_routes(router);
    add_webhook_routes(router, {*parts_.webhooks, parts_.clock, find_user(), webhook_rules_});
    if (parts_.stores.receiver) add_storage_routes(router, *parts_.stores.receiver, parts_.clock);
    add_probe_routes(router, status_);
    if (configuration_.status_listen.empty()) add_metrics_route(router, status_);
    add_instance_routes(router, configuration_);
    const auto preview = [this](std::string_view id, std::string_view page) {
      return link_preview(VideoId(std::string(id)), page);
    };
    add_web_routes(router, {web_files(), policy_, preview});
  }

 private:
  std::optional<std::string> link_preview(const VideoId& id, std::string_view page) const {
    const auto video = parts_.catalog->find_video(id);
    if (!video || video->visibility == Visibility::private_) return std::nullopt;
    const auto poster = playback_.poster(*video, parts_.clock.now());
    const auto poster_url = poster ? poster->value_or("") : std::string{};
    return with_link_preview(page, *video, public_url_, poster_url);
  }

  static std::vector<std::string> api_origins(const Configuration& configuration,
                                              const Installation& parts,
                                              const std::string& public_url) {
    auto origins = parts.stores.browser_origins;
    origins.push_back(http::origin_of(public_url));
    if (configuration.cloudfront) origins.push_back(configuration.cloudfront->origin());
    return origins;
  }

  static IngestOptions ingest_options(const Configuration& configuration) {
    IngestOptions options;
    options.limits.max_upload_bytes = configuration.max_upload_bytes;
    options.limits.default_visibility = configuration.default_visibility;
    return options;
  }

  FindUser find_user() {
    return [this](const http::Request& request) { return authenticator_.user(request); };
  }

  Accounts accounts_;
  Authenticator authenticator_;
  PlaybackTokens tokens_;
  Playback playback_;
  Ingest ingest_;
  Library library_;
  Installation& parts_;
  WebhookRules webhook_rules_;
  std::string public_url_;
  PagePolicy policy_;
  const Configuration& configuration_;
  StatusParts status_;
};

void announce(const std::string& url) {
  fmt::print("Sluice is running at {} (open it in a browser; Ctrl-C stops it)\n", url);
  std::fflush(stdout);
}

// Held while we run; nothing where others may work beside us.
Result<UniqueFd> claim_data_folder(const Configuration& configuration) {
  if (configuration.uses_data_folder()) SLUICE_TRY(make_data_folder(configuration.data));
  if (!configuration.has_own_database()) return UniqueFd{};
  return lock_data_folder(configuration.data);
}

}  // namespace

Result<> serve(const Configuration& configuration) {
  StopSignals signals;
  SLUICE_TRY_ASSIGN(const auto lock, claim_data_folder(configuration));
  Metrics metrics;
  http::Router router;
  SLUICE_TRY_ASSIGN(const auto server, http::Server::bind({.listen = configuration.listen}, router,
                                                          [&metrics](const http::Access& access) {
                                                            metrics.count_request(access);
                                                            log_access(access);
                                                          }));
  const auto url = local_url(configuration.listen, server->port());
  const auto& public_url = configuration.public_url.empty() ? url : configuration.public_url;
  SLUICE_TRY_ASSIGN(const auto installation, open_installation(configuration, public_url));
  Background background{configuration, *installation, metrics};
  WebhookDispatcher webhooks{
      {.rules = webhook_rules(configuration)}, *installation->webhooks, installation->clock};
  Api api{configuration, public_url, *installation, background, metrics};
  api.add_routes(router);
  SLUICE_TRY_ASSIGN(const auto status,
                    StatusServer::start(configuration.status_listen, api.status()));

  background.start();
  webhooks.start();
  server->start();
  announce(public_url);
  signals.wait();
  log_info("stopping");
  background.stop(configuration.drain_timeout);
  server->stop(kRequestGrace);
  return {};
}

Result<> work(const Configuration& configuration) {
  StopSignals signals;
  SLUICE_TRY_ASSIGN(const auto lock, claim_data_folder(configuration));
  SLUICE_TRY_ASSIGN(const auto installation, open_installation(configuration, ""));
  Metrics metrics;
  // What all workers share is counted by the APIs.
  SLUICE_TRY_ASSIGN(
      const auto status,
      StatusServer::start(configuration.status_listen,
                          status_parts(*installation, metrics, [] { return Metrics::Now{}; })));
  Background background{configuration, *installation, metrics};
  background.start();
  log_info("working", {{"threads", configuration.threads}});
  signals.wait();
  log_info("stopping");
  background.stop(configuration.drain_timeout);
  return {};
}

}  // namespace sluice
