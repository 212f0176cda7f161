#include "aws/credential_sources.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "aws/shared_credentials_file.h"

namespace sluice {
namespace {

SourceAnswer none(std::string why) { return {std::nullopt, std::move(why)}; }

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

SourceResult credentials_from_environment(const Environment& env) {
  const auto id = env("AWS_ACCESS_KEY_ID");
  const auto secret = env("AWS_SECRET_ACCESS_KEY");
  if (!id && !secret) return none("AWS_ACCESS_KEY_ID is not set");
  if (!id || !secret) {
    return fail(ErrorKind::unavailable, "no_credentials",
                fmt::format("Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set."));
  }
  const AwsCredentials credentials{*id, Secret(*secret),
                                   Secret(env("AWS_SESSION_TOKEN").value_or(""))};
  return SourceAnswer{LoadedCredentials{credentials, std::nullopt, "environment"}, ""};
}

SourceResult credentials_from_shared_file(const Environment& env) {
  const auto path =
      env("AWS_SHARED_CREDENTIALS_FILE").value_or(env("HOME").value_or("") + "/.aws/credentials");
  const auto named = env("AWS_PROFILE");
  const auto profile = named.value_or("default");
  std::ifstream file(path);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return none(fmt::format("{} can't be read", path));
  auto values = profile_in(text.str(), profile);
  if (!values && named) {
    return fail(ErrorKind::unavailable, "no_credentials",
                fmt::format("{} has no profile {}.", path, profile));
  }
  if (!values) return none(fmt::format("{} has no profile {}", path, profile));
  auto& found = *values;
  if (found["aws_access_key_id"].empty() || found["aws_secret_access_key"].empty()) {
    return none(fmt::format("the profile {} of {} has no key", profile, path));
  }
  const AwsCredentials credentials{found["aws_access_key_id"],
                                   Secret(found["aws_secret_access_key"]),
                                   Secret(found["aws_session_token"])};
  return SourceAnswer{
      LoadedCredentials{credentials, std::nullopt, fmt::format("profile {} of {}", profile, path)},
      ""};
}

}  // namespace sluice
