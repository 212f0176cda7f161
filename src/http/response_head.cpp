#include "http/response_head.h"

#include <charconv>
#include <ctime>

#include <fmt/format.h>

namespace sluice::http {
namespace {

void append_number(std::string& out, std::int64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_clean(std::string& out, std::string_view value) {
  for (const char c : value) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    out.push_back(control ? ' ' : c);
  }
}

}  // namespace

void append_head(std::string& out, const Response& response, const HeadFacts& facts) {
  out += "HTTP/1.1 ";
  append_number(out, response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += facts.date;
  out += "\r\nX-Request-Id: ";
  out += facts.request_id;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  if (facts.persistence == Persistence::close) out += "Connection: close\r\n";
  if (facts.persistence == Persistence::keep_explicit) out += "Connection: keep-alive\r\n";
  if (facts.content_length >= 0) {
    out += "Content-Length: ";
    append_number(out, facts.content_length);
    out += "\r\n";
  }
  if (facts.chunked) out += "Transfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : response.headers) {
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
  }
  out += "\r\n";
}

std::string http_date(std::int64_t unix_seconds) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday,
                     kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace sluice::http
