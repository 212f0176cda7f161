#include "catalog/sql_session.h"

#include <stdexcept>

#include <soci/soci.h>

namespace sluice {
namespace {

// A place that SOCI reads a parameter from or writes a column to. It never moves.
struct Slot {
  SqlValue value;
  soci::indicator indicator = soci::i_ok;
};

void bind_parameter(soci::statement& statement, const std::string& name, Slot& slot) {
  switch (slot.value.type) {
    case SqlType::integer:
      statement.exchange(soci::use(slot.value.integer, slot.indicator, name));
      break;
    case SqlType::real: statement.exchange(soci::use(slot.value.real, slot.indicator, name)); break;
    case SqlType::text: statement.exchange(soci::use(slot.value.text, slot.indicator, name)); break;
  }
}

void define_column(soci::statement& statement, Slot& slot) {
  switch (slot.value.type) {
    case SqlType::integer:
      statement.exchange(soci::into(slot.value.integer, slot.indicator));
      break;
    case SqlType::real: statement.exchange(soci::into(slot.value.real, slot.indicator)); break;
    case SqlType::text: statement.exchange(soci::into(slot.value.text, slot.indicator)); break;
  }
}

}  // namespace

struct SqlSession::Statement {
  explicit Statement(soci::session& connection) : handle(connection) {}

  void set(const std::vector<SqlParam>& values) {
    if (values.size() != params.size()) throw std::logic_error("a parameter too few or too many");
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto& [name, slot] = params[i];
      if (name != values[i].name || slot.value.type != values[i].value.type) {
        throw std::logic_error("one statement, two lists of parameters");
      }
      slot.value = values[i].value;
      slot.indicator = slot.value.null ? soci::i_null : soci::i_ok;
    }
  }

  std::vector<SqlValue> row() const {
    std::vector<SqlValue> values;
    values.reserve(columns.size());
    for (const auto& column : columns) {
      values.push_back(column.value);
      if (column.indicator == soci::i_null) values.back() = SqlValue::null_of(column.value.type);
    }
    return values;
  }

  std::vector<std::pair<std::string, Slot>> params;
  std::vector<Slot> columns;
  soci::statement handle;
};

SqlSession::SqlSession(std::unique_ptr<soci::session> connection, const SqlDialect& dialect)
    : connection_(std::move(connection)), dialect_(dialect) {}

SqlSession::~SqlSession() = default;

SqlSession::Statement& SqlSession::prepared(std::string_view text,
                                            const std::vector<SqlParam>& params,
                                            const std::vector<SqlType>& columns) {
  if (const auto known = statements_.find(text); known != statements_.end()) {
    return *known->second;
  }
  auto made = std::make_unique<Statement>(*connection_);
  made->params.resize(params.size());
  made->columns.resize(columns.size());
  made->handle.alloc();
  made->handle.prepare(std::string(text));
  for (std::size_t i = 0; i < params.size(); ++i) {
    auto& [name, slot] = made->params[i];
    name = params[i].name;
    slot.value.type = params[i].value.type;
    bind_parameter(made->handle, name, slot);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    made->columns[i].value.type = columns[i];
    define_column(made->handle, made->columns[i]);
  }
  made->handle.define_and_bind();
  return *statements_.emplace(text, std::move(made)).first->second;
}

std::int64_t SqlSession::fetch(std::string_view query, const std::vector<SqlParam>& params,
                               const std::vector<SqlType>& columns, const OnRow& on_row) {
  auto& statement = prepared(query, params, columns);
  try {
    statement.set(params);
    // To the end, always: a half-read statement would keep its snapshot of the database open.
    for (bool more = statement.handle.execute(true); more && !columns.empty();
         more = statement.handle.fetch()) {
      auto values = statement.row();
      on_row(values);
    }
    return statement.handle.get_affected_rows();
  } catch (...) {
    forget(query);
    throw;
  }
}

void SqlSession::forget(std::string_view statement) {
  statements_.erase(statements_.find(statement));
}

std::int64_t SqlSession::run(std::string_view statement, const std::vector<SqlParam>& params) {
  return fetch(statement, params, {}, nullptr);
}

void SqlSession::begin_write() { run(dialect_.begin_write); }

void SqlSession::commit() { connection_->commit(); }

void SqlSession::roll_back() noexcept {
  try {
    connection_->rollback();
  } catch (const std::exception&) {
    // The database already did, or the connection is gone; either way nothing was written.
  }
}

}  // namespace sluice
