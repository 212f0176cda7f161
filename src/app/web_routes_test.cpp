#include "app/web_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::HasSubstr;

constexpr WebFile kFiles[] = {
    {"assets/main-1.js", "text/javascript; charset=utf-8", "h1", "plain", "gz", "br"},
    {"assets/small-2.css", "text/css; charset=utf-8", "h2", "a{}", {}, {}},
    {"embed.html", "text/html; charset=utf-8", "h3", "the player", {}, {}},
    {"favicon.svg", "image/svg+xml", "h4", "<svg/>", {}, {}},
    {"index.html", "text/html; charset=utf-8", "h5", "the page", {}, {}},
};

class WebRoutes : public testing::Test {
 protected:
  WebRoutes() {
    router_.add("GET", "/api/videos/:id", [](const http::Request&) { return http::Response{}; });
    add_web_routes(
        router_, {kFiles, {.embed_origins = {"*"}}, [](std::string_view id, std::string_view page) {
                    if (id != "known") return std::optional<std::string>{};
                    return std::optional{std::string(page) + " of it"};
                  }});
  }

  http::Response get(std::string_view path, http::Fields headers = {}) {
    auto match = router_.match("GET", path);
    if (match.handler == nullptr) return match.refusal;
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.headers = std::move(headers);
    request.params = match.params;
    return (*match.handler)(request);
  }

  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  static std::string body(const http::Response& response) {
    const auto* sent = std::get_if<http::SourceBody>(&response.body);
    if (sent == nullptr) return std::get<std::string>(response.body);
    std::string text(static_cast<std::size_t>(sent->length), '\0');
    EXPECT_EQ(sent->source->read_at(sent->offset, text).value(), text.size());
    return text;
  }

  http::Router router_;
};

TEST_F(WebRoutes, AnswerEveryPathThatLooksLikeAPageWithTheApplication) {
  for (const auto* path : {"/", "/library", "/upload", "/watch/unknown", "/no/such/page",
                           "/tokens/", "/apis", "/embed"}) {
    const auto response = get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(body(response), "the page") << path;
    EXPECT_EQ(header(response, "Cache-Control"), "no-cache") << path;
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
  }
}

TEST_F(WebRoutes, AnswerNoProgramWithAPage) {
  for (const auto* path :
       {"/api", "/api/", "/api/nothing", "/play/x", "/storage/x", "/metrics/x", "/assets/",
        "/assets/main-0.js", "/assets/index.html", "/index.html", "/embed.html", "/favicon.ico",
        "/a/b.php", "/.env", "/.git/config", "/assets/../index"}) {
    const auto response = get(path);
    EXPECT_EQ(response.status,
              std::string_view(path).find("..") == std::string_view::npos ? 404 : 400)
        << path;
    EXPECT_EQ(header(response, "Content-Type"), "application/problem+json") << path;
  }
}

TEST_F(WebRoutes, ServeAssetsForEverInTheFormThatIsAskedFor) {
  const struct {
    const char *accept, *body, *coding, *etag;
  } cases[] = {{"", "plain", "", "\"h1\""},
               {"gzip", "gz", "gzip", "\"h1-gzip\""},
               {"gzip, br", "br", "br", "\"h1-br\""},
               {"br;q=0, gzip;q=0.1", "gz", "gzip", "\"h1-gzip\""}};
  for (const auto& [accept, expected, coding, etag] : cases) {
    const auto response = get("/assets/main-1.js", {{"accept-encoding", accept}});
    EXPECT_EQ(body(response), expected) << accept;
    EXPECT_EQ(header(response, "Content-Encoding"), coding) << accept;
    EXPECT_EQ(header(response, "ETag"), etag) << accept;
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
    EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(response, "Content-Type"), "text/javascript; charset=utf-8");
  }
  EXPECT_EQ(body(get("/assets/small-2.css", {{"accept-encoding", "gzip, br"}})), "a{}");
}

TEST_F(WebRoutes, SayWhenNothingHasChanged) {
  const http::Fields headers = {{"accept-encoding", "br"}, {"if-none-match", "\"h1-br\""}};
  const auto same = get("/assets/main-1.js", headers);
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(header(same, "Content-Encoding"), "");
  const http::Fields other_form = {{"if-none-match", "\"h1-br\""}};
  EXPECT_EQ(get("/assets/main-1.js", other_form).status, 200);
  const auto page = get("/library", {{"if-none-match", "\"h5\""}});
  EXPECT_EQ(page.status, 304);
  EXPECT_NE(header(page, "Content-Security-Policy"), "");
}

TEST_F(WebRoutes, ServeOtherFilesOfTheRoot) {
  const auto icon = get("/favicon.svg");
  EXPECT_EQ(body(icon), "<svg/>");
  EXPECT_EQ(header(icon, "Cache-Control"), "public, max-age=3600");
}

TEST_F(WebRoutes, LetThePlayerBeFramed) {
  const auto response = get("/embed/abc");
  EXPECT_EQ(body(response), "the player");
  EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("frame-ancestors *"));
}

TEST_F(WebRoutes, TellOtherProgramsWhatALinkLeadsTo) {
  const auto response = get("/watch/known");
  EXPECT_EQ(body(response), "the page of it");
  EXPECT_NE(header(response, "ETag"), header(get("/watch/unknown"), "ETag"));
  EXPECT_NE(header(response, "Content-Security-Policy"), "");
  const auto again = get("/watch/known", {{"if-none-match", header(response, "ETag")}});
  EXPECT_EQ(again.status, 304);
}

TEST(WebFiles, HoldTheApplication) {
  const auto files = web_files();
  EXPECT_TRUE(std::ranges::is_sorted(files, {}, &WebFile::path));
  const auto index = std::ranges::find(files, "index.html", &WebFile::path);
  ASSERT_NE(index, files.end());
  EXPECT_THAT(std::string(index->identity), HasSubstr("<!-- head -->"));
  EXPECT_EQ(index->hash.size(), 32u);
}

}  // namespace
}  // namespace sluice
