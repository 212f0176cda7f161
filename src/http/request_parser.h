// Beast's parser, writing straight into a Request.
#pragma once

#include <cstdint>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "http/message.h"

namespace sluice::http {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  // Why a request is refused before a handler sees it.
  struct Fault {
    int status = 0;
    std::string_view code;
    std::string detail;
  };

  // `request` outlives the parser; its id and remote_address stay as they are.
  RequestParser(Request& request, std::size_t max_header_bytes);

  // The body goes into `request.body`; one that is longer is a Fault of 413.
  void set_max_body_bytes(std::size_t bytes) { max_body_bytes_ = bytes; }

  Fault fault(boost::beast::error_code ec) const;
  bool is_http11() const { return http11_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void refuse(int status, std::string_view code, std::string detail, error_code& ec);
  std::size_t take(string_view bytes, error_code& ec);

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target,
                       int version, error_code& ec) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field field, string_view name, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view bytes, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) override;
  void on_finish_impl(error_code&) override {}

  Request& request_;
  std::size_t max_body_bytes_ = 0;
  int hosts_ = 0;
  bool http11_ = false;
  Fault fault_;
};

}  // namespace sluice::http
