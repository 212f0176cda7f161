#include "accounts/token_routes.h"

#include <nlohmann/json.hpp>

#include "accounts/account_fixture.h"

namespace sluice {
namespace {

using nlohmann::json;

class TokenRoutesTest : public AccountFixture {
 protected:
  TokenRoutesTest() {
    add_account_routes(router_, {*accounts_, authenticator_});
    session_ = accounts_->sign_up("user@example.com", "correct horse").value().token;
  }

  http::Response call(std::string_view method, std::string_view path, const std::string& token,
                      const json& body = json::object()) {
    const auto match = router_.match(method, path);
    http::Request request;
    request.method = method;
    request.headers = {{"content-type", "application/json"}};
    if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
    request.body = body.dump();
    request.params = match.params;
    return (*match.handler)(request);
  }
  static json body_of(const http::Response& response) {
    return json::parse(std::get<std::string>(response.body));
  }
  static std::string code_of(const http::Response& response) { return body_of(response)["code"]; }

  json create(const json& form) {
    const auto response = call("POST", "/api/tokens", session_, form);
    EXPECT_EQ(response.status, 201);
    return body_of(response);
  }
  json list(const std::string& token) {
    return body_of(call("GET", "/api/tokens", token))["tokens"];
  }

  Authenticator authenticator_{*accounts_, "http://127.0.0.1:8080"};
  http::Router router_;
  std::string session_;
};

TEST_F(TokenRoutesTest, ATokenIsShownOnceAndListedThereafter) {
  const auto created = create({{"name", "Backups"}, {"expires_in_days", 30}});
  const std::string token = created["token"];
  EXPECT_GE(token.size(), 43u);
  EXPECT_EQ(created["created_at"], to_rfc3339(clock_.now()));
  EXPECT_EQ(created["expires_at"], to_rfc3339(clock_.now() + std::chrono::hours{720}));
  EXPECT_EQ(list(session_), json::array({{{"id", created["id"]},
                                          {"name", "Backups"},
                                          {"created_at", created["created_at"]},
                                          {"last_used_at", nullptr},
                                          {"expires_at", created["expires_at"]},
                                          {"current", false}}}));
  const auto seen = list(token);
  EXPECT_EQ(seen[0]["current"], true);
  EXPECT_EQ(seen[0]["last_used_at"], to_rfc3339(clock_.now()));
}

TEST_F(TokenRoutesTest, ATokenLastsForEverUnlessSaidOtherwise) {
  EXPECT_EQ(create({{"name", "a"}})["expires_at"], nullptr);
  EXPECT_EQ(create({{"name", "b"}, {"expires_in_days", nullptr}})["expires_at"], nullptr);
  EXPECT_EQ(list(session_).size(), 2u);
}

TEST_F(TokenRoutesTest, ARemovedTokenOpensNothing) {
  const auto created = create({{"name", "a"}});
  const auto path = "/api/tokens/" + created["id"].get<std::string>();
  const auto response = call("DELETE", path, session_);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(call("GET", "/api/tokens", created["token"]).status, 401);
  EXPECT_EQ(list(session_), json::array());
  EXPECT_EQ(code_of(call("DELETE", path, session_)), "token_not_found");
}

TEST_F(TokenRoutesTest, TokensOfOthersAreOutOfReach) {
  const auto created = create({{"name", "a"}});
  const auto other = accounts_->sign_up("other@example.com", "correct horse").value().token;
  EXPECT_EQ(list(other), json::array());
  const auto response = call("DELETE", "/api/tokens/" + created["id"].get<std::string>(), other);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(list(session_).size(), 1u);
}

TEST_F(TokenRoutesTest, NeedAUser) {
  EXPECT_EQ(call("GET", "/api/tokens", "").status, 401);
  EXPECT_EQ(call("POST", "/api/tokens", "", {{"name", "a"}}).status, 401);
  EXPECT_EQ(call("DELETE", "/api/tokens/a", "").status, 401);
}

TEST_F(TokenRoutesTest, RefuseFormsThatMakeNoSense) {
  const std::pair<json, const char*> cases[] = {
      {{{"nome", "a"}}, "unknown_field"},
      {json::object(), "invalid_name"},
      {{{"name", ""}}, "invalid_name"},
      {{{"name", 1}}, "invalid_name"},
      {{{"name", std::string(101, 'a')}}, "invalid_name"},
      {{{"name", "a"}, {"expires_in_days", 0}}, "invalid_expires_in_days"},
      {{{"name", "a"}, {"expires_in_days", -1}}, "invalid_expires_in_days"},
      {{{"name", "a"}, {"expires_in_days", 3651}}, "invalid_expires_in_days"},
      {{{"name", "a"}, {"expires_in_days", 1.5}}, "invalid_expires_in_days"},
      {{{"name", "a"}, {"expires_in_days", 18446744073709551615ull}}, "invalid_expires_in_days"},
      {{{"name", "a"}, {"expires_in_days", "30"}}, "invalid_expires_in_days"},
  };
  for (const auto& [form, code] : cases) {
    const auto response = call("POST", "/api/tokens", session_, form);
    EXPECT_EQ(response.status, 400) << form;
    EXPECT_EQ(code_of(response), code) << form;
  }
  EXPECT_EQ(list(session_), json::array());
}

}  // namespace
}  // namespace sluice
