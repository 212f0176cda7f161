#include "http/router.h"

#include <gtest/gtest.h>

#include "http/cors.h"

namespace sluice::http {
namespace {

Handler named(std::string name) {
  return [name](const Request&) { return Response::text(200, "text/plain", name); };
}

Router api() {
  Router router;
  router.add("GET", "/", named("root"));
  router.add("GET", "/api/videos/*rest", named("rest"));
  router.add("GET", "/api/videos/:id", named("one"));
  router.add("DELETE", "/api/videos/:id", named("remove"));
  router.add("GET", "/api/videos/latest", named("latest"));
  router.add("GET", "/api/videos/:id/events", named("events"));
  router.add("GET", "/play/:token/*file", named("play"));
  router.add_upload("PUT", "/storage/*key", [](const Request&) { return SinkOrRefusal{}; });
  return router;
}

std::string answer(const Router::Match& match) {
  if (match.handler == nullptr) return std::to_string(match.refusal.status);
  return std::get<std::string>((*match.handler)(Request{}).body);
}

TEST(Router, PrefersTheMoreSpecificPattern) {
  struct Row {
    std::string_view method, path, answer;
  };
  constexpr Row kRows[] = {
      {"GET", "/", "root"},
      {"GET", "/api/videos/latest", "latest"},
      {"GET", "/api/videos/abc", "one"},
      {"HEAD", "/api/videos/abc", "one"},
      {"DELETE", "/api/videos/latest", "remove"},
      {"GET", "/api/videos/abc/events", "events"},
      {"GET", "/api/videos/abc/other", "rest"},
      {"GET", "/api/videos/", "rest"},
      {"GET", "/api/videos", "404"},
      {"GET", "/api", "404"},
      {"GET", "/nothing/here", "404"},
      {"POST", "/api/videos/abc", "405"},
      {"GET", "/storage/a", "405"},
      {"GET", "*", "400"},
      {"GET", "", "400"},
  };
  const Router router = api();
  for (const auto& row : kRows) {
    EXPECT_EQ(answer(router.match(row.method, row.path)), row.answer) << row.method << row.path;
  }
}

TEST(Router, NamesTheMethodsItWouldTake) {
  const auto match = api().match("POST", "/api/videos/latest");
  const auto& headers = match.refusal.headers;
  const auto allow = std::ranges::find(headers, "Allow", [](const auto& h) { return h.first; });
  ASSERT_NE(allow, headers.end());
  EXPECT_EQ(allow->second, "GET, HEAD, DELETE");
}

TEST(Router, TellsThePatternAndDecodedParams) {
  const Router router = api();
  const auto match = router.match("GET", "/play/a%20b/720p/0%31.m4s");
  EXPECT_EQ(match.pattern, "/play/:token/*file");
  EXPECT_EQ(match.params.get("token"), "a b");
  EXPECT_EQ(match.params.get("file"), "720p/01.m4s");
  EXPECT_NE(router.match("PUT", "/storage/a/b").upload, nullptr);
}

TEST(Router, RefusesParamsThatCouldClimb) {
  constexpr std::string_view kPaths[] = {
      "/api/videos/..",       "/api/videos/.",      "/api/videos/%2e%2e",
      "/api/videos/.%2E",     "/api/videos/a%2Fb",  "/api/videos/%2f",
      "/api/videos/a%00",     "/api/videos/a%",     "/api/videos/a%4",
      "/api/videos/a%zz",     "/api/videos/%ff",    "/api/videos/%c0%ae%c0%ae",
      "/play/t/../../passwd", "/play/t/a/%2e%2e/b", "/play/t/%2e%2e%2fb",
      "/play/t//etc/passwd",  "/play/t/a//b",       "/play/t/a/..",
      "/play/t/a/%2fetc",     "/play/t/a%00.m4s",   "/play/%2e%2e/a",
      "/play/t/./a",
  };
  const Router router = api();
  for (const auto path : kPaths) {
    const auto match = router.match("GET", path);
    EXPECT_EQ(match.handler, nullptr) << path;
    EXPECT_EQ(match.refusal.status, 400) << path;
  }
}

TEST(Router, TakesDotsWithinNames) {
  const auto match = api().match("GET", "/play/t/a..b/..c/.d/");
  EXPECT_EQ(match.params.get("file"), "a..b/..c/.d/");
}

TEST(Router, FallsBackForPathsThatNoPatternFits) {
  Router router = api();
  router.add_fallback(named("page"), {.quick = true});
  EXPECT_EQ(answer(router.match("GET", "/library")), "page");
  EXPECT_EQ(answer(router.match("HEAD", "/a/b/c/")), "page");
  EXPECT_EQ(answer(router.match("GET", "/api/videos/abc")), "one");
  EXPECT_EQ(answer(router.match("POST", "/library")), "404");
  EXPECT_EQ(answer(router.match("GET", "/storage/a")), "405") << "PUT is what it takes";
  EXPECT_EQ(answer(router.match("GET", "/%2e%2e/library")), "400");
  EXPECT_EQ(answer(router.match("GET", "//library")), "400");
  const auto match = router.match("GET", "/my%20library");
  EXPECT_EQ(match.params.get("path"), "my library");
  EXPECT_TRUE(match.options.quick);
  EXPECT_FALSE(match.pattern.empty());
}

TEST(Cors, AnswersPreflightsAndMarksResponses) {
  Router router;
  router.add("GET", "/play/*file", allowing_any_origin(named("media")));
  add_preflight(router, "/play/*file", "GET, HEAD");

  const auto preflight = router.match("OPTIONS", "/play/a");
  ASSERT_NE(preflight.handler, nullptr);
  EXPECT_EQ((*preflight.handler)(Request{}).status, 204);
  const auto media = (*router.match("GET", "/play/a").handler)(Request{});
  const std::pair<std::string, std::string> any{"Access-Control-Allow-Origin", "*"};
  EXPECT_NE(std::ranges::find(media.headers, any), media.headers.end());
}

}  // namespace
}  // namespace sluice::http
