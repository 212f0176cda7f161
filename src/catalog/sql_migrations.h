// The numbered steps from an empty database to today's tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/sql_dialect.h"
#include "catalog/sql_session.h"

namespace sluice {

struct SqlMigration {
  int version = 0;         // 1, 2, 3 …
  std::string name;        // "0001_initial"
  std::string statements;  // as in migrations/
};

// Those of this binary, in order.
const std::vector<SqlMigration>& sql_migrations();

// Runs what this database has not seen yet, each in one transaction, so a crash leaves it between
// two versions and never inside one. A database that has seen more than `migrations` is left alone:
// `invalid`, code database_too_new. Safe when many processes do it at once.
// The session may keep a lock, so close it afterwards where others wait for that.
Result<> migrate(SqlSession& session, const std::vector<SqlMigration>& migrations);

// The statements of a migration with the dialect's words filled in.
std::vector<std::string> split_statements(std::string_view text, const SqlDialect& dialect);

}  // namespace sluice
