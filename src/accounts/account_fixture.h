// For tests: accounts on a real database of their own, and a clock that stands still.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "catalog/sql_catalog.h"

namespace sluice {

class AccountFixture : public testing::Test {
 protected:
  AccountFixture() {
    auto opened = SqlCatalog::open("sqlite:" + folder_ + "/test.db");
    if (!opened) throw std::runtime_error(opened.error().message);
    catalog_ = std::move(*opened);
    accounts_ = std::make_unique<Accounts>(*catalog_, clock_, AccountsOptions{});
  }
  ~AccountFixture() override { std::filesystem::remove_all(folder_); }

  static std::string new_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
  }

  const std::string folder_ = new_folder();
  FakeClock clock_;
  std::unique_ptr<SqlCatalog> catalog_;
  std::unique_ptr<Accounts> accounts_;
};

}  // namespace sluice
