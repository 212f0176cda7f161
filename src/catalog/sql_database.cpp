#include "catalog/sql_database.h"

#include "catalog/sql_connections.h"

namespace sluice {

Error database_unavailable() {
  return {ErrorKind::unavailable, "database_unavailable",
          "The database does not answer at the moment."};
}

Error database_refused() {
  return {ErrorKind::internal, "database_error", "The database refused a statement."};
}

SqlDatabase::SqlDatabase(std::unique_ptr<SqlConnections> connections)
    : connections_(std::move(connections)) {}

SqlDatabase::~SqlDatabase() = default;

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(
    std::string_view url, const std::vector<SqlMigration>& migrations) {
  const bool is_server = url.starts_with("postgresql://") || url.starts_with("postgres://");
  if (!is_server && !url.starts_with("sqlite:")) {
    // Without the text itself: there may be a password in it.
    return fail(ErrorKind::invalid, "bad_database_url",
                "This is not a database; give sqlite:PATH or postgresql://USER@HOST/NAME.");
  }
  SLUICE_TRY_ASSIGN(auto connections,
                    is_server ? open_postgresql(url, migrations) : open_sqlite(url, migrations));
  return std::unique_ptr<SqlDatabase>(new SqlDatabase(std::move(connections)));
}

Result<> SqlDatabase::run_write(const Step& step) { return connections_->write(step); }

Result<> SqlDatabase::run_read(const Step& step) { return connections_->read(step); }

}  // namespace sluice
