#include "accounts/authenticator.h"

#include "accounts/account_fixture.h"

namespace sluice {
namespace {

class AuthenticatorTest : public AccountFixture {
 protected:
  AuthenticatorTest() {
    const auto issued = accounts_->sign_up("user@example.com", "correct horse");
    token_ = issued.value().token;
  }

  // "user@example.com", "nobody", or the code of the refusal.
  std::string who(std::string_view method, http::Fields headers) {
    http::Request request;
    request.method = method;
    request.headers = std::move(headers);
    const auto user = authenticator_.user(request);
    if (!user) return user.error().code;
    return *user ? (*user)->email : "nobody";
  }
  std::string cookie() const { return "theme=dark; sluice_session=" + token_; }

  std::string token_;
  Authenticator authenticator_{*accounts_, "https://Videos.example.com/"};
};

constexpr auto kUser = "user@example.com";

TEST_F(AuthenticatorTest, KnowsABearerTokenInAnyCaseOfTheScheme) {
  EXPECT_EQ(who("POST", {{"authorization", "Bearer " + token_}}), kUser);
  EXPECT_EQ(who("POST", {{"authorization", "bearer  " + token_}}), kUser);
}

TEST_F(AuthenticatorTest, KnowsTheSessionCookie) {
  EXPECT_EQ(who("GET", {{"cookie", cookie()}}), kUser);
  EXPECT_EQ(who("POST", {{"cookie", cookie()}}), kUser) << "not a browser: no Origin";
}

TEST_F(AuthenticatorTest, TakesAnythingElseForNobody) {
  EXPECT_EQ(who("GET", {}), "nobody");
  const std::string wrong[] = {
      "Bearer",   "Bearer ",          "Basic " + token_, token_, "Bearer " + token_ + "x",
      "Bearer x", "Bearer\t" + token_};
  for (const auto& header : wrong) EXPECT_EQ(who("GET", {{"authorization", header}}), "nobody");
  EXPECT_EQ(who("GET", {{"cookie", "sluice_session="}}), "nobody");
  EXPECT_EQ(who("GET", {{"cookie", "session=" + token_}}), "nobody");
}

TEST_F(AuthenticatorTest, DoesNotFallBackToTheCookieWhenATokenIsGiven) {
  EXPECT_EQ(who("GET", {{"authorization", "Bearer x"}, {"cookie", cookie()}}), "nobody");
}

TEST_F(AuthenticatorTest, RefusesChangesThatAnotherSiteMakesWithTheCookie) {
  const struct {
    http::Fields from;
    const char* expected;
  } cases[] = {
      {{{"sec-fetch-site", "same-origin"}}, kUser},
      {{{"sec-fetch-site", "none"}}, kUser},
      {{{"sec-fetch-site", "same-site"}}, "cross_site_request"},
      {{{"sec-fetch-site", "cross-site"}}, "cross_site_request"},
      {{{"sec-fetch-site", "cross-site"}, {"origin", "https://videos.example.com"}},
       "cross_site_request"},
      {{{"origin", "https://videos.example.com"}}, kUser},
      {{{"origin", "http://videos.example.com"}}, "cross_site_request"},
      {{{"origin", "https://videos.example.com.evil.example"}}, "cross_site_request"},
      {{{"origin", "https://evil.example"}}, "cross_site_request"},
      {{{"origin", "null"}}, "cross_site_request"},
      {{{"origin", "http://10.0.0.5:8080"}, {"host", "10.0.0.5:8080"}}, kUser},
      {{{"origin", "null"}, {"host", "null"}}, "cross_site_request"},
  };
  for (const auto& [from, expected] : cases) {
    for (const auto* method : {"POST", "PATCH", "DELETE", "PUT"}) {
      auto headers = from;
      headers.add("cookie", cookie());
      EXPECT_EQ(who(method, headers), expected) << method << " " << from.get("origin");
    }
  }
}

TEST_F(AuthenticatorTest, LetsOtherSitesReadAndUseTokens) {
  EXPECT_EQ(who("GET", {{"cookie", cookie()}, {"sec-fetch-site", "cross-site"}}), kUser);
  EXPECT_EQ(who("POST", {{"authorization", "Bearer " + token_}, {"origin", "https://a.example"}}),
            kUser);
  EXPECT_EQ(who("POST", {{"origin", "https://a.example"}}), "nobody");
}

TEST_F(AuthenticatorTest, RequiresAUserWith401) {
  http::Request request;
  request.method = "GET";
  const auto user = authenticator_.require_user(request);
  ASSERT_FALSE(user);
  EXPECT_EQ(user.error().code, "unauthenticated");
  EXPECT_EQ(http::Response::problem(user.error()).status, 401);
}

}  // namespace
}  // namespace sluice
