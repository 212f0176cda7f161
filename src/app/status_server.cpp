#include "app/status_server.h"

namespace sluice {

Result<std::unique_ptr<StatusServer>> StatusServer::start(const std::string& listen,
                                                          const StatusParts& parts) {
  if (listen.empty()) return nullptr;
  auto made = std::make_unique<StatusServer>();
  add_probe_routes(made->router_, parts);
  add_metrics_route(made->router_, parts);
  const http::ServerOptions options{.listen = listen, .pool_threads = 2, .max_connections = 64};
  SLUICE_TRY_ASSIGN(made->server_,
                    http::Server::bind(options, made->router_, [](const http::Access&) {}));
  made->server_->start();
  return made;
}

}  // namespace sluice
