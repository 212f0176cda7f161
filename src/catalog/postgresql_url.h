// What a postgresql:// URL says.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sluice {

struct PostgresqlSettings {
  Secret connection;   // libpq's own form: key='value' …
  std::string server;  // for people: HOST:PORT/NAME
  int pool_size = 8;
  std::chrono::milliseconds time_limit = std::chrono::seconds{20};  // of one transaction
  std::chrono::milliseconds connect_limit = std::chrono::seconds{5};
};

// `invalid`, code bad_database_url, with a sentence that repeats nothing that could be a password.
Result<PostgresqlSettings> parse_postgresql_url(std::string_view url);

}  // namespace sluice
