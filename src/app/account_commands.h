// `sluice user add` and `sluice token create`: also beside a server that is running.
#pragma once

#include <string>

#include "app/configuration.h"
#include "base/result.h"

namespace sluice {

// Asks for the password on the terminal, unseen; `from_stdin`, or without a terminal, takes a line.
Result<> add_user(const Configuration& configuration, const std::string& email, bool from_stdin);

// Prints the token, the only time it is seen.
Result<> create_token(const Configuration& configuration, const std::string& email);

}  // namespace sluice
