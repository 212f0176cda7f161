// From what the user typed to the process's exit status.
#pragma once

#include <string>
#include <vector>

namespace sluice {

// `has_engine`: can this program be started as its own engine? One for APIs alone can't.
// 0: done. 1: it didn't work, and one line on standard error says why. 2: it was asked wrongly.
int run_command(const std::vector<std::string>& arguments, bool has_engine);

}  // namespace sluice
