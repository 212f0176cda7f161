#include "catalog/postgresql_database.h"

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/random.h"
#include "catalog/sql_database.h"

namespace sluice {
namespace {

std::string url_of(const std::string& database) {
  const auto server = postgresql_server_url();
  return server.substr(0, server.rfind('/') + 1) + database;
}

void run_on_server(const std::string& statement) {
  run_on_postgresql(postgresql_server_url(), statement);
}

void create(const std::string& name, const std::string& original) {
  run_on_server(fmt::format("CREATE DATABASE {} TEMPLATE {}", name, original));
}

// Left behind with the server, which lives as long as the test program.
const std::string& original_with_tables() {
  static const std::string name = [] {
    const auto made = "original_" + random_id();
    create(made, "template1");
    if (auto opened = SqlDatabase::open(url_of(made)); !opened) {
      throw std::runtime_error(opened.error().message);
    }
    return made;
  }();
  return name;
}

}  // namespace

std::string postgresql_server_url() {
  const auto* url = std::getenv("SLUICE_TEST_POSTGRESQL");
  return url == nullptr ? "" : url;
}

void run_on_postgresql(const std::string& url, const std::string& statement) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexec(connection.get(), statement.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(statement + ": " + PQerrorMessage(connection.get()));
  }
}

std::string emptied_postgresql() {
  static const TemporaryPostgresql shared;
  // Much quicker than a database for each test.
  run_on_postgresql(shared.url(),
                    "SET session_replication_role = replica;"
                    "DO $$ DECLARE name text; BEGIN"
                    " FOR name IN SELECT tablename FROM pg_tables"
                    "  WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
                    " LOOP EXECUTE 'DELETE FROM ' || name; END LOOP; END $$");
  return shared.url();
}

TemporaryPostgresql::TemporaryPostgresql() : TemporaryPostgresql(original_with_tables()) {}

TemporaryPostgresql::TemporaryPostgresql(const std::string& original)
    : name_("test_" + random_id()) {
  create(name_, original);
}

TemporaryPostgresql::~TemporaryPostgresql() {
  try {
    run_on_server(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
  } catch (const std::runtime_error&) {
    // The server goes away with the test program anyway.
  }
}

std::string TemporaryPostgresql::url() const { return url_of(name_); }

}  // namespace sluice
