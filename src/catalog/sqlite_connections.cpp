#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/log.h"
#include "catalog/sql_connections.h"

namespace sluice {
namespace {

constexpr std::string_view kPrefix = "sqlite:";
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
  return may_pass(sqlite_code(error)) ? database_unavailable() : database_refused();
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

// One connection writes, in turns; some read beside it.
class SqliteConnections final : public SqlConnections {
 public:
  SqliteConnections(std::string path, std::unique_ptr<SqlSession> writer)
      : path_(std::move(path)), writer_(std::move(writer)) {}

  Result<> write(const Step& step) override {
    std::lock_guard turn(write_mutex_);
    try {
      writer_->begin_write();
      if (step(*writer_)) {
        writer_->commit();
      } else {
        writer_->roll_back();
      }
      return {};
    } catch (const soci::soci_error& error) {
      writer_->roll_back();
      return fail(error_of(error));
    } catch (...) {
      writer_->roll_back();
      throw;
    }
  }

  Result<> read(const Step& step) override {
    try {
      ReaderLease lease{*this, nullptr};
      take_reader(lease);
      step(*lease.session);
      return {};
    } catch (const soci::soci_error& error) {
      return fail(error_of(error));
    }
  }

 private:
  // Gives a reader back when the call is over.
  struct ReaderLease {
    SqliteConnections& owner;
    std::unique_ptr<SqlSession> session;
    ~ReaderLease() {
      std::lock_guard lock(owner.mutex_);
      if (session) {
        owner.idle_readers_.push_back(std::move(session));
      } else {
        --owner.readers_;
      }
      owner.reader_returned_.notify_one();
    }
  };

  // May throw when it has to open one.
  void take_reader(ReaderLease& lease) {
    {
      std::unique_lock lock(mutex_);
      reader_returned_.wait(lock, [this] { return !idle_readers_.empty() || readers_ < kReaders; });
      if (!idle_readers_.empty()) {
        lease.session = std::move(idle_readers_.back());
        idle_readers_.pop_back();
        return;
      }
      ++readers_;
    }
    auto session = connect(path_);
    session->run("PRAGMA query_only = ON");
    lease.session = std::move(session);
  }

  const std::string path_;
  std::mutex write_mutex_;
  std::unique_ptr<SqlSession> writer_;
  std::mutex mutex_;
  std::condition_variable reader_returned_;
  std::vector<std::unique_ptr<SqlSession>> idle_readers_;
  std::size_t readers_ = 0;
};

}  // namespace

Result<std::unique_ptr<SqlConnections>> open_sqlite(std::string_view url,
                                                    const std::vector<SqlMigration>& migrations) {
  const std::string path(url.substr(kPrefix.size()));
  // SOCI reads the path from a quoted field.
  if (path.empty() || path.find('"') != std::string::npos) {
    return fail(ErrorKind::invalid, "bad_database_url",
                fmt::format("'{}' is not a database; give sqlite:PATH.", url));
  }
  try {
    auto writer = connect(path);
    SLUICE_TRY(migrate(*writer, migrations));
    return std::make_unique<SqliteConnections>(path, std::move(writer));
  } catch (const soci::soci_error& error) {
    return fail(opening_error(path, error));
  }
}

}  // namespace sluice
