#include "storage/s3/s3_options.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && is_lower_or_digit(name.front()) &&
         is_lower_or_digit(name.back()) && std::ranges::all_of(name, [](char c) {
           return is_lower_or_digit(c) || c == '-' || c == '.';
         });
}

bool is_region(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

std::string_view host_and_port(std::string_view endpoint) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (endpoint.starts_with(scheme)) return endpoint.substr(scheme.size());
  }
  return {};
}

bool is_endpoint(std::string_view endpoint) {
  const auto host = host_and_port(endpoint);
  return !host.empty() && host.find_first_of("/?#@ \t\r\n\\") == std::string_view::npos;
}

std::string aws_endpoint(const std::string& region) {
  const auto* domain = region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return fmt::format("https://s3.{}.{}", region, domain);
}

bool by_name(const S3Options& options) {
  if (options.addressing != S3Addressing::automatic) {
    return options.addressing == S3Addressing::virtual_host;
  }
  // A certificate for *.s3.… covers no name with a dot.
  return options.endpoint.empty() && options.bucket.find('.') == std::string::npos;
}

S3Place place_at(const S3Options& options, const std::string& endpoint) {
  if (!by_name(options)) return {endpoint, "/" + options.bucket};
  const auto host = host_and_port(endpoint);
  const auto scheme = std::string_view(endpoint).substr(0, endpoint.size() - host.size());
  return {fmt::format("{}{}.{}", scheme, options.bucket, host), ""};
}

}  // namespace

Result<> check_s3_options(const S3Options& options) {
  if (!is_bucket(options.bucket)) {
    return fail(ErrorKind::invalid, "bad_bucket",
                fmt::format("\"{}\" is not the name of a bucket.", options.bucket));
  }
  if (!is_region(options.region)) {
    return fail(ErrorKind::invalid, "bad_region",
                fmt::format("\"{}\" is not the name of a region.", options.region));
  }
  for (const auto& endpoint : {options.endpoint, options.public_endpoint}) {
    if (endpoint.empty() || is_endpoint(endpoint)) continue;
    return fail(ErrorKind::invalid, "bad_endpoint",
                "An S3 endpoint is https://HOST or http://HOST:PORT, without a path.");
  }
  return {};
}

S3Place s3_place(const S3Options& options) {
  return place_at(options,
                  options.endpoint.empty() ? aws_endpoint(options.region) : options.endpoint);
}

S3Place s3_public_place(const S3Options& options) {
  return options.public_endpoint.empty() ? s3_place(options)
                                         : place_at(options, options.public_endpoint);
}

}  // namespace sluice
