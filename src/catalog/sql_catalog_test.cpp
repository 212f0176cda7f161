#include "catalog/sql_catalog.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include "catalog/catalog_contract.h"
#include "catalog/growing_queries.h"
#include "catalog/temporary_database.h"

namespace sluice {
namespace {

class SqliteUnderTest final : public CatalogUnderTest {
 public:
  SqliteUnderTest() { reopen(); }
  Users& users() override { return *catalog_; }
  Videos& videos() override { return *catalog_; }
  TextTracks& text() override { return *catalog_; }
  Tasks& tasks() override { return *catalog_; }
  void reopen() override {
    catalog_.reset();
    catalog_ = SqlCatalog::open(file_.url()).value();
  }

 private:
  TemporaryDatabase file_;
  std::unique_ptr<SqlCatalog> catalog_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogContract,
                         testing::Values(CatalogBackend{
                             "File", [] { return std::make_unique<SqliteUnderTest>(); }}),
                         backend_name);

// The plan that SQLite makes of a query, as one text.
std::string plan_of(SqlDatabase& database, std::string_view query,
                    const std::vector<SqlParam>& params) {
  return database
      .read([&](SqlSession& sql) -> Result<std::string> {
        std::string plan;
        for (const auto& [id, parent, unused, detail] : sql.rows<int, int, int, std::string>(
                 "EXPLAIN QUERY PLAN " + std::string(query), params)) {
          plan += detail + "\n";
        }
        return plan;
      })
      .value();
}

TEST(SqlCatalog, WalksAnIndexForEveryQueryThatGrows) {
  TemporaryDatabase file;
  const auto catalog = SqlCatalog::open(file.url()).value();
  for (const auto& [query, params] : growing_queries()) {
    const auto plan = plan_of(catalog->database(), query, params);
    EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << query << "\n" << plan;
    const auto scan = plan.find("SCAN ");
    EXPECT_TRUE(scan == std::string::npos || plan.find("USING INDEX", scan) != std::string::npos)
        << query << "\n"
        << plan;
  }
}

TEST(SqlDatabase, KeepsItsPromisesToTheDisk) {
  TemporaryDatabase file;
  const auto catalog = SqlCatalog::open(file.url()).value();
  const auto pragma = [&](const char* name) {
    return catalog->database()
        .write([&](SqlSession& sql) -> Result<std::string> {
          return sql.value<std::string>(std::string("PRAGMA ") + name);
        })
        .value();
  };
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("synchronous"), "2") << "FULL";
  EXPECT_EQ(pragma("foreign_keys"), "1");
  EXPECT_GE(std::stoi(pragma("busy_timeout")), 1000);
}

TEST(SqlDatabase, UndoesATransactionThatFails) {
  TemporaryDatabase file;
  const auto catalog = SqlCatalog::open(file.url()).value();
  auto& database = catalog->database();
  const auto insert = [](SqlSession& sql) {
    sql.run("INSERT INTO removed_videos (video_id, removed_at) VALUES ('v1', 1)");
  };
  const auto refused = database.write([&](SqlSession& sql) -> Result<> {
    insert(sql);
    return fail(ErrorKind::conflict, "no", "No.");
  });
  EXPECT_EQ(refused.error().code, "no");
  const auto broken = database.write([&](SqlSession& sql) -> Result<> {
    insert(sql);
    sql.run("INSERT INTO removed_videos (video_id) VALUES (NULL)");
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

TEST(SqlDatabase, ReadersSeeTheLastCommittedStateWhileSomebodyWrites) {
  TemporaryDatabase file;
  const auto catalog = SqlCatalog::open(file.url()).value();
  auto& database = catalog->database();
  const auto count = [&] { return catalog->removed_videos(from_unix_ms(2)).value().size(); };
  must(database.write([&](SqlSession& sql) -> Result<> {
    sql.run("INSERT INTO removed_videos (video_id, removed_at) VALUES ('v1', 1)");
    EXPECT_EQ(count(), 0u);
    return {};
  }));
  EXPECT_EQ(count(), 1u);
}

TEST(SqlDatabase, AReaderCannotWrite) {
  TemporaryDatabase file;
  const auto catalog = SqlCatalog::open(file.url()).value();
  EXPECT_FALSE(catalog->database().read([](SqlSession& sql) -> Result<> {
    sql.run("INSERT INTO removed_videos (video_id, removed_at) VALUES ('v1', 1)");
    return {};
  }));
}

// As `sluice user add` beside a running server: reading first and writing then must not lose to
// what the other has written in between.
TEST(SqlDatabase, TwoProcessesTakeTurns) {
  TemporaryDatabase file;
  const auto now = from_unix_ms(1000);
  const auto first = SqlCatalog::open(file.url()).value();
  const auto second = SqlCatalog::open(file.url()).value();
  const auto user = first->create_user("user@example.com", "hash", now).value().id;
  constexpr int kVideos = 25;
  const auto write_videos = [&](SqlCatalog& catalog, const std::string& name) {
    for (int i = 0; i < kVideos; ++i) {
      Video video;
      video.id = VideoId(name + std::to_string(i));
      video.user_id = user;
      EXPECT_TRUE(catalog.create_video(video, Upload{}));
      EXPECT_TRUE(catalog.complete_upload(video.id, 1, now));
    }
  };
  {
    std::jthread other([&] { write_videos(*second, "second"); });
    write_videos(*first, "first");
  }
  EXPECT_EQ(first->count_tasks().value().waiting, 2 * kVideos);
}

TEST(SqlDatabase, AWriterHasTheWriteLockBeforeItsFirstStatement) {
  TemporaryDatabase file;
  const auto first = SqlCatalog::open(file.url()).value();
  const auto second = SqlCatalog::open(file.url()).value();
  must(second->database().write([](SqlSession& sql) -> Result<> {
    sql.rows<int>("PRAGMA busy_timeout = 0");
    return {};
  }));
  must(first->database().write([&](SqlSession&) -> Result<> {
    const auto refused = second->forget_removed(VideoId("v1"));
    EXPECT_EQ(code_of(refused), "database_unavailable");
    EXPECT_TRUE(refused || refused.error().kind == ErrorKind::unavailable);
    return {};
  }));
  EXPECT_TRUE(second->forget_removed(VideoId("v1")));
}

TEST(SqlDatabase, SaysWhatIsWrongWithAFileItCannotOpen) {
  TemporaryDatabase file;
  const auto missing = SqlCatalog::open("sqlite:" + file.path() + "/no/such/folder.db");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "database_unavailable");
  EXPECT_NE(missing.error().message.find("folder.db"), std::string::npos);

  std::ofstream(file.path()) << std::string(4096, 'x');
  const auto foreign = SqlCatalog::open(file.url());
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::invalid);
  EXPECT_EQ(foreign.error().code, "database_unusable");

  for (const auto* url : {"", "sqlite:", "mysql://x", "sqlite:a\"b", "/tmp/x.db"}) {
    EXPECT_EQ(code_of(SqlCatalog::open(url)), "bad_database_url") << url;
  }
}

TEST(SqlDatabase, TakesAPathWithSpaces) {
  TemporaryDatabase file;
  const auto folder = file.path() + " of my  videos";
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(SqlCatalog::open("sqlite:" + folder + "/a b=c.db"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/a b=c.db"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sluice
