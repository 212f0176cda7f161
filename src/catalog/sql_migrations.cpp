#include "catalog/sql_migrations.h"

#include <fmt/format.h>

namespace sluice {
namespace {

std::string fill_in(std::string text, std::string_view word, std::string_view replacement) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.replace(at, word.size(), replacement);
    at += replacement.size();
  }
  return text;
}

std::string without_comments(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (!line.starts_with("--")) kept.append(line).push_back('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return kept;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \n") - first + 1);
}

// Takes the mark of a statement for one database off.
bool is_meant_for(const SqlDialect& dialect, std::string& statement) {
  if (!statement.starts_with("{{")) return !statement.empty();
  const auto end = statement.find("}}");
  const bool ours = statement.substr(2, end - 2) == dialect.name;
  statement = trimmed(statement.substr(end + 2));
  return ours;
}

std::int64_t version_of(SqlSession& session) {
  return session.value<std::int64_t>("SELECT COALESCE(MAX(version), 0) FROM schema_migrations");
}

void apply(SqlSession& session, const SqlMigration& migration) {
  session.begin_write();
  // Another process may have been faster.
  if (version_of(session) < migration.version) {
    for (const auto& statement : split_statements(migration.statements, session.dialect())) {
      session.run(statement);
    }
    session.run("INSERT INTO schema_migrations (version, name) VALUES (:version, :name)",
                {{"version", migration.version}, {"name", migration.name}});
  }
  session.commit();
}

}  // namespace

std::vector<std::string> split_statements(std::string_view text, const SqlDialect& dialect) {
  auto rest = without_comments(text);
  rest = fill_in(std::move(rest), "{{text}}", dialect.text);
  rest = fill_in(std::move(rest), "{{identity}}", dialect.identity);
  rest = fill_in(std::move(rest), "{{clustered}}", dialect.clustered);
  std::vector<std::string> statements;
  for (std::size_t start = 0; start < rest.size();) {
    const auto end = std::min(rest.find(";\n", start), rest.size());
    auto statement = trimmed(rest.substr(start, end - start));
    if (is_meant_for(dialect, statement)) statements.push_back(std::move(statement));
    start = end + 2;
  }
  return statements;
}

Result<> migrate(SqlSession& session, const std::vector<SqlMigration>& migrations) {
  const auto lock = session.dialect().lock_migrations;
  if (!lock.empty()) session.run(lock);
  session.run(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT "
      "NULL)");
  const auto found = version_of(session);
  const auto known = migrations.empty() ? 0 : migrations.back().version;
  if (found > known) {
    return fail(ErrorKind::invalid, "database_too_new",
                fmt::format("The database was written by a newer version of Sluice (its tables are "
                            "version {}, this program knows {}); start that version instead.",
                            found, known));
  }
  for (const auto& migration : migrations) {
    if (migration.version <= found) continue;
    try {
      apply(session, migration);
    } catch (...) {
      session.roll_back();
      throw;
    }
  }
  return {};
}

}  // namespace sluice
