// One connection to an SQL database, inside somebody's transaction.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "catalog/sql_dialect.h"
#include "catalog/sql_value.h"

namespace soci {
class session;
}

namespace sluice {

// How long a database may keep the way it has found to answer a query.
enum class SqlPlan {
  kept,        // for all values of its parameters
  for_values,  // for this call: where some values match much and others little
};

// Not thread-safe: belongs to one thread at a time. A fault of the database leaves these functions
// as an exception; SqlDatabase makes an Error of it. Statements are prepared once per connection
// and kept, so texts should be few and parameters bound, never pasted in.
class SqlSession {
 public:
  SqlSession(std::unique_ptr<soci::session> connection, const SqlDialect& dialect);
  ~SqlSession();

  const SqlDialect& dialect() const { return dialect_; }

  // How many rows it changed.
  std::int64_t run(std::string_view statement, const std::vector<SqlParam>& params = {});

  // Columns in order, as the types asked for; a column that can be null needs an optional.
  template <class... Columns>
  std::vector<std::tuple<Columns...>> rows(std::string_view query,
                                           const std::vector<SqlParam>& params = {},
                                           SqlPlan plan = SqlPlan::kept) {
    std::vector<std::tuple<Columns...>> rows;
    fetch(query, params, {SqlColumn<Columns>::kType...}, [&rows](std::vector<SqlValue>& values) {
      rows.push_back(to_tuple<Columns...>(values, std::index_sequence_for<Columns...>()));
    });
    if (plan == SqlPlan::for_values) forget(query);
    return rows;
  }

  // The first row, if there is one.
  template <class... Columns>
  std::optional<std::tuple<Columns...>> row(std::string_view query,
                                            const std::vector<SqlParam>& params = {}) {
    auto found = rows<Columns...>(query, params);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

  // A query that always answers with one value: a count, an EXISTS.
  template <class Column>
  Column value(std::string_view query, const std::vector<SqlParam>& params = {}) {
    return std::get<0>(row<Column>(query, params).value());
  }

  void begin_write();
  void commit();
  // Never throws: it runs when something already went wrong.
  void roll_back() noexcept;

 private:
  struct Statement;
  using OnRow = std::function<void(std::vector<SqlValue>&)>;

  template <class... Columns, std::size_t... I>
  static std::tuple<Columns...> to_tuple(std::vector<SqlValue>& values, std::index_sequence<I...>) {
    return {SqlColumn<Columns>::from(std::move(values[I]))...};
  }

  std::int64_t fetch(std::string_view query, const std::vector<SqlParam>& params,
                     const std::vector<SqlType>& columns, const OnRow& on_row);
  void forget(std::string_view statement);
  Statement& prepared(std::string_view text, const std::vector<SqlParam>& params,
                      const std::vector<SqlType>& columns);

  std::unique_ptr<soci::session> connection_;
  const SqlDialect& dialect_;
  std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements_;
};

}  // namespace sluice
