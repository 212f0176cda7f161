// What differs between the databases that share our SQL; everything else is written once.
#pragma once

#include <string_view>

namespace sluice {

struct SqlDialect {
  // Starts a transaction that is going to write.
  std::string_view begin_write;
  // After a SELECT: nobody else changes these rows before the transaction ends.
  std::string_view lock_rows;
  // After a SELECT: the same, and rows that somebody else has locked are left out.
  std::string_view lock_free_rows;
  // In a CREATE TABLE: a number that rises with every row and is never used again.
  std::string_view identity;
  // Behind a CREATE TABLE: rows are kept in the order of the primary key.
  std::string_view clustered;
};

// An immediate transaction holds the only write lock, so its rows need no locks of their own.
inline constexpr SqlDialect kSqliteDialect = {
    .begin_write = "BEGIN IMMEDIATE",
    .lock_rows = "",
    .lock_free_rows = "",
    .identity = "INTEGER PRIMARY KEY AUTOINCREMENT",
    .clustered = "WITHOUT ROWID",
};

}  // namespace sluice
