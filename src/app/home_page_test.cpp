#include "app/home_page.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(HomePage, NamesTheAddressAndRunsNothing) {
  const auto page = home_page("https://video.example.com", true);
  const auto& text = std::get<std::string>(page.body);
  EXPECT_NE(text.find("curl -s https://video.example.com/api/auth/signup"), std::string::npos);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find('{' + std::string{"url"}), std::string::npos) << "all is filled in";
  EXPECT_NE(text.find("{\\\"filename\\\""), std::string::npos);
  EXPECT_TRUE(header(page, "Content-Security-Policy").starts_with("default-src 'none';"));
}

TEST(HomePage, OffersNoSignUpWhereThereIsNone) {
  const auto page = home_page("https://video.example.com", false);
  const auto& text = std::get<std::string>(page.body);
  EXPECT_EQ(text.find("/api/auth/signup"), std::string::npos);
  EXPECT_NE(text.find("/api/auth/login"), std::string::npos);
}

TEST(HomePage, WritesAddressesAsText) {
  const auto page = home_page("https://video.example.com/a&b<script>", true);
  const auto& text = std::get<std::string>(page.body);
  EXPECT_EQ(text.find("<script>"), std::string::npos);
  EXPECT_NE(text.find("a&amp;b&lt;script&gt;/api/uploads"), std::string::npos);
}

}  // namespace
}  // namespace sluice
