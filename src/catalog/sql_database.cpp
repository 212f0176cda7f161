#include "catalog/sql_database.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/log.h"

namespace sluice {
namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";
constexpr int kBusySeconds = 10;     // how long to wait for another process
constexpr std::size_t kReaders = 4;  // opened as they are needed

std::unique_ptr<SqlSession> connect(const std::string& path) {
  auto connection = std::make_unique<soci::session>(
      soci::sqlite3, fmt::format("db=\"{}\" timeout={}", path, kBusySeconds));
  auto session = std::make_unique<SqlSession>(std::move(connection), kSqliteDialect);
  session->rows<std::string>("PRAGMA journal_mode = WAL");
  // Here and not in SOCI's options: it loses the connection when one of those fails.
  session->run("PRAGMA synchronous = FULL");
  session->run("PRAGMA foreign_keys = ON");
  return session;
}

int sqlite_code(const soci::soci_error& error) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return sqlite == nullptr ? SQLITE_ERROR : sqlite->result() & 0xff;
}

// Faults that may pass by themselves: another process writes, the disk is full.
bool may_pass(int code) {
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL ||
         code == SQLITE_IOERR || code == SQLITE_CANTOPEN || code == SQLITE_NOMEM;
}

Error error_of(const soci::soci_error& error) {
  // Not what(): that repeats the parameters, which can be secret.
  log_error("database error", {{"error", error.get_error_message()}});
  if (may_pass(sqlite_code(error))) {
    return {ErrorKind::unavailable, "database_unavailable",
            "The database does not answer at the moment."};
  }
  return {ErrorKind::internal, "database_error", "The database refused a statement."};
}

Error opening_error(const std::string& path, const soci::soci_error& error) {
  const auto code = sqlite_code(error);
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
    return {ErrorKind::invalid, "database_unusable",
            fmt::format("{} is not a database of Sluice, or is damaged.", path)};
  }
  return {ErrorKind::unavailable, "database_unavailable",
          fmt::format("The database {} can't be opened or written: {}.", path,
                      ::sqlite_api::sqlite3_errstr(code))};
}

}  // namespace

struct SqlDatabase::Connections {
  explicit Connections(std::string file) : path(std::move(file)) {}

  // Gives a reader back when the call is over.
  struct ReaderLease {
    Connections& owner;
    std::unique_ptr<SqlSession> session;
    ~ReaderLease() {
      std::lock_guard lock(owner.mutex);
      if (session) {
        owner.idle_readers.push_back(std::move(session));
      } else {
        --owner.readers;
      }
      owner.reader_returned.notify_one();
    }
  };

  // May throw when it has to open one.
  void take_reader(ReaderLease& lease) {
    {
      std::unique_lock lock(mutex);
      reader_returned.wait(lock, [this] { return !idle_readers.empty() || readers < kReaders; });
      if (!idle_readers.empty()) {
        lease.session = std::move(idle_readers.back());
        idle_readers.pop_back();
        return;
      }
      ++readers;
    }
    auto session = connect(path);
    session->run("PRAGMA query_only = ON");
    lease.session = std::move(session);
  }

  const std::string path;
  std::mutex write_mutex;
  std::unique_ptr<SqlSession> writer;
  std::mutex mutex;
  std::condition_variable reader_returned;
  std::vector<std::unique_ptr<SqlSession>> idle_readers;
  std::size_t readers = 0;
};

SqlDatabase::SqlDatabase(std::unique_ptr<Connections> connections)
    : connections_(std::move(connections)) {}

SqlDatabase::~SqlDatabase() = default;

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(
    std::string_view url, const std::vector<SqlMigration>& migrations) {
  const std::string path(url.substr(std::min(kSqlitePrefix.size(), url.size())));
  // SOCI reads the path from a quoted field.
  if (!url.starts_with(kSqlitePrefix) || path.empty() || path.find('"') != std::string::npos) {
    return fail(ErrorKind::invalid, "bad_database_url",
                fmt::format("'{}' is not a database; give sqlite:PATH.", url));
  }
  try {
    auto connections = std::make_unique<Connections>(path);
    connections->writer = connect(path);
    SLUICE_TRY(migrate(*connections->writer, migrations));
    return std::unique_ptr<SqlDatabase>(new SqlDatabase(std::move(connections)));
  } catch (const soci::soci_error& error) {
    return fail(opening_error(path, error));
  }
}

Result<> SqlDatabase::run_write(const Step& step) {
  std::lock_guard turn(connections_->write_mutex);
  auto& session = *connections_->writer;
  try {
    session.begin_write();
    if (step(session)) {
      session.commit();
    } else {
      session.roll_back();
    }
    return {};
  } catch (const soci::soci_error& error) {
    session.roll_back();
    return fail(error_of(error));
  } catch (...) {
    session.roll_back();
    throw;
  }
}

Result<> SqlDatabase::run_read(const Step& step) {
  try {
    Connections::ReaderLease lease{*connections_, nullptr};
    connections_->take_reader(lease);
    step(*lease.session);
    return {};
  } catch (const soci::soci_error& error) {
    return fail(error_of(error));
  }
}

}  // namespace sluice
