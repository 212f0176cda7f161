// Text without regard to case, the same on every machine and in every database.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// `text` (UTF-8) in lower case: Latin, Greek, Cyrillic and Armenian letters; everything else, and
// what is not UTF-8, stays as it is. One letter becomes one letter (ß and ẞ stay themselves).
// Stored columns hold its result: changing it needs a migration.
std::string fold_case(std::string_view text);

}  // namespace sluice
