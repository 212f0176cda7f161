// The places that are asked over the network.
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/credential_sources.h"
#include "base/encoding.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

// These services are on the same machine or beside it; where there is none, the address is silent.
constexpr milliseconds kNearbyConnect{1'000};
constexpr milliseconds kNearbyTimeout{3'000};
constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
constexpr std::string_view kContainerHost = "http://169.254.170.2";
constexpr std::string_view kInstanceHost = "http://169.254.169.254";
constexpr const char* kTokenSeconds = "21600";

SourceAnswer none(std::string why) { return {std::nullopt, std::move(why)}; }

tl::unexpected<Error> broken(std::string message) {
  return fail(ErrorKind::unavailable, "no_credentials", std::move(message));
}

std::optional<std::string> whole_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  auto result = text.str();
  while (!result.empty() && (result.back() == '\n' || result.back() == '\r')) result.pop_back();
  return result;
}

// 2026-01-31T12:00:00Z, as all of these services write it.
std::optional<Timestamp> parse_time(const std::string& text) {
  std::tm tm{};
  if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &tm) == nullptr) return std::nullopt;
  return Timestamp(std::chrono::seconds(::timegm(&tm)));
}

FetchRequest nearby(std::string method, std::string url) {
  FetchRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.connect_timeout = kNearbyConnect;
  request.timeout = kNearbyTimeout;
  request.max_response_bytes = kMaxAnswerBytes;
  return request;
}

// What the container's and the machine's service answer.
SourceResult from_json(const FetchResponse& response, const char* source) {
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  const auto text = [&](const char* name) {
    const auto at = json.is_object() ? json.find(name) : json.end();
    return json.is_object() && at != json.end() && at->is_string() ? at->get<std::string>() : "";
  };
  AwsCredentials credentials{text("AccessKeyId"), Secret(text("SecretAccessKey")),
                             Secret(text("Token"))};
  const auto expires_at = parse_time(text("Expiration"));
  if (response.status != 200 || credentials.access_key_id.empty() ||
      credentials.secret_access_key.empty()) {
    return broken(fmt::format("The {} answered {} without credentials.", source, response.status));
  }
  return SourceAnswer{LoadedCredentials{std::move(credentials), expires_at, source}, ""};
}

std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://"), url.size()));
  url.remove_prefix(std::min<std::size_t>(3, url.size()));
  const auto authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

// Unencrypted, the token is sent to nobody else.
bool may_be_asked(std::string_view url) {
  constexpr std::array<std::string_view, 6> kHosts = {
      "127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
  return url.starts_with("https://") ||
         (url.starts_with("http://") && std::ranges::count(kHosts, host_of(url)) > 0);
}

std::string between(std::string_view text, const std::string& name) {
  const auto open = "<" + name + ">";
  const auto from = text.find(open);
  if (from == std::string_view::npos) return "";
  text.remove_prefix(from + open.size());
  return std::string(text.substr(0, text.find('<')));
}

}  // namespace

SourceResult credentials_from_web_identity(const Environment& env, HttpClient& http) {
  const auto file = env("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto role = env("AWS_ROLE_ARN");
  if (!file || !role) return none("AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not set");
  const auto token = whole_file(*file);
  if (!token) return broken(fmt::format("{} (AWS_WEB_IDENTITY_TOKEN_FILE) can't be read.", *file));
  const auto region = env("AWS_REGION").value_or(env("AWS_DEFAULT_REGION").value_or("us-east-1"));
  FetchRequest request;
  request.method = "POST";
  request.url =
      env("AWS_ENDPOINT_URL_STS").value_or(fmt::format("https://sts.{}.amazonaws.com", region)) +
      "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.max_response_bytes = kMaxAnswerBytes;
  const auto form = fmt::format(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={}&RoleSessionName={}"
      "&WebIdentityToken={}",
      percent_encode(*role), percent_encode(env("AWS_ROLE_SESSION_NAME").value_or("sluice")),
      percent_encode(*token));
  request.body = form;
  SLUICE_TRY_ASSIGN(const auto response, http.send(request));
  AwsCredentials credentials{between(response.body, "AccessKeyId"),
                             Secret(between(response.body, "SecretAccessKey")),
                             Secret(between(response.body, "SessionToken"))};
  if (response.status != 200 || credentials.secret_access_key.empty()) {
    return broken(fmt::format("The security token service answered {} {}.", response.status,
                              between(response.body, "Code")));
  }
  return SourceAnswer{
      LoadedCredentials{std::move(credentials), parse_time(between(response.body, "Expiration")),
                        "web identity"},
      ""};
}

SourceResult credentials_from_container(const Environment& env, HttpClient& http) {
  const auto relative = env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative && !full) return none("AWS_CONTAINER_CREDENTIALS_FULL_URI is not set");
  auto request = nearby("GET", relative ? std::string(kContainerHost) + *relative : *full);
  if (!may_be_asked(request.url)) {
    return broken(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine.");
  }
  auto token = env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto file = env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    token = whole_file(*file);
    if (!token)
      return broken(
          fmt::format("{} (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) can't be read.", *file));
  }
  if (token) request.headers.emplace_back("Authorization", *token);
  SLUICE_TRY_ASSIGN(const auto response, http.send(request));
  return from_json(response, "container's credentials service");
}

SourceResult credentials_from_instance_role(const Environment& env, HttpClient& http) {
  if (env("AWS_EC2_METADATA_DISABLED").value_or("") == "true")
    return none("AWS_EC2_METADATA_DISABLED is true");
  auto host = env("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or(std::string(kInstanceHost));
  while (host.ends_with('/')) host.pop_back();
  auto ask = nearby("PUT", host + "/latest/api/token");
  ask.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", kTokenSeconds}};
  const auto token = http.send(ask);
  if (!token) return none(fmt::format("no instance metadata service at {}", host_of(host)));
  if (token->status != 200)
    return none(fmt::format("the instance metadata service answered {}", token->status));
  const auto read = [&](const std::string& path) {
    auto request = nearby("GET", host + "/latest/meta-data/iam/security-credentials/" + path);
    request.headers = {{"X-aws-ec2-metadata-token", token->body}};
    return http.send(request);
  };
  SLUICE_TRY_ASSIGN(const auto roles, read(""));
  const auto role = roles.body.substr(0, roles.body.find('\n'));
  if (roles.status != 200 || role.empty()) return none("this machine has no instance role");
  SLUICE_TRY_ASSIGN(const auto response, read(role));
  return from_json(response, "instance metadata service");
}

}  // namespace sluice
