// Where an SqlDatabase gets its sessions from: what differs between a file and a server.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/sql_migrations.h"
#include "catalog/sql_session.h"

namespace sluice {

// Thread-safe.
class SqlConnections {
 public:
  // True: worth keeping. May be run more than once, each time as if it were the first.
  using Step = std::function<bool(SqlSession&)>;

  virtual ~SqlConnections() = default;
  virtual Result<> write(const Step& step) = 0;
  virtual Result<> read(const Step& step) = 0;
};

// What a fault that may pass by itself looks like from outside, and any other.
Error database_unavailable();
Error database_refused();

// Both bring the tables up to date. As SqlDatabase::open.
Result<std::unique_ptr<SqlConnections>> open_sqlite(std::string_view url,
                                                    const std::vector<SqlMigration>& migrations);
Result<std::unique_ptr<SqlConnections>> open_postgresql(
    std::string_view url, const std::vector<SqlMigration>& migrations);

}  // namespace sluice
