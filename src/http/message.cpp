#include "http/message.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <nlohmann/json.hpp>

namespace sluice::http {
namespace {

using nlohmann::json;

struct Phrase {
  int status;
  std::string_view text;
};

constexpr std::array kPhrases = {
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{206, "Partial Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{411, "Length Required"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Range Not Satisfiable"},
    Phrase{417, "Expectation Failed"},
    Phrase{422, "Unprocessable Content"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{503, "Service Unavailable"},
};

bool is_json_type(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  const auto end = content_type.find_first_of("; \t");
  const auto type = content_type.substr(0, end);
  return std::ranges::equal(
      type, kJson, [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

std::string dump(const json& value) {
  // Text from outside may not be UTF-8; an answer with a replaced character beats an exception.
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
  return headers.get(lower_case_name);
}

std::string_view Request::query_value(std::string_view name) const { return query.get(name); }

std::string_view Request::param(std::string_view name) const { return params.get(name); }

std::string_view Request::cookie(std::string_view name) const {
  std::string_view rest = header("cookie");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

Response& Response::set(std::string name, std::string value) {
  headers.emplace_back(std::move(name), std::move(value));
  return *this;
}

Response Response::json(int status, const nlohmann::json& value) {
  return text(status, "application/json", dump(value));
}

Response Response::text(int status, std::string_view content_type, std::string body) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::problem(const Error& error) {
  // RFC 9110 section 15.5.2: who isn't known yet is asked to sign in.
  if (error.kind == ErrorKind::denied && error.code == "unauthenticated") {
    return problem(401, error.code, error.message).set("WWW-Authenticate", "Bearer");
  }
  return problem(status_of(error.kind), error.code, error.message);
}

Response Response::problem(int status, std::string_view code, std::string_view detail) {
  const nlohmann::json value = {{"type", "about:blank"},
                                {"title", reason_phrase(status)},
                                {"status", status},
                                {"detail", detail},
                                {"code", code}};
  return text(status, "application/problem+json", dump(value)).set("Cache-Control", "no-store");
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::invalid: return 400;
    case ErrorKind::denied: return 403;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unavailable: return 503;
    case ErrorKind::canceled: return 503;
    case ErrorKind::internal: return 500;
  }
  return 500;
}

std::string_view reason_phrase(int status) {
  const auto found = std::ranges::find(kPhrases, status, &Phrase::status);
  return found == kPhrases.end() ? std::string_view{"Unknown"} : found->text;
}

Result<nlohmann::json> json_body(const Request& request) {
  if (!is_json_type(request.header("content-type"))) {
    return fail(ErrorKind::invalid, "unsupported_media_type",
                "The body has to be JSON, with Content-Type: application/json.");
  }
  auto value = nlohmann::json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    return fail(ErrorKind::invalid, "invalid_json", "The body is not valid JSON.");
  }
  if (!value.is_object()) {
    return fail(ErrorKind::invalid, "invalid_json", "The body has to be a JSON object.");
  }
  return value;
}

}  // namespace sluice::http
