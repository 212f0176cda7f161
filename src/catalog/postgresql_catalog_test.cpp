#include <gtest/gtest.h>

#include "catalog/catalog_contract.h"
#include "catalog/postgresql_database.h"
#include "catalog/sql_catalog.h"

namespace sluice {
namespace {

class PostgresqlUnderTest final : public CatalogUnderTest {
 public:
  PostgresqlUnderTest() { reopen(); }
  Users& users() override { return *catalog_; }
  Videos& videos() override { return *catalog_; }
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

}  // namespace
}  // namespace sluice
