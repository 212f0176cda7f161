// The server of SLUICE_TEST_POSTGRESQL from outside, for tests of what happens when it fails.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace sluice {

class PostgresqlServer {
 public:
  PostgresqlServer();

  // As after a crash of the machine's power, but for what the system had already been given.
  void kill();
  // On the same data and the same port; comes back when it can be used.
  void start();
  // Neither answers nor ends until it is thawed.
  void freeze();
  void thaw();

 private:
  void signal_all(int number);

  pid_t pid_ = 0;
  uid_t user_ = 0;
  gid_t group_ = 0;
  std::vector<std::string> command_;
};

}  // namespace sluice
