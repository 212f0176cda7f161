#include "http/request_parser.h"

#include <limits>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "http/request_target.h"

namespace sluice::http {
namespace beast = boost::beast;

RequestParser::RequestParser(Request& request, std::size_t max_header_bytes) : request_(request) {
  request.method.clear();
  request.path.clear();
  request.query.clear();
  request.headers.clear();
  request.params.clear();
  request.body.clear();
  request.content_length = -1;
  header_limit(static_cast<std::uint32_t>(max_header_bytes));
  body_limit(boost::none);
}

RequestParser::Fault RequestParser::fault(error_code ec) const {
  if (fault_.status != 0) return fault_;
  if (ec == beast::http::error::header_limit) {
    return {431, "header_too_large", "The header of the request is too large."};
  }
  return {400, "malformed_request", "The request is malformed."};
}

void RequestParser::refuse(int status, std::string_view code, std::string detail, error_code& ec) {
  fault_ = {status, code, std::move(detail)};
  ec = beast::http::error::bad_value;
}

void RequestParser::on_request_impl(beast::http::verb, string_view method, string_view target,
                                    int version, error_code& ec) {
  http11_ = version == 11;
  request_.method.assign(method.data(), method.size());
  const auto read = read_target({target.data(), target.size()}, request_);
  if (!read) refuse(400, "malformed_request", read.error().message, ec);
}

void RequestParser::on_field_impl(beast::http::field field, string_view name, string_view value,
                                  error_code& ec) {
  // Trailers of a chunked body pass here too; they must not turn into headers.
  if (is_header_done()) return;
  if (field == beast::http::field::host) ++hosts_;
  // Beast would read a request with an unknown coding as one without a body.
  if (field == beast::http::field::transfer_encoding &&
      (!http11_ || !beast::iequals(value, "chunked"))) {
    return refuse(501, "unknown_transfer_coding", "Transfer-Encoding may only be chunked.", ec);
  }
  char lower[256];
  if (name.size() > sizeof lower) {
    return refuse(431, "header_too_large", "The name of a header is too long.", ec);
  }
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    lower[at] = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  request_.headers.add({lower, name.size()}, {value.data(), value.size()});
}

void RequestParser::on_header_impl(error_code& ec) {
  if (hosts_ > 1 || (hosts_ == 0 && http11_)) {
    return refuse(400, "malformed_request", "There has to be one Host header.", ec);
  }
  const auto length = content_length();
  if (!length) return;
  if (*length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return refuse(413, "body_too_large", "The body is too large.", ec);
  }
  request_.content_length = static_cast<std::int64_t>(*length);
}

std::size_t RequestParser::take(string_view bytes, error_code& ec) {
  if (bytes.size() > max_body_bytes_ - request_.body.size()) {
    refuse(413, "body_too_large", "The body is too large.", ec);
    return 0;
  }
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t RequestParser::on_body_impl(string_view bytes, error_code& ec) {
  return take(bytes, ec);
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) {
  return take(bytes, ec);
}

}  // namespace sluice::http
