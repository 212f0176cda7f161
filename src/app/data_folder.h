// The folder that holds everything of one installation.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/secret.h"
#include "base/unique_fd.h"

namespace sluice {

// Errors here are for the operator: one clear line that names the folder.

// Creates it, for its owner only, when it isn't there; `denied` when it can't be written.
Result<> make_data_folder(const std::filesystem::path& folder);

// Held by the one process that serves or works on the folder; `conflict` (in_use), naming the
// other's pid. The kernel lets go of it however the process ends.
Result<UniqueFd> lock_data_folder(const std::filesystem::path& folder);

inline constexpr std::size_t kSecretKeyBytes = 32;

// What everything is signed with: 32 random bytes in secret.key, made at the first start. Whole and
// durable or not there at all.
Result<Secret> load_secret_key(const std::filesystem::path& folder);

}  // namespace sluice
