#include "http/compress.h"

#include <optional>
#include <utility>

#define ZLIB_CONST  // next_in points to what is not written to
#include <zlib.h>

#include "http/content_coding.h"

namespace sluice::http {
namespace {

// What fits into one packet either way isn't worth the work.
constexpr std::size_t kSmallestBytes = 1400;
// More effort makes a playlist hardly smaller.
constexpr int kLevel = 1;
constexpr int kGzip = 16;  // added to the window's bits: gzip instead of zlib's own format

std::optional<std::string> gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, MAX_WBITS + kGzip, MAX_MEM_LEVEL,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<z_const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return packed;
}

}  // namespace

Handler compressing(Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    Response response = handler(request);
    auto* text = std::get_if<std::string>(&response.body);
    if (text == nullptr || response.status != 200 || text->size() < kSmallestBytes) return response;
    response.set("Vary", "Accept-Encoding");
    const auto coding = choose_coding(request.header("accept-encoding"), {.gzip = true});
    if (coding != ContentCoding::gzip) return response;
    if (auto packed = gzip(*text)) {
      *text = *std::move(packed);
      response.set("Content-Encoding", "gzip");
    }
    return response;
  };
}

}  // namespace sluice::http
