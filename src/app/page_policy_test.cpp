#include "app/page_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

http::Response page(const PagePolicy& policy) {
  http::Response response;
  protect_page(response, policy);
  return response;
}

http::Response embed_page(std::vector<std::string> origins) {
  http::Response response;
  protect_embed_page(response, {.embed_origins = std::move(origins)});
  return response;
}

TEST(PagePolicy, RunsNothingInlineAndLoadsFromTheApiAlone) {
  const auto response = page({.api_origins = {"http://127.0.0.1:8080", "https://cdn.example.com"}});
  EXPECT_EQ(header(response, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            "img-src 'self' data: blob: http://127.0.0.1:8080 https://cdn.example.com; "
            "media-src 'self' blob: http://127.0.0.1:8080 https://cdn.example.com; "
            "connect-src 'self' http://127.0.0.1:8080 https://cdn.example.com; "
            "font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; frame-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  EXPECT_EQ(header(response, "X-Frame-Options"), "DENY");
  EXPECT_EQ(header(response, "Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(header(response, "Referrer-Policy"), "strict-origin-when-cross-origin");
  EXPECT_THAT(header(response, "Permissions-Policy"), HasSubstr("camera=()"));
}

TEST(PagePolicy, AsksForHttpsOnlyWhereItIs) {
  EXPECT_EQ(header(page({}), "Strict-Transport-Security"), "");
  EXPECT_EQ(header(page({.https = true}), "Strict-Transport-Security"), "max-age=31536000");
}

TEST(PagePolicy, LetsThePlayerBeFramedByWhoMay) {
  const auto ancestors = [](std::vector<std::string> origins) {
    const auto policy = header(embed_page(std::move(origins)), "Content-Security-Policy");
    return policy.substr(policy.find("frame-ancestors"));
  };
  EXPECT_EQ(ancestors({"*"}), "frame-ancestors *");
  EXPECT_EQ(ancestors({"https://a.example", "https://b.example"}),
            "frame-ancestors 'self' https://a.example https://b.example");
  EXPECT_EQ(ancestors({}), "frame-ancestors 'none'");
  EXPECT_EQ(header(embed_page({}), "X-Frame-Options"), "DENY");
  EXPECT_EQ(header(embed_page({"*"}), "X-Frame-Options"), "");
  EXPECT_EQ(header(embed_page({"*"}), "Cross-Origin-Opener-Policy"), "");
}

TEST(EmbedOrigins, AreAllOrNoneOrAList) {
  EXPECT_THAT(parse_embed_origins("*").value(), ElementsAre("*"));
  EXPECT_THAT(parse_embed_origins("none").value(), ElementsAre());
  EXPECT_THAT(
      parse_embed_origins("https://a.example, http://127.0.0.1:8081,https://*.b.example:8443")
          .value(),
      ElementsAre("https://a.example", "http://127.0.0.1:8081", "https://*.b.example:8443"));
}

TEST(EmbedOrigins, AreNothingElse) {
  for (const auto* bad : {"",
                          "a.example",
                          "https://",
                          "https://a.example/",
                          "https://a.example/path",
                          "ftp://a.example",
                          "https://a.example;script-src *",
                          "https://a.example https://b.example",
                          "https://a.example,",
                          ",https://a.example",
                          "*,https://a.example",
                          "https://*",
                          "https://a.*.example",
                          "https://a.example:",
                          "https://a.example:x",
                          "https://a.example:123456",
                          "https://A.example",
                          "https://[::1]:80",
                          "'self'",
                          "https://a.example\r\nX: y"}) {
    EXPECT_EQ(parse_embed_origins(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace sluice
