// Where the broker is, who we are there, and how we name things.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sluice {

struct AmqpAddress {
  bool tls = false;
  std::string host;
  int port = 5672;
  std::string user = "guest";
  Secret password{"guest"};
  std::string vhost = "/";
  // A connection on which nothing was heard for two of these is dead.
  std::chrono::seconds heartbeat{15};
  std::string prefix = "sluice";  // of the names of our queues and exchange
  std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";

  // For messages: no user, no password.
  std::string host_and_port() const;
};

// amqp://USER:PASSWORD@HOST:PORT/VHOST?heartbeat=SECONDS&prefix=NAME, or amqps:// with
// cacertfile=FILE beside them; what is missing has the default above, and no virtual host or an
// empty one is "/". `invalid`, code bad_queue_url, with a sentence that repeats nothing secret.
Result<AmqpAddress> parse_amqp_url(std::string_view url);

}  // namespace sluice
