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

// Thread-safe. In SQLite there is one connection that writes, which threads take in turns, and some
// that read beside it, each seeing the last state committed before its statement started.
// A write that was answered with success survives a crash of the machine.
class SqlDatabase {
 public:
  // `sqlite:PATH`; the folder must exist. Creates the file and its tables or brings them up to
  // date. For the operator: `invalid` (bad_database_url, database_too_new, database_unusable) or
  // `unavailable`, with a sentence that names the file.
  static Result<std::unique_ptr<SqlDatabase>> open(
      std::string_view url, const std::vector<SqlMigration>& migrations = sql_migrations());
  ~SqlDatabase();

  // Runs `work(SqlSession&)`, which returns a Result, in one transaction: committed if it succeeds,
  // undone if it fails. A fault of the database is `unavailable` when it may pass, else `internal`.
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
  struct Connections;
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

  explicit SqlDatabase(std::unique_ptr<Connections> connections);
  Result<> run_write(const Step& step);
  Result<> run_read(const Step& step);

  std::unique_ptr<Connections> connections_;
};

}  // namespace sluice
