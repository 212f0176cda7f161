// The SQL database that the catalog and the SQL queue share: who may use which connection when.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "catalog/sql_migrations.h"
#include "catalog/sql_session.h"

namespace sluice {

class SqlConnections;

// Thread-safe. Every statement sees what was committed before it started.
// A write that was answered with success survives a crash of the machine; one that was answered
// with `unavailable` may have been done all the same, because its answer can be lost: whoever
// writes must be able to write again, or be fenced.
//
// SQLite has one connection that writes, which threads take in turns, and some that read beside it.
// PostgreSQL has a pool of sessions. It outlives a restart of the server, and no call waits for
// ever for a server that is frozen. Rows are locked (SqlDialect::lock_rows), the video before
// anything that belongs to it; transactions that still get into each other's way are tried again.
class SqlDatabase {
 public:
  // `sqlite:PATH`; the folder must exist. Creates the file.
  // `postgresql://USER:PASSWORD@HOST:PORT/NAME?…` (or postgres://) as libpq reads it, with two
  // parameters of ours: `pool` (8 sessions) and `time_limit` (20), in seconds, of one transaction.
  // The database must exist; any number of processes may open it at once. Creates the tables or
  // brings them up to date. For the operator: `invalid` (bad_database_url, database_too_new,
  // database_unusable) or `unavailable`, with a sentence that names the file or the server and
  // never a password.
  static Result<std::unique_ptr<SqlDatabase>> open(
      std::string_view url, const std::vector<SqlMigration>& migrations = sql_migrations());
  ~SqlDatabase();

  // Runs `work(SqlSession&)`, which returns a Result, in one transaction: committed if it succeeds,
  // undone if it fails. A fault of the database is `unavailable` when it may pass, else `internal`.
  // `work` may be run again after its transaction was undone, so it changes nothing but the
  // database.
  template <class Work>
  auto write(Work&& work) {
    return run<Work, &SqlDatabase::run_write>(work);
  }

  // The same for reading only. Statements may see different states of the database.
  template <class Work>
  auto read(Work&& work) {
    return run<Work, &SqlDatabase::run_read>(work);
  }

 private:
  using Step = std::function<bool(SqlSession&)>;  // true: worth keeping

  template <class Work, Result<> (SqlDatabase::*runner)(const Step&)>
  auto run(Work& work) {
    using Answer = std::invoke_result_t<Work&, SqlSession&>;
    std::optional<Answer> answer;
    const auto ran = (this->*runner)([&](SqlSession& session) {
      answer.emplace(work(session));
      return answer->has_value();
    });
    if (!ran) return Answer(fail(ran.error()));
    return std::move(*answer);
  }

  explicit SqlDatabase(std::unique_ptr<SqlConnections> connections);
  Result<> run_write(const Step& step);
  Result<> run_read(const Step& step);

  std::unique_ptr<SqlConnections> connections_;
};

}  // namespace sluice
