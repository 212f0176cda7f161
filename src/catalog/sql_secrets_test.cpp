#include <gtest/gtest.h>

#include "catalog/sql_catalog.h"
#include "catalog/temporary_database.h"

namespace sluice {
namespace {

TEST(SqlSecrets, AreMadeByWhoeverNeedsThemFirst) {
  TemporaryDatabase file;
  const auto binary = std::string("\0\xff a key", 8);
  const auto first = SqlCatalog::open(file.url()).value();
  EXPECT_EQ(first->secret("playback", [&] { return binary; })->reveal(), binary);
  EXPECT_EQ(first->secret("other", [] { return "another"; })->reveal(), "another");

  const auto second = SqlCatalog::open(file.url()).value();
  const auto never = []() -> std::string { throw std::logic_error("there is one already"); };
  EXPECT_EQ(second->secret("playback", never)->reveal(), binary);
}

TEST(SqlSecrets, OfTwoMadeAtOnceAllUseTheFirst) {
  TemporaryDatabase file;
  const auto catalog = SqlCatalog::open(file.url()).value();
  const auto slower = catalog->secret("playback", [&] {
    EXPECT_EQ(catalog->secret("playback", [] { return "faster"; })->reveal(), "faster");
    return "slower";
  });
  EXPECT_EQ(slower->reveal(), "faster");
}

}  // namespace
}  // namespace sluice
