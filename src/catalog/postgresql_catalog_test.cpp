#include <barrier>
#include <thread>

#include <gtest/gtest.h>

#include "catalog/catalog_contract.h"
#include "catalog/growing_queries.h"
#include "catalog/postgresql_database.h"
#include "catalog/sql_catalog.h"

namespace sluice {
namespace {

class PostgresqlUnderTest final : public CatalogUnderTest {
 public:
  PostgresqlUnderTest() { reopen(); }
  Users& users() override { return *catalog_; }
  Videos& videos() override { return *catalog_; }
  TextTracks& text() override { return *catalog_; }
  Tasks& tasks() override { return *catalog_; }
  void reopen() override {
    catalog_.reset();
    catalog_ = SqlCatalog::open(url_).value();
  }

 private:
  const std::string url_ = emptied_postgresql();
  std::unique_ptr<SqlCatalog> catalog_;
};

INSTANTIATE_TEST_SUITE_P(Postgresql, CatalogContract,
                         testing::Values(CatalogBackend{
                             "Server", [] { return std::make_unique<PostgresqlUnderTest>(); }}),
                         backend_name);

std::string setting(SqlCatalog& catalog, const std::string& name) {
  return catalog.database()
      .read([&](SqlSession& sql) -> Result<std::string> {
        return sql.value<std::string>("SELECT current_setting('" + name + "')");
      })
      .value();
}

TEST(Postgresql, LimitsWhatAStatementMayTake) {
  const auto catalog = SqlCatalog::open(emptied_postgresql() + "?time_limit=3").value();
  EXPECT_EQ(setting(*catalog, "statement_timeout"), "3s");
  EXPECT_EQ(setting(*catalog, "lock_timeout"), "3s");
  EXPECT_EQ(setting(*catalog, "idle_in_transaction_session_timeout"), "9s");
}

TEST(Postgresql, AStatementThatTakesTooLongIsUnavailable) {
  const auto catalog = SqlCatalog::open(emptied_postgresql() + "?time_limit=1").value();
  const auto slow = catalog->database().read([](SqlSession& sql) -> Result<> {
    sql.run("SELECT pg_sleep(30)");
    return {};
  });
  EXPECT_EQ(slow.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(setting(*catalog, "statement_timeout"), "1s") << "and goes on working";
}

TEST(Postgresql, AReaderCannotWriteAndAWriterCan) {
  const auto catalog = SqlCatalog::open(emptied_postgresql()).value();
  const auto insert = [](SqlSession& sql) -> Result<> {
    sql.run("INSERT INTO removed_videos (video_id, removed_at) VALUES ('v1', 1)");
    return {};
  };
  EXPECT_FALSE(catalog->database().read(insert));
  EXPECT_TRUE(catalog->database().write(insert));
}

TEST(Postgresql, UndoesATransactionThatFailsAndSaysNothingOfIt) {
  const auto catalog = SqlCatalog::open(emptied_postgresql() + "?pool=1").value();
  auto& database = catalog->database();
  const auto insert = [](SqlSession& sql) {
    sql.run("INSERT INTO removed_videos (video_id, removed_at) VALUES ('v1', 1)");
  };
  EXPECT_EQ(code_of(database.write([&](SqlSession& sql) -> Result<> {
              insert(sql);
              return fail(ErrorKind::conflict, "no", "No.");
            })),
            "no");
  const auto broken = database.write([&](SqlSession& sql) -> Result<> {
    insert(sql);
    insert(sql);
    return {};
  });
  EXPECT_EQ(broken.error().kind, ErrorKind::internal);
  EXPECT_EQ(broken.error().message.find("removed_videos"), std::string::npos) << "no SQL";
  EXPECT_THROW((void)database.write([&](SqlSession& sql) -> Result<> {
    insert(sql);
    throw std::logic_error("a bug");
  }),
               std::logic_error);
  EXPECT_TRUE(catalog->removed_videos(from_unix_ms(2)).value().empty());
  EXPECT_TRUE(catalog->forget_removed(VideoId("v1"))) << "and goes on working";
}

TEST(Postgresql, TransactionsInEachOthersWayAreTriedAgain) {
  const auto catalog = SqlCatalog::open(emptied_postgresql()).value();
  auto& database = catalog->database();
  must(database.write([](SqlSession& sql) -> Result<> {
    sql.run("INSERT INTO removed_videos (video_id, removed_at) VALUES ('a', 0), ('b', 0)");
    return {};
  }));
  // Each has locked its first row before either wants its second.
  std::barrier both_locked(2);
  const auto touch = [&](const char* first, const char* second) {
    int tries = 0;
    return database.write([&, first, second](SqlSession& sql) -> Result<> {
      const auto raise = [&](const char* id) {
        sql.run("UPDATE removed_videos SET removed_at = removed_at + 1 WHERE video_id = :id",
                {{"id", id}});
      };
      raise(first);
      if (tries++ == 0) both_locked.arrive_and_wait();
      raise(second);
      return {};
    });
  };
  std::jthread other([&] { EXPECT_TRUE(touch("b", "a")); });
  EXPECT_TRUE(touch("a", "b"));
  other.join();
  EXPECT_EQ(catalog->removed_videos(from_unix_ms(3)).value().size(), 2u);
  EXPECT_TRUE(catalog->removed_videos(from_unix_ms(2)).value().empty()) << "both, once each";
}

TEST(Postgresql, MoreCallersThanSessionsTakeTurns) {
  const auto catalog = SqlCatalog::open(emptied_postgresql() + "?pool=2").value();
  std::vector<std::jthread> callers;
  for (int i = 0; i < 12; ++i) {
    callers.emplace_back([&] {
      for (int n = 0; n < 20; ++n) EXPECT_TRUE(catalog->count_tasks());
    });
  }
  callers.clear();
  const auto sessions = catalog->database().read([](SqlSession& sql) -> Result<int> {
    return sql.value<int>(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'sluice'");
  });
  EXPECT_LE(sessions.value(), 2);
}

TEST(Postgresql, SaysWhatIsWrongWithAServerItCannotUse) {
  const auto server = postgresql_server_url();
  const auto missing = SqlCatalog::open(server.substr(0, server.rfind('/')) + "/missing");
  EXPECT_EQ(code_of(missing), "database_unavailable");
  EXPECT_NE(missing.error().message.find("database \"missing\" does not exist"), std::string::npos)
      << missing.error().message;

  const auto refused = SqlCatalog::open("postgresql://me:hidden@127.0.0.1:1/videos");
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_NE(refused.error().message.find("127.0.0.1:1/videos"), std::string::npos);
  EXPECT_EQ(refused.error().message.find("hidden"), std::string::npos);
}

// With a penalty on everything else, since tables that are empty are best read from end to end.
std::string plan_of(SqlDatabase& database, const std::string& query,
                    const std::vector<SqlParam>& params) {
  return database
      .write([&](SqlSession& sql) -> Result<std::string> {
        for (const auto* other : {"seqscan", "sort", "bitmapscan", "hashagg"}) {
          sql.run(std::string("SET LOCAL enable_") + other + " = off");
        }
        std::string plan;
        for (const auto& [line] : sql.rows<std::string>("EXPLAIN " + query, params)) {
          plan += line + "\n";
        }
        return plan;
      })
      .value();
}

TEST(Postgresql, WalksAnIndexForEveryQueryThatGrows) {
  const auto catalog = SqlCatalog::open(emptied_postgresql()).value();
  for (const auto& [query, params] : growing_queries()) {
    const auto plan = plan_of(catalog->database(), query, params);
    EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << query << "\n" << plan;
    EXPECT_EQ(plan.find("Sort"), std::string::npos) << query << "\n" << plan;
  }
}

TEST(PostgresqlMigrations, AFailedOneLeavesNothingBehind) {
  TemporaryPostgresql database;
  auto more = sql_migrations();
  more.push_back({more.back().version + 1, "test", "CREATE TABLE one (a TEXT);\n"});
  more.push_back({more.back().version + 1, "test", "CREATE TABLE two (a TEXT);\nNONSENSE;\n"});
  EXPECT_EQ(code_of(SqlDatabase::open(database.url(), more)), "database_unusable");
  more.pop_back();
  const auto opened = SqlDatabase::open(database.url(), more).value();
  const auto tables = opened->read([](SqlSession& sql) -> Result<int> {
    return sql.value<int>("SELECT COUNT(*) FROM pg_tables WHERE tablename IN ('one', 'two')");
  });
  EXPECT_EQ(tables.value(), 1);
  EXPECT_EQ(code_of(SqlDatabase::open(database.url())), "database_too_new");
}

bool has_search_index(const std::string& url) {
  return SqlDatabase::open(url)
      .value()
      ->read([](SqlSession& sql) -> Result<bool> {
        return sql.value<int>("SELECT COUNT(*) FROM pg_indexes WHERE indexname = :name",
                              {{"name", "videos_by_title"}}) == 1;
      })
      .value();
}

TEST(PostgresqlMigrations, GoWithoutTheSearchIndexWhereTheUserMayNotMakeIt) {
  const auto allowed = TemporaryPostgresql::empty();
  EXPECT_TRUE(has_search_index(allowed.url()));

  const auto restricted = TemporaryPostgresql::empty();
  run_on_postgresql(restricted.url(),
                    "DO $$ BEGIN CREATE ROLE tenant LOGIN;"
                    " EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                    "GRANT CREATE, USAGE ON SCHEMA public TO tenant");
  auto url = restricted.url();
  url.replace(url.find("postgres@"), 9, "tenant@");
  EXPECT_FALSE(has_search_index(url));
}

}  // namespace
}  // namespace sluice
