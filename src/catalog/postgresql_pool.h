// The sessions of one process on a PostgreSQL server.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "catalog/postgresql_url.h"
#include "catalog/postgresql_watch.h"
#include "catalog/sql_session.h"

struct pg_conn;

namespace soci {
class soci_error;
}

namespace sluice {

// What a fault of PostgreSQL means for whoever has met it.
struct PostgresqlFault {
  Error error{};
  bool passes_at_once = false;  // two transactions were in each other's way
  bool connection_gone = false;
};

// One session and its connection.
class PostgresqlSession {
 public:
  PostgresqlSession(std::unique_ptr<SqlSession> session, pg_conn* handle, PostgresqlWatch& watch);
  // Never waits for the server.
  ~PostgresqlSession();

  SqlSession& sql() { return *session_; }
  PostgresqlWatch::Socket& socket() { return *socket_; }
  bool is_alive() const;
  bool is_in_transaction() const;

 private:
  pg_conn* handle_;  // of session_
  std::unique_ptr<SqlSession> session_;
  std::unique_ptr<PostgresqlWatch::Socket> socket_;
};

// Thread-safe.
class PostgresqlPool {
 public:
  explicit PostgresqlPool(PostgresqlSettings settings) : settings_(std::move(settings)) {}

  // A session in somebody's hands. Goes back when it is usable, else it is closed.
  class Lease {
   public:
    Lease(PostgresqlPool& pool, std::unique_ptr<PostgresqlSession> session)
        : pool_(&pool), session_(std::move(session)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    SqlSession& sql() { return session_->sql(); }
    bool was_cut() const { return session_->socket().was_cut(); }
    // What has happened, also to the connection: a broken one is not given back.
    PostgresqlFault read_fault(const soci::soci_error& error);

   private:
    PostgresqlPool* pool_;
    std::unique_ptr<PostgresqlSession> session_;
    bool broken_ = false;
  };

  // `unavailable` if none becomes free in time or the server can't be reached.
  Result<Lease> take();

  // Those that nobody holds: made before something happened to the server.
  void close_idle();

  // For bringing the tables up to date: may write at any time and take long. Not counted.
  Result<std::unique_ptr<PostgresqlSession>> connect_for_migrations();

  const PostgresqlSettings& settings() const { return settings_; }

 private:
  Result<std::unique_ptr<PostgresqlSession>> connect(const std::string& first_statements);
  void give_back(std::unique_ptr<PostgresqlSession> session);

  const PostgresqlSettings settings_;
  PostgresqlWatch watch_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<PostgresqlSession>> idle_;
  int open_ = 0;  // idle or held
};

}  // namespace sluice
