#include "catalog/postgresql_url.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string connection(std::string_view url) {
  return parse_postgresql_url(url).value().connection.reveal();
}

std::string fault(std::string_view url) {
  const auto parsed = parse_postgresql_url(url);
  EXPECT_FALSE(parsed) << url;
  if (parsed) return "";
  EXPECT_EQ(parsed.error().code, "bad_database_url");
  return parsed.error().message;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(PostgresqlUrl, HandsEveryPartToTheClientLibrary) {
  const auto text = connection("postgresql://me:p%40ss%20w'o%5Crd@db.example.com:5433/my%2Fvideos");
  EXPECT_TRUE(contains(text, "user='me' "));
  EXPECT_TRUE(contains(text, "password='p@ss w\\'o\\\\rd' ")) << text;
  EXPECT_TRUE(contains(text, "host='db.example.com' "));
  EXPECT_TRUE(contains(text, "port='5433' "));
  EXPECT_TRUE(contains(text, "dbname='my/videos' "));
}

TEST(PostgresqlUrl, PassesParametersOnAndHasItsOwn) {
  const auto settings = parse_postgresql_url(
      "postgres:///videos?sslmode=require&pool=3&host=/run/postgresql&time_limit=7");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->pool_size, 3);
  EXPECT_EQ(settings->time_limit, std::chrono::seconds{7});
  EXPECT_TRUE(contains(settings->connection.reveal(), "sslmode='require' "));
  EXPECT_TRUE(contains(settings->connection.reveal(), "host='/run/postgresql' "));
  EXPECT_FALSE(contains(settings->connection.reveal(), "pool"));
}

TEST(PostgresqlUrl, GivesUpConnectingUnlessToldHowLong) {
  EXPECT_TRUE(contains(connection("postgresql://db/videos"), "connect_timeout='5' "));
  const auto patient = parse_postgresql_url("postgresql://db/videos?connect_timeout=30");
  EXPECT_EQ(patient->connect_limit, std::chrono::seconds{30});
  EXPECT_TRUE(contains(patient->connection.reveal(), "connect_timeout='30' "));
  fault("postgresql://db/videos?connect_timeout=0");
}

TEST(PostgresqlUrl, NamesTheServerWithoutThePassword) {
  EXPECT_EQ(parse_postgresql_url("postgresql://me:hidden@db:1/videos")->server, "db:1/videos");
  EXPECT_EQ(parse_postgresql_url("postgresql://")->server, "localhost:5432/");
}

TEST(PostgresqlUrl, SaysWhatIsWrongWithoutRepeatingSecrets) {
  for (const auto* url :
       {"postgresql://me:hid@den@db/videos", "postgresql://me:hidden%zz@db/videos",
        "postgresql://me:hid/den@db/videos", "postgresql://me:hidden@db:port/videos"}) {
    EXPECT_FALSE(contains(fault(url), "hid")) << fault(url);
    EXPECT_FALSE(contains(fault(url), "den")) << fault(url);
  }
  EXPECT_TRUE(contains(fault("postgresql://db/videos?sslmod=require"), "sslmod"));
  for (const auto* wrong : {"pool=0", "pool=many", "pool", "time_limit=1h"}) {
    EXPECT_TRUE(contains(fault(std::string("postgresql://db/x?") + wrong), "pool")) << wrong;
  }
}

}  // namespace
}  // namespace sluice
