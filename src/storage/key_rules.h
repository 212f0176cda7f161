// Which names objects may have, in every store.
#pragma once

#include <string_view>

#include "base/result.h"

namespace sluice {

// 1 to 512 characters of [A-Za-z0-9._/-], relative, without empty, "." or ".." components, each
// component at most 255 characters. Else `invalid`, code invalid_key.
Result<> check_key(std::string_view key);

// A key and a '/': the folder that remove_prefix empties.
Result<> check_folder_prefix(std::string_view prefix);

// What list accepts: empty, a folder prefix, or one followed by the start of a name.
Result<> check_list_prefix(std::string_view prefix);

}  // namespace sluice
