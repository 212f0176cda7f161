#include "app/web_routes.h"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "http/content_coding.h"

namespace sluice {
namespace {

using http::ContentCoding;
using http::Request;
using http::Response;

constexpr std::string_view kForEver = "public, max-age=31536000, immutable";  // names hold a hash
constexpr std::string_view kShortly = "public, max-age=3600";
constexpr std::string_view kAskAgain = "no-cache";

// Bytes of the program itself, or made for one response.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view of_the_program) : bytes_(of_the_program) {}
  explicit TextSource(std::string made) : made_(std::move(made)), bytes_(made_) {}
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  std::int64_t size_bytes() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    const auto at = std::min(static_cast<std::size_t>(offset), bytes_.size());
    return bytes_.copy(into.data(), into.size(), at);
  }

 private:
  std::string made_;
  std::string_view bytes_;
};

struct Form {
  std::string_view bytes;
  std::string_view coding;  // as Content-Encoding says it; empty for none
};

Form choose_form(const Request& request, const WebFile& file) {
  const auto coding =
      http::choose_coding(request.header("accept-encoding"),
                          {.gzip = !file.gzip.empty(), .brotli = !file.brotli.empty()});
  if (coding == ContentCoding::brotli) return {file.brotli, "br"};
  if (coding == ContentCoding::gzip) return {file.gzip, "gzip"};
  return {file.identity, ""};
}

Response serve_file(const Request& request, const WebFile& file, std::string_view cache_control) {
  const auto form = choose_form(request, file);
  // Each form is a representation of its own (RFC 9110 section 8.8.3).
  const auto etag =
      form.coding.empty() ? std::string(file.hash) : fmt::format("{}-{}", file.hash, form.coding);
  auto response = http::serve_source(request, std::make_shared<TextSource>(form.bytes), etag,
                                     file.content_type, cache_control);
  response.set("Vary", "Accept-Encoding");
  const bool sent = response.status == 200 || response.status == 206;
  if (sent && !form.coding.empty()) response.set("Content-Encoding", std::string(form.coding));
  return response;
}

Response serve_made(const Request& request, std::string page, const WebFile& file) {
  const auto etag =
      fmt::format("{}-{:016x}", file.hash, std::hash<std::string_view>{}(std::string_view(page)));
  auto response = http::serve_source(request, std::make_shared<TextSource>(std::move(page)), etag,
                                     file.content_type, kAskAgain);
  response.set("Vary", "Accept-Encoding");
  return response;
}

Response nothing_here() {
  return Response::problem(404, "not_found", "There is nothing at this path.");
}

// `path` without the slash at its start.
bool is_page(std::string_view path) {
  constexpr std::array<std::string_view, 7> kOthers = {"api",  "assets", "healthz", "metrics",
                                                       "play", "readyz", "storage"};
  const auto first = path.substr(0, path.find('/'));
  if (std::ranges::find(kOthers, first) != kOthers.end()) return false;
  return path.find('.') == std::string_view::npos;
}

class Web {
 public:
  explicit Web(WebParts parts) : parts_(std::move(parts)), index_(*find("index.html")) {
    const auto* embed = find("embed.html");
    embed_ = embed != nullptr ? *embed : index_;
  }

  const std::span<const WebFile>& files() const { return parts_.files; }

  Response asset(const Request& request) const {
    const auto* file = find(fmt::format("assets/{}", request.param("name")));
    return file != nullptr ? serve_file(request, *file, kForEver) : nothing_here();
  }

  Response page(const Request& request) const {
    auto response = serve_file(request, index_, kAskAgain);
    protect_page(response, parts_.policy);
    return response;
  }

  Response page_or_nothing(const Request& request) const {
    return is_page(request.param("path")) ? page(request) : nothing_here();
  }

  Response watch_page(const Request& request) const {
    auto made = parts_.preview(request.param("id"), index_.identity);
    if (!made) return page(request);
    auto response = serve_made(request, *std::move(made), index_);
    protect_page(response, parts_.policy);
    return response;
  }

  Response embed_page(const Request& request) const {
    auto response = serve_file(request, embed_, kAskAgain);
    protect_embed_page(response, parts_.policy);
    return response;
  }

 private:
  const WebFile* find(std::string_view path) const {
    const auto found = std::ranges::lower_bound(parts_.files, path, {}, &WebFile::path);
    return found != parts_.files.end() && found->path == path ? &*found : nullptr;
  }

  WebParts parts_;
  WebFile index_, embed_;
};

bool has_its_own_route(const WebFile& file) {
  return !file.path.starts_with("assets/") && !file.path.ends_with(".html");
}

}  // namespace

void add_web_routes(http::Router& router, WebParts parts) {
  constexpr http::RouteOptions kQuick = {.quick = true};
  const auto web = std::make_shared<const Web>(std::move(parts));
  using Answer = Response (Web::*)(const Request&) const;
  const auto answering = [&](Answer answer) {
    return [web, answer](const Request& request) { return (*web.*answer)(request); };
  };
  router.add("GET", "/", answering(&Web::page), kQuick);
  router.add("GET", "/watch/:id", answering(&Web::watch_page));
  router.add("GET", "/embed/:id", answering(&Web::embed_page), kQuick);
  router.add("GET", "/assets/*name", answering(&Web::asset), kQuick);
  for (const auto& file : web->files()) {
    if (!has_its_own_route(file)) continue;
    const auto serve = [file](const Request& request) {
      return serve_file(request, file, kShortly);
    };
    router.add("GET", fmt::format("/{}", file.path), serve, kQuick);
  }
  router.add_fallback(answering(&Web::page_or_nothing), kQuick);
}

}  // namespace sluice
