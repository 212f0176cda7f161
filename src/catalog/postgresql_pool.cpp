#include "catalog/postgresql_pool.h"

#include <future>
#include <thread>

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "base/log.h"
#include "catalog/sql_connections.h"

namespace sluice {
namespace {

constexpr std::chrono::seconds kSlotLimit{10};
constexpr std::chrono::hours kMigrationLimit{2};

// Classes and codes of the manual's appendix A.
bool ends_connection(std::string_view state) {
  return state.starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03" ||
         state == "57P05" || state == "25P03" ||
         state == "25006";  // read-only: it has become somebody else's replica
}

bool is_conflict(std::string_view state) { return state == "40001" || state == "40P01"; }

bool may_pass(std::string_view state) {
  return is_conflict(state) || ends_connection(state) || state.starts_with("53") ||
         state.starts_with("58") || state == "57014" || state == "55P03";
}

struct Opened {
  std::unique_ptr<soci::session> connection;
  PGconn* handle = nullptr;
  std::string fault;  // of libpq, without a connection
};

Opened open_connection(const Secret& settings, const std::string& first_statements) {
  try {
    auto connection = std::make_unique<soci::session>(soci::postgresql, settings.reveal());
    auto* handle = static_cast<soci::postgresql_session_backend*>(connection->get_backend())->conn_;
    // Without the statement and without the values of the row.
    PQsetErrorVerbosity(handle, PQERRORS_TERSE);
    PQsetNoticeProcessor(
        handle, [](void*, const char*) {}, nullptr);
    *connection << first_statements;
    return {std::move(connection), handle, ""};
  } catch (const soci::soci_error& error) {
    return {nullptr, nullptr, error.get_error_message()};
  }
}

// libpq's own limit is for the connection alone and not for what SOCI asks first. Whoever is still
// at it after that ends some day, alone.
std::optional<Opened> open_within(std::chrono::milliseconds limit, const Secret& settings,
                                  const std::string& first_statements) {
  std::packaged_task<Opened()> task([=] { return open_connection(settings, first_statements); });
  auto opened = task.get_future();
  std::thread(std::move(task)).detach();
  if (opened.wait_for(limit) != std::future_status::ready) return std::nullopt;
  return opened.get();
}

// The reason is what follows the last "failed:"; before it there is only where it was tried.
std::string reason_of(std::string_view fault) {
  const auto failed = fault.rfind("failed: ");
  if (failed != std::string_view::npos) fault.remove_prefix(failed + 8);
  std::string reason(fault.substr(0, fault.find('\n')));
  while (reason.ends_with(' ') || reason.ends_with('.')) reason.pop_back();
  return reason;
}

// The server's own limit comes first and says what it was.
std::chrono::milliseconds watch_limit(const PostgresqlSettings& settings) {
  return settings.time_limit + settings.time_limit / 4;
}

std::string limits(std::chrono::milliseconds time_limit) {
  const auto ms = time_limit.count();
  return fmt::format(
      "SET statement_timeout = {}; SET lock_timeout = {}; "
      "SET idle_in_transaction_session_timeout = {}; SET default_transaction_read_only = on",
      ms, ms, 3 * ms);
}

}  // namespace

PostgresqlSession::PostgresqlSession(std::unique_ptr<SqlSession> session, PGconn* handle,
                                     PostgresqlWatch& watch)
    : handle_(handle),
      session_(std::move(session)),
      socket_(std::make_unique<PostgresqlWatch::Socket>(watch, PQsocket(handle))) {}

PostgresqlSession::~PostgresqlSession() {
  // Else each prepared statement would be taken back one by one.
  socket_->cut();
}

bool PostgresqlSession::is_alive() const {
  return PQstatus(handle_) == CONNECTION_OK && !socket_->was_cut();
}

bool PostgresqlSession::is_in_transaction() const {
  return PQtransactionStatus(handle_) != PQTRANS_IDLE;
}

PostgresqlPool::Lease::~Lease() {
  if (!session_) return;
  session_->socket().lift_limit();
  if (broken_ || !session_->is_alive() || session_->is_in_transaction()) session_.reset();
  pool_->give_back(std::move(session_));
}

PostgresqlFault PostgresqlPool::Lease::read_fault(const soci::soci_error& error) {
  const auto* theirs = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  const auto state = theirs == nullptr ? "" : theirs->sqlstate();
  PostgresqlFault fault;
  fault.passes_at_once = is_conflict(state);
  fault.connection_gone = ends_connection(state) || !session_->is_alive();
  broken_ = broken_ || fault.connection_gone;
  const bool passes = fault.connection_gone || may_pass(state);
  fault.error = passes ? database_unavailable() : database_refused();
  if (!fault.passes_at_once) {
    log_error("database error", {{"error", error.get_error_message()}, {"code", state}});
  }
  return fault;
}

Result<PostgresqlPool::Lease> PostgresqlPool::take() {
  {
    std::unique_lock lock(mutex_);
    const auto has_slot = [this] { return !idle_.empty() || open_ < settings_.pool_size; };
    if (!returned_.wait_for(lock, kSlotLimit, has_slot)) return fail(database_unavailable());
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      lock.unlock();
      session->socket().set_limit(watch_limit(settings_));
      return Lease(*this, std::move(session));
    }
    ++open_;
  }
  auto session = connect(limits(settings_.time_limit));
  if (!session) {
    give_back(nullptr);
    log_error("database error", {{"error", session.error().message}});
    return fail(database_unavailable());
  }
  (*session)->socket().set_limit(watch_limit(settings_));
  return Lease(*this, std::move(*session));
}

void PostgresqlPool::close_idle() {
  std::vector<std::unique_ptr<PostgresqlSession>> closing;
  std::lock_guard lock(mutex_);
  closing.swap(idle_);
  open_ -= static_cast<int>(closing.size());
}

void PostgresqlPool::give_back(std::unique_ptr<PostgresqlSession> session) {
  std::lock_guard lock(mutex_);
  if (session) {
    idle_.push_back(std::move(session));
  } else {
    --open_;
  }
  returned_.notify_one();
}

Result<std::unique_ptr<PostgresqlSession>> PostgresqlPool::connect_for_migrations() {
  SLUICE_TRY_ASSIGN(auto session, connect("SET statement_timeout = 0; SET lock_timeout = 0"));
  session->socket().set_limit(kMigrationLimit);
  return session;
}

Result<std::unique_ptr<PostgresqlSession>> PostgresqlPool::connect(
    const std::string& first_statements) {
  auto opened = open_within(settings_.connect_limit + std::chrono::seconds{1}, settings_.connection,
                            first_statements);
  if (!opened || !opened->connection) {
    const auto reason = opened ? reason_of(opened->fault) : "it does not answer";
    return fail(ErrorKind::unavailable, "database_unavailable",
                fmt::format("The database {} can't be used: {}.", settings_.server, reason));
  }
  auto session = std::make_unique<SqlSession>(std::move(opened->connection), kPostgresqlDialect);
  return std::make_unique<PostgresqlSession>(std::move(session), opened->handle, watch_);
}

}  // namespace sluice
