#include <random>
#include <thread>

#include <soci/soci.h>

#include "base/log.h"
#include "catalog/postgresql_pool.h"
#include "catalog/sql_connections.h"

namespace sluice {
namespace {

constexpr int kConflictTries = 10;

// So that two who were in each other's way don't meet again at once.
void wait_a_little(int conflicts) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<int> milliseconds(1, 5 << std::min(conflicts, 5));
  std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds(random)});
}

// How one try ended without success.
struct Failure {
  PostgresqlFault fault;
  // Nothing was changed, and another connection may fare better.
  bool try_another = false;
};

class PostgresqlConnections final : public SqlConnections {
 public:
  explicit PostgresqlConnections(std::unique_ptr<PostgresqlPool> pool) : pool_(std::move(pool)) {}

  Result<> write(const Step& step) override {
    return run([&](PostgresqlPool::Lease& lease) { return try_write(lease, step); });
  }

  Result<> read(const Step& step) override {
    return run([&](PostgresqlPool::Lease& lease) { return try_read(lease, step); });
  }

 private:
  using Tried = std::optional<Failure>;

  template <class Try>
  Result<> run(Try tries) {
    bool has_tried_another = false;
    for (int conflicts = 0;;) {
      SLUICE_TRY_ASSIGN(auto failure, once(tries));
      if (!failure) return {};
      if (failure->fault.passes_at_once && ++conflicts < kConflictTries) {
        wait_a_little(conflicts);
      } else if (failure->try_another && !has_tried_another) {
        has_tried_another = true;
        pool_->close_idle();
      } else {
        return fail(failure->fault.error);
      }
    }
  }

  template <class Try>
  Result<Tried> once(Try tries) {
    SLUICE_TRY_ASSIGN(auto lease, pool_->take());
    return tries(lease);
  }

  static Tried try_write(PostgresqlPool::Lease& lease, const Step& step) {
    auto& sql = lease.sql();
    bool is_committing = false;
    try {
      sql.begin_write();
      if (!step(sql)) {
        sql.roll_back();
        return std::nullopt;
      }
      is_committing = true;
      sql.commit();
      return std::nullopt;
    } catch (const soci::soci_error& error) {
      auto failure = failure_of(lease, error);
      // After a COMMIT without an answer nobody knows.
      if (is_committing) failure.try_another = false;
      if (!failure.fault.connection_gone) sql.roll_back();
      return failure;
    } catch (...) {
      sql.roll_back();
      throw;
    }
  }

  static Tried try_read(PostgresqlPool::Lease& lease, const Step& step) {
    try {
      step(lease.sql());
      return std::nullopt;
    } catch (const soci::soci_error& error) {
      return failure_of(lease, error);
    }
  }

  // Whoever had to be cut off has waited enough.
  static Failure failure_of(PostgresqlPool::Lease& lease, const soci::soci_error& error) {
    auto fault = lease.read_fault(error);
    const bool try_another = fault.connection_gone && !lease.was_cut();
    return {std::move(fault), try_another};
  }

  std::unique_ptr<PostgresqlPool> pool_;
};

Result<> migrate_server(PostgresqlPool& pool, const std::vector<SqlMigration>& migrations) {
  SLUICE_TRY_ASSIGN(const auto session, pool.connect_for_migrations());
  try {
    return migrate(session->sql(), migrations);
  } catch (const soci::soci_error& error) {
    log_error("database error", {{"error", error.get_error_message()}});
    if (!session->is_alive()) return fail(database_unavailable());
    return fail(ErrorKind::invalid, "database_unusable",
                "The tables can't be brought up to date in the database " + pool.settings().server +
                    "; the log says why. Its user must own the database, or may create tables.");
  }
}

}  // namespace

Result<std::unique_ptr<SqlConnections>> open_postgresql(
    std::string_view url, const std::vector<SqlMigration>& migrations) {
  SLUICE_TRY_ASSIGN(auto settings, parse_postgresql_url(url));
  auto pool = std::make_unique<PostgresqlPool>(std::move(settings));
  SLUICE_TRY(migrate_server(*pool, migrations));
  return std::make_unique<PostgresqlConnections>(std::move(pool));
}

}  // namespace sluice
