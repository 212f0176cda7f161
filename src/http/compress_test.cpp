#include "http/compress.h"

#include <gtest/gtest.h>

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>

namespace sluice::http {
namespace {

std::string header(const Response& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [name](const auto& field) { return field.first == name; });
  return found == response.headers.end() ? "" : found->second;
}

Response answer(Response response, const std::string& accept) {
  Request request;
  if (!accept.empty()) request.headers = {{"accept-encoding", accept}};
  return compressing([&](const Request&) { return response; })(request);
}

std::string unpack(const std::string& packed) {
  std::string text(1 << 20, '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<z_const Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

std::string playlist() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "#EXTINF:4.000000,\n" + std::to_string(i) + ".m4s\n";
  return text;
}

TEST(Compressing, PacksTextForWhoAcceptsIt) {
  const Response packed = answer(Response::text(200, "text/plain", playlist()), "gzip, deflate");
  const auto& body = std::get<std::string>(packed.body);
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
  EXPECT_LT(body.size(), playlist().size() / 4);
  EXPECT_EQ(unpack(body), playlist());
}

TEST(Compressing, LeavesTheRestAlone) {
  for (const char* accept : {"", "identity", "br", "gzip;q=0"}) {
    const Response plain = answer(Response::text(200, "text/plain", playlist()), accept);
    EXPECT_EQ(std::get<std::string>(plain.body), playlist()) << accept;
    EXPECT_EQ(header(plain, "Content-Encoding"), "") << accept;
    EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding") << accept;
  }
  const Response small = answer(Response::text(200, "text/plain", "small"), "gzip");
  EXPECT_EQ(std::get<std::string>(small.body), "small");
  const Response refusal = answer(Response::text(403, "text/plain", playlist()), "gzip");
  EXPECT_EQ(std::get<std::string>(refusal.body), playlist());
  Response stored;
  stored.body = SourceBody{};
  EXPECT_TRUE(std::holds_alternative<SourceBody>(answer(stored, "gzip").body));
}

}  // namespace
}  // namespace sluice::http
