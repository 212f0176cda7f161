// `sluice doctor`: looks at every part and says how to fix what is wrong.
#pragma once

#include <string>
#include <vector>

#include "app/configuration.h"

namespace sluice {

struct Finding {
  std::string part;
  bool good = false;
  std::string text;  // what was found; how to fix it when it isn't good
};

// Changes nothing but what a start would make too. A server that is running doesn't mind. Without
// an engine it is not looked at.
std::vector<Finding> examine(const Configuration& configuration, bool has_engine);

}  // namespace sluice
