// Probes and metrics on an address of their own: they are nobody's business on the public one, and
// a worker has no other.
#pragma once

#include <memory>
#include <string>

#include "app/status_routes.h"
#include "http/server.h"

namespace sluice {

class StatusServer {
 public:
  // Nothing where `listen` is empty. Answers at once and until it is destroyed.
  static Result<std::unique_ptr<StatusServer>> start(const std::string& listen,
                                                     const StatusParts& parts);

 private:
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace sluice
