#include "app/healthcheck.h"

#include <fmt/format.h>

#include "app/local_url.h"
#include "fetch/http_client.h"

namespace sluice {

Result<> check_health(const Configuration& configuration, bool live) {
  const auto& listen =
      configuration.status_listen.empty() ? configuration.listen : configuration.status_listen;
  FetchRequest request;
  request.url = local_url(listen) + (live ? "/healthz" : "/readyz");
  request.timeout = std::chrono::seconds{5};
  HttpClient client{{.use_proxies = false}};
  SLUICE_TRY_ASSIGN(const auto answer, client.send(request));
  if (answer.status == 200) {
    fmt::print("{}\n", live ? "alive" : "ready");
    return {};
  }
  return fail(ErrorKind::unavailable, "unhealthy",
              fmt::format("{} answers {}: {}", listen, answer.status, answer.body));
}

}  // namespace sluice
