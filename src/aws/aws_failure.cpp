#include "aws/aws_failure.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

template <std::size_t N>
bool is_one_of(const std::string& code, const std::array<std::string_view, N>& codes) {
  return std::ranges::find(codes, std::string_view(code)) != codes.end();
}

std::string code_in_xml(std::string_view body) {
  constexpr std::string_view kOpen = "<Code>";
  const auto from = body.find(kOpen);
  if (from == std::string_view::npos) return "";
  body.remove_prefix(from + kOpen.size());
  return std::string(body.substr(0, std::min<std::size_t>(body.find('<'), 100)));
}

std::string code_in_json(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return "";
  const auto type = json.find("__type");
  return type != json.end() && type->is_string() ? type->get<std::string>() : "";
}

}  // namespace

AwsFault aws_fault(const FetchResponse& response) {
  AwsFault fault{response.status, std::string(response.header("x-amzn-errortype"))};
  if (response.status < 300) return fault;
  if (fault.code.empty()) {
    fault.code =
        response.body.starts_with('{') ? code_in_json(response.body) : code_in_xml(response.body);
  }
  fault.code = fault.code.substr(0, fault.code.find(':'));
  if (const auto hash = fault.code.find('#'); hash != std::string::npos)
    fault.code.erase(0, hash + 1);
  return fault;
}

bool is_transient(const AwsFault& fault) {
  constexpr std::array<std::string_view, 12> kCodes = {"SlowDown",
                                                       "RequestTimeout",
                                                       "InternalError",
                                                       "ServiceUnavailable",
                                                       "Throttling",
                                                       "ThrottlingException",
                                                       "RequestThrottled",
                                                       "RequestThrottledException",
                                                       "TooManyRequestsException",
                                                       "RequestLimitExceeded",
                                                       "InternalFailure",
                                                       "OperationAborted"};
  return fault.status == 429 || fault.status == 500 || fault.status == 502 || fault.status == 503 ||
         fault.status == 504 || is_one_of(fault.code, kCodes);
}

bool is_clock_fault(const AwsFault& fault) {
  constexpr std::array<std::string_view, 3> kCodes = {"RequestTimeTooSkewed", "RequestExpired",
                                                      "RequestInTheFuture"};
  return is_one_of(fault.code, kCodes);
}

bool is_credentials_fault(const AwsFault& fault) {
  constexpr std::array<std::string_view, 7> kCodes = {
      "ExpiredToken",         "ExpiredTokenException", "TokenRefreshRequired",
      "InvalidClientTokenId", "InvalidAccessKeyId",    "UnrecognizedClientException",
      "InvalidToken"};
  return is_one_of(fault.code, kCodes);
}

Error aws_error(const AwsFault& fault, std::string_view subject) {
  const auto answer = fault.code.empty() ? std::to_string(fault.status)
                                         : fmt::format("{} {}", fault.status, fault.code);
  const auto error = [&](ErrorKind kind, const char* code) {
    return Error{kind, code, fmt::format("{} answered {}.", subject, answer)};
  };
  if (is_transient(fault)) return error(ErrorKind::unavailable, "aws_unavailable");
  if (is_clock_fault(fault)) {
    return {ErrorKind::denied, "clock_skew",
            fmt::format("{} refuses this machine's time ({}): set its clock.", subject, answer)};
  }
  switch (fault.status) {
    case 401:
    case 403: return error(ErrorKind::denied, "aws_denied");
    case 404: return error(ErrorKind::not_found, "aws_not_found");
    case 409:
    case 412: return error(ErrorKind::conflict, "aws_conflict");
    default: return error(ErrorKind::internal, "aws_refused");
  }
}

}  // namespace sluice
