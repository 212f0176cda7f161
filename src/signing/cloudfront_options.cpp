#include "signing/cloudfront_options.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/encoding.h"

namespace sluice {
namespace {

constexpr std::string_view kScheme = "cloudfront://";

using Faults = std::vector<std::string>;
using Parameters = std::map<std::string, std::string, std::less<>>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Nothing in it may mean something in a policy, a playlist or a header.
bool is_domain(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    const auto port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit)) return false;
  }
  const auto host = text.substr(0, colon);
  return !host.empty() && is_alphanumeric(host.front()) && std::ranges::all_of(host, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.';
  });
}

bool is_key_pair_id(std::string_view text) {
  return text.size() <= 64 && std::ranges::all_of(text, is_alphanumeric);
}

void add_parameter(std::string_view text, Parameters& parameters, Faults& faults) {
  const auto equals = text.find('=');
  const std::string name(text.substr(0, equals));
  const auto value = equals == std::string_view::npos ? std::optional<std::string>{}
                                                      : percent_decode(text.substr(equals + 1));
  if (!value || value->empty()) {
    faults.push_back(fmt::format("\"{}\" has no value", name));
  } else if (!parameters.emplace(name, *value).second) {
    faults.push_back(fmt::format("\"{}\" is there twice", name));
  }
}

Parameters parse_query(std::string_view query, Faults& faults) {
  Parameters parameters;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    add_parameter(query.substr(0, end), parameters, faults);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return parameters;
}

std::string take(Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return "";
  return std::move(parameters.extract(found).mapped());
}

void set_scheme(std::string text, CloudFrontOptions& options, Faults& faults) {
  if (text.empty()) return;
  if (text != "http" && text != "https") faults.push_back("\"scheme\" is http or https");
  options.scheme = std::move(text);
}

void set_hash(std::string_view text, CloudFrontOptions& options, Faults& faults) {
  if (text == "SHA256") options.hash = CloudFrontHash::sha256;
  if (!text.empty() && text != "SHA1" && text != "SHA256") {
    faults.push_back("\"hash-algorithm\" is SHA1 or SHA256");
  }
}

void set_key(Parameters& parameters, CloudFrontOptions& options, Faults& faults) {
  options.key_pair_id = take(parameters, "key-pair-id");
  options.private_key_file = take(parameters, "private-key");
  if (options.key_pair_id.empty()) {
    faults.push_back("it needs key-pair-id=…, the id of the public key in CloudFront");
  } else if (!is_key_pair_id(options.key_pair_id)) {
    faults.push_back("\"key-pair-id\" has letters and digits only, as K2JCJMDEHXQW5F");
  }
  if (options.private_key_file.empty()) {
    faults.push_back("it needs private-key=FILE, the other half of that key in PEM");
  }
}

}  // namespace

Result<CloudFrontOptions> parse_cloudfront_url(std::string_view url) {
  CloudFrontOptions options;
  Faults faults;
  if (!url.starts_with(kScheme)) {
    return fail(ErrorKind::invalid, "bad_cdn_url",
                "expected cloudfront://DOMAIN?key-pair-id=…&private-key=FILE");
  }
  url.remove_prefix(kScheme.size());
  const auto question = std::min(url.find('?'), url.size());
  options.domain = url.substr(0, question);
  if (!is_domain(options.domain)) {
    faults.push_back("cloudfront:// is followed by a domain, as d111111abcdef8.cloudfront.net");
  }
  auto parameters = parse_query(url.substr(std::min(question + 1, url.size())), faults);
  set_key(parameters, options, faults);
  set_scheme(take(parameters, "scheme"), options, faults);
  set_hash(take(parameters, "hash-algorithm"), options, faults);
  for (const auto& [name, value] : parameters) {
    faults.push_back(fmt::format("\"{}\" is no parameter of cloudfront://", name));
  }
  if (!faults.empty()) {
    return fail(ErrorKind::invalid, "bad_cdn_url", fmt::format("{}", fmt::join(faults, "; ")));
  }
  return options;
}

}  // namespace sluice
