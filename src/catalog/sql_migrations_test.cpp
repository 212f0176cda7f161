#include "catalog/sql_migrations.h"

#include <gtest/gtest.h>

#include "catalog/sql_catalog.h"
#include "catalog/temporary_database.h"

namespace sluice {
namespace {

// The tables of this program are there already; these come on top.
std::vector<SqlMigration> with_more(std::vector<std::string> statements) {
  auto migrations = sql_migrations();
  for (auto& text : statements) {
    migrations.push_back({migrations.back().version + 1, "test", std::move(text)});
  }
  return migrations;
}

std::int64_t count(SqlDatabase& database, std::string_view query) {
  return database
      .read([&](SqlSession& sql) -> Result<std::int64_t> { return sql.value<std::int64_t>(query); })
      .value();
}

TEST(Migrations, AreNumberedFromOneWithoutGaps) {
  int expected = 1;
  for (const auto& migration : sql_migrations()) EXPECT_EQ(migration.version, expected++);
  EXPECT_GT(expected, 1);
}

TEST(Migrations, CompareAllTextByteByByte) {
  for (const auto& migration : sql_migrations()) {
    EXPECT_EQ(migration.statements.find(" TEXT"), std::string::npos)
        << migration.name << ": write {{text}}";
  }
}

TEST(Migrations, RunOnceAndInOrder) {
  TemporaryDatabase file;
  const auto more = with_more({"CREATE TABLE one (a TEXT);\nINSERT INTO one VALUES ('x;y');\n",
                               "ALTER TABLE one ADD COLUMN b TEXT;\n"});
  EXPECT_TRUE(SqlDatabase::open(file.url())) << "as an older program left it";
  EXPECT_TRUE(SqlDatabase::open(file.url(), {more.begin(), more.end() - 1}));
  for (int time = 0; time < 2; ++time) {
    const auto database = SqlDatabase::open(file.url(), more).value();
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM one WHERE a = 'x;y' AND b IS NULL"), 1);
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM schema_migrations"),
              static_cast<std::int64_t>(more.size()));
  }
}

TEST(Migrations, AFailedOneLeavesNothingBehind) {
  TemporaryDatabase file;
  const auto more =
      with_more({"CREATE TABLE one (a TEXT);\n", "CREATE TABLE two (a TEXT);\nCREATE NONSENSE;\n"});
  EXPECT_FALSE(SqlDatabase::open(file.url(), more));
  const auto database = SqlDatabase::open(file.url(), {more.begin(), more.end() - 1}).value();
  EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM one"), 0) << "the one before it stays";
  EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'two'"), 0);
}

TEST(Migrations, RefuseADatabaseOfANewerProgram) {
  TemporaryDatabase file;
  ASSERT_TRUE(SqlDatabase::open(file.url(), with_more({"CREATE TABLE later (a TEXT);\n"})));
  const auto opened = SqlDatabase::open(file.url());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::invalid);
  EXPECT_EQ(opened.error().code, "database_too_new");
  EXPECT_NE(opened.error().message.find("newer version"), std::string::npos);
}

TEST(Migrations, GiveIdsToTheTokensOfPeopleAndKeepSessions) {
  TemporaryDatabase file;
  {
    const auto& all = sql_migrations();
    const auto old = SqlDatabase::open(file.url(), {all.begin(), all.begin() + 2}).value();
    ASSERT_TRUE(old->write([](SqlSession& sql) -> Result<> {
      sql.run("INSERT INTO users VALUES ('u', 'user@example.com', 'user@example.com', '-', 1)");
      sql.run("INSERT INTO tokens VALUES ('hash-1', 'u', 'session', 1, 1000)");
      sql.run("INSERT INTO tokens VALUES ('hash-2', 'u', 'command line', 2, 2000)");
      return {};
    }));
  }
  const auto catalog = SqlCatalog::open(file.url()).value();
  const auto now = from_unix_ms(500);
  const auto tokens = catalog->list_tokens(UserId("u"), now).value();
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(tokens[0].label, "command line");
  EXPECT_EQ(tokens[0].created_at, from_unix_ms(2));
  EXPECT_EQ(tokens[0].expires_at, from_unix_ms(2000));
  EXPECT_TRUE(catalog->find_user_by_token("hash-1", now).value());
  EXPECT_TRUE(catalog->remove_token(UserId("u"), tokens[0].id));
  EXPECT_FALSE(catalog->find_user_by_token("hash-2", now).value());
}

TEST(SplitStatements, EndsOneAtASemicolonAtTheEndOfALine) {
  const SqlDialect dialect = {.name = "ours",
                              .begin_write = "BEGIN",
                              .lock_migrations = "",
                              .lock_rows = "",
                              .lock_free_rows = "",
                              .texts = "",
                              .text = "VARCHAR",
                              .identity = "SERIAL",
                              .clustered = ""};
  EXPECT_EQ(split_statements("-- a remark;\nCREATE TABLE a (\n  n {{identity}}\n){{clustered}};\n\n"
                             "INSERT INTO a VALUES (';');\nDROP TABLE b",
                             dialect),
            (std::vector<std::string>{"CREATE TABLE a (\n  n SERIAL\n)",
                                      "INSERT INTO a VALUES (';')", "DROP TABLE b"}));
  EXPECT_TRUE(split_statements("\n-- nothing;\n", dialect).empty());
  EXPECT_EQ(split_statements("{{ours}} DROP TABLE a;\n{{theirs}} DROP TABLE b;\n", dialect),
            std::vector<std::string>{"DROP TABLE a"});
  EXPECT_EQ(split_statements("CREATE TABLE a (b {{text}});\n", dialect),
            std::vector<std::string>{"CREATE TABLE a (b VARCHAR)"});
}

}  // namespace
}  // namespace sluice
