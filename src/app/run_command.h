// From what the user typed to the process's exit status.
#pragma once

#include <string>
#include <vector>

namespace sluice {

// 0: done. 1: it didn't work, and one line on standard error says why. 2: it was asked wrongly.
int run_command(const std::vector<std::string>& arguments);

}  // namespace sluice
