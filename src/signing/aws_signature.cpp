#include "signing/aws_signature.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/sha.h>

#include "base/encoding.h"
#include "signing/hmac.h"

namespace sluice {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Lower-case name → value, in the order of the canonical form.
using CanonicalHeaders = std::map<std::string, std::string>;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

// Without blanks around it, every run of blanks inside being one space.
std::string collapsed(std::string_view value) {
  std::string result;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      result.push_back(c);
    } else if (!result.empty() && result.back() != ' ') {
      result.push_back(' ');
    }
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

std::string encode_path(std::string_view path) {
  std::string result;
  for (std::size_t at = 0; at <= path.size();) {
    const auto slash = std::min(path.find('/', at), path.size());
    result += percent_encode(path.substr(at, slash - at));
    if (slash < path.size()) result.push_back('/');
    at = slash + 1;
  }
  return result;
}

// RFC 3986 section 5.2.4, and empty components away.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = true;
  for (std::size_t at = 0; at < path.size();) {
    const auto slash = std::min(path.find('/', at), path.size());
    const auto component = path.substr(at, slash - at);
    at = slash + 1;
    folder = slash < path.size() || component == "." || component == "..";
    if (component.empty() || component == ".") continue;
    if (component != "..") {
      kept.push_back(component);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string result;
  for (const auto component : kept) result.append("/").append(component);
  return folder || kept.empty() ? result + "/" : result;
}

std::string canonical_path(const AwsRequest& request, const AwsScope& scope) {
  auto path = encode_path(scope.normalize_path ? normalized(request.path) : request.path);
  return scope.encode_path_twice ? encode_path(path) : path;
}

std::string encode_query(const AwsFields& query) {
  std::string result;
  for (const auto& [name, value] : query) {
    if (!result.empty()) result.push_back('&');
    result += percent_encode(name) + "=" + percent_encode(value);
  }
  return result;
}

std::string canonical_query(const AwsFields& query) {
  AwsFields encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::ranges::sort(encoded);
  std::string result;
  for (const auto& [name, value] : encoded) {
    if (!result.empty()) result.push_back('&');
    result += name + "=" + value;
  }
  return result;
}

CanonicalHeaders canonical_headers(const AwsRequest& request) {
  CanonicalHeaders result;
  for (const auto& [name, value] : request.headers) {
    auto [at, is_new] = result.try_emplace(lower(name), collapsed(value));
    if (!is_new) at->second += "," + collapsed(value);
  }
  result["host"] = request.host;
  return result;
}

std::string names_of(const CanonicalHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) {
    if (!names.empty()) names.push_back(';');
    names += name;
  }
  return names;
}

std::string date_time(Timestamp now) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", std::chrono::floor<std::chrono::seconds>(now));
}

std::string scope_text(const AwsScope& scope, std::string_view date) {
  return fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
}

std::string canonical_request(const AwsRequest& request, const AwsScope& scope,
                              const CanonicalHeaders& headers) {
  std::string text = fmt::format("{}\n{}\n{}\n", request.method, canonical_path(request, scope),
                                 canonical_query(request.query));
  for (const auto& [name, value] : headers) text += fmt::format("{}:{}\n", name, value);
  return text + fmt::format("\n{}\n{}", names_of(headers), request.payload_hash);
}

std::string_view view(const HmacKey::Mac& mac) { return {mac.data(), mac.size()}; }

std::string signature(const AwsRequest& request, const AwsCredentials& credentials,
                      const AwsScope& scope, const CanonicalHeaders& headers,
                      std::string_view time) {
  const auto date = time.substr(0, 8);
  const auto to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope_text(scope, date),
                                   hash_aws_payload(canonical_request(request, scope, headers)));
  auto key = HmacKey("AWS4" + credentials.secret_access_key.reveal()).sign(date);
  for (const std::string_view step :
       {std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request")}) {
    key = HmacKey(view(key)).sign(step);
  }
  return to_hex(view(HmacKey(view(key)).sign(to_sign)));
}

std::string credential(const AwsCredentials& credentials, const AwsScope& scope,
                       std::string_view time) {
  return credentials.access_key_id + "/" + scope_text(scope, time.substr(0, 8));
}

}  // namespace

AwsScope s3_scope(std::string region) {
  return {.region = std::move(region),
          .service = "s3",
          .normalize_path = false,
          .encode_path_twice = false,
          .send_payload_hash = true};
}

std::string hash_aws_payload(std::string_view body) {
  std::array<char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return to_hex({digest.data(), digest.size()});
}

std::string aws_target(const AwsRequest& request) {
  const auto query = encode_query(request.query);
  return encode_path(request.path) + (query.empty() ? "" : "?" + query);
}

AwsFields sign_aws_headers(const AwsRequest& request, const AwsCredentials& credentials,
                           const AwsScope& scope, Timestamp now) {
  const auto time = date_time(now);
  AwsFields added = {{"X-Amz-Date", time}};
  if (!credentials.session_token.empty()) {
    added.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  if (scope.send_payload_hash) added.emplace_back("X-Amz-Content-Sha256", request.payload_hash);
  auto headers = canonical_headers(request);
  for (const auto& [name, value] : added) headers[lower(name)] = value;
  added.emplace_back("Authorization",
                     fmt::format("{} Credential={}, SignedHeaders={}, Signature={}", kAlgorithm,
                                 credential(credentials, scope, time), names_of(headers),
                                 signature(request, credentials, scope, headers, time)));
  return added;
}

std::string presign_aws_target(AwsRequest request, const AwsCredentials& credentials,
                               const AwsScope& scope, Timestamp now,
                               std::chrono::seconds expires_in) {
  const auto time = date_time(now);
  const auto headers = canonical_headers(request);
  auto& query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", credential(credentials, scope, time));
  query.emplace_back("X-Amz-Date", time);
  query.emplace_back("X-Amz-Expires", std::to_string(expires_in.count()));
  if (!credentials.session_token.empty()) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  query.emplace_back("X-Amz-SignedHeaders", names_of(headers));
  const auto signed_with = signature(request, credentials, scope, headers, time);
  query.emplace_back("X-Amz-Signature", signed_with);
  return aws_target(request);
}

}  // namespace sluice
