#include "accounts/account_routes.h"

#include <nlohmann/json.hpp>

#include "accounts/account_fixture.h"

namespace sluice {
namespace {

using nlohmann::json;

std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [header, value] : response.headers) {
    if (header == name) return value;
  }
  return "";
}

json body_of(const http::Response& response) {
  return json::parse(std::get<std::string>(response.body));
}

class AccountRoutesTest : public AccountFixture {
 protected:
  AccountRoutesTest() { use(false); }
  void use(bool secure_cookie) {
    router_ = http::Router();
    add_account_routes(router_, {*accounts_, authenticator_, secure_cookie});
  }

  http::Response call(std::string_view method, std::string_view path, std::string body = "",
                      http::Fields headers = {}) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.headers = std::move(headers);
    request.headers.add("content-type", "application/json");
    request.body = std::move(body);
    request.remote_address = "192.0.2.1";
    const auto match = router_.match(method, path);
    return match.handler == nullptr ? match.refusal : (*match.handler)(request);
  }
  http::Response sign_up() { return call("POST", "/api/auth/signup", kForm); }
  static std::string code_of(const http::Response& response) { return body_of(response)["code"]; }

  static constexpr auto kForm = R"({"email":"user@example.com","password":"correct horse"})";
  Authenticator authenticator_{*accounts_, "http://127.0.0.1:8080"};
  http::Router router_;
};

TEST_F(AccountRoutesTest, SignUpAnswersWithTokenUserAndCookie) {
  const auto response = sign_up();
  ASSERT_EQ(response.status, 201);
  const auto body = body_of(response);
  const std::string token = body["token"];
  EXPECT_EQ(body["expires_at"], to_rfc3339(clock_.now() + std::chrono::hours{720}));
  EXPECT_EQ(body["user"]["email"], "user@example.com");
  EXPECT_FALSE(body["user"]["id"].get<std::string>().empty());
  EXPECT_EQ(body["user"].size(), 2u);
  EXPECT_EQ(header_of(response, "Set-Cookie"),
            "sluice_session=" + token + "; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
}

TEST_F(AccountRoutesTest, TheCookieIsSecureWhereThePublicUrlIs) {
  use(true);
  EXPECT_TRUE(header_of(sign_up(), "Set-Cookie").ends_with("; Secure"));
}

TEST_F(AccountRoutesTest, LogInThenMeThenLogOut) {
  sign_up();
  const auto login = call("POST", "/api/auth/login", kForm);
  ASSERT_EQ(login.status, 200);
  const std::string token = body_of(login)["token"];
  for (const auto& headers : {http::Fields{{"authorization", "Bearer " + token}},
                              http::Fields{{"cookie", "sluice_session=" + token}}}) {
    const auto me = call("GET", "/api/auth/me", "", headers);
    ASSERT_EQ(me.status, 200);
    EXPECT_EQ(body_of(me), body_of(login)["user"]);
  }
  const auto logout = call("POST", "/api/auth/logout", "", {{"cookie", "sluice_session=" + token}});
  EXPECT_EQ(logout.status, 204);
  EXPECT_EQ(header_of(logout, "Set-Cookie"),
            "sluice_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  const auto me = call("GET", "/api/auth/me", "", {{"authorization", "Bearer " + token}});
  EXPECT_EQ(me.status, 401);
  EXPECT_EQ(header_of(me, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(code_of(me), "unauthenticated");
}

TEST_F(AccountRoutesTest, LogOutIsForAnybodyButNotForAnotherSite) {
  EXPECT_EQ(call("POST", "/api/auth/logout").status, 204);
  const std::string token = body_of(sign_up())["token"];
  const auto foreign =
      call("POST", "/api/auth/logout", "",
           {{"cookie", "sluice_session=" + token}, {"sec-fetch-site", "cross-site"}});
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(code_of(foreign), "cross_site_request");
  EXPECT_EQ(call("GET", "/api/auth/me", "", {{"authorization", "Bearer " + token}}).status, 200);
}

TEST_F(AccountRoutesTest, RefuseWithStatusAndCode) {
  sign_up();
  const struct {
    const char *path, *body;
    int status;
    const char* code;
  } cases[] = {
      {"signup", kForm, 409, "email_taken"},
      {"signup", R"({"email":"x","password":"correct horse"})", 400, "invalid_email"},
      {"signup", R"({"email":"b@example.com","password":"short"})", 400, "weak_password"},
      {"signup", R"({"email":"b@example.com"})", 400, "missing_field"},
      {"signup", R"({"email":1,"password":"correct horse"})", 400, "missing_field"},
      {"signup", R"([])", 400, "invalid_json"},
      {"signup", R"({"email":)", 400, "invalid_json"},
      {"signup", "", 400, "invalid_json"},
      {"login", R"({"email":"user@example.com","password":"wrong"})", 401, "invalid_credentials"},
      {"login", R"({"email":"b@example.com","password":"wrong"})", 401, "invalid_credentials"},
      {"login", R"({"email":"user@example.com","password":null})", 400, "missing_field"},
  };
  for (const auto& [path, body, status, code] : cases) {
    const auto response = call("POST", std::string("/api/auth/") + path, body);
    EXPECT_EQ(response.status, status) << path << " " << body;
    EXPECT_EQ(code_of(response), code) << path << " " << body;
  }
}

TEST_F(AccountRoutesTest, SaysWhenToTryAgain) {
  sign_up();
  const auto* wrong = R"({"email":"user@example.com","password":"wrong horse"})";
  for (std::size_t i = 0; i < SignInLimit::kFailures; ++i) {
    EXPECT_EQ(call("POST", "/api/auth/login", wrong).status, 401);
  }
  clock_.advance(std::chrono::minutes{5});
  const auto response = call("POST", "/api/auth/login", kForm);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(code_of(response), "too_many_attempts");
  EXPECT_EQ(header_of(response, "Retry-After"), "600");
}

}  // namespace
}  // namespace sluice
