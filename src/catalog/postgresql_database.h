// A database of a test's own on the server of SLUICE_TEST_POSTGRESQL, gone afterwards.
#pragma once

#include <string>

namespace sluice {

// "" when the variable is not set.
std::string postgresql_server_url();

// The URL of a database with today's tables and nothing in them: the same one each time, emptied.
std::string emptied_postgresql();

class TemporaryPostgresql {
 public:
  // With today's tables, copied from one made once for all tests.
  TemporaryPostgresql();
  // Without any.
  static TemporaryPostgresql empty() { return TemporaryPostgresql("template1"); }
  ~TemporaryPostgresql();
  TemporaryPostgresql(const TemporaryPostgresql&) = delete;
  TemporaryPostgresql& operator=(const TemporaryPostgresql&) = delete;

  std::string url() const;

 private:
  explicit TemporaryPostgresql(const std::string& original);

  std::string name_;
};

// Without a database around it: for what no transaction may do.
void run_on_postgresql(const std::string& url, const std::string& statement);

}  // namespace sluice
