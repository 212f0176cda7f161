#include "accounts/account_routes.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "accounts/token_routes.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;

struct SignInForm {
  std::string email;
  std::string password;
};

Result<SignInForm> read_form(const Request& request) {
  SLUICE_TRY_ASSIGN(const auto body, http::json_body(request));
  SignInForm form;
  for (const auto& [name, value] :
       {std::pair{"email", &form.email}, {"password", &form.password}}) {
    const auto found = body.find(name);
    if (found == body.end() || !found->is_string()) {
      return fail(ErrorKind::invalid, "missing_field", fmt::format("{} has to be a text.", name));
    }
    *value = found->get<std::string>();
  }
  return form;
}

Response refusal(const Error& error) {
  if (error.code == "invalid_credentials") {
    return Response::problem(401, error.code, error.message).set("WWW-Authenticate", "Bearer");
  }
  return Response::problem(error);
}

std::string session_cookie(const AccountParts& parts, std::string_view value,
                           std::chrono::seconds lifetime) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", kSessionCookie, value,
                     lifetime.count(), parts.secure_cookie ? "; Secure" : "");
}

Response signed_in(const AccountParts& parts, int status, const IssuedToken& issued) {
  return Response::json(status,
                        {{"token", issued.token},
                         {"expires_at", to_rfc3339(*issued.stored.expires_at)},
                         {"user", {{"id", issued.user.id.str()}, {"email", issued.user.email}}}})
      .set("Set-Cookie", session_cookie(parts, issued.token, parts.accounts.session_lifetime()))
      .set("Cache-Control", "no-store");
}

Response sign_up(const AccountParts& parts, const Request& request) {
  const auto form = read_form(request);
  if (!form) return refusal(form.error());
  const auto issued = parts.accounts.sign_up(form->email, form->password);
  return issued ? signed_in(parts, 201, *issued) : refusal(issued.error());
}

Response sign_in(const AccountParts& parts, const Request& request) {
  const auto form = read_form(request);
  if (!form) return refusal(form.error());
  const auto& [email, password] = *form;
  const auto issued = parts.accounts.sign_in(email, password, request.remote_address);
  if (issued) return signed_in(parts, 200, *issued);
  if (issued.error().code != "too_many_attempts") return refusal(issued.error());
  const auto pause = parts.accounts.retry_after(email, request.remote_address);
  return Response::problem(429, issued.error().code, issued.error().message)
      .set("Retry-After", std::to_string(std::max<std::int64_t>(pause.count(), 1)));
}

Response sign_out(const AccountParts& parts, const Request& request) {
  const auto token = parts.authenticator.token(request);
  if (!token) return refusal(token.error());
  if (!token->empty()) {
    if (const auto revoked = parts.accounts.sign_out(*token); !revoked) {
      return refusal(revoked.error());
    }
  }
  return Response::empty(204).set("Set-Cookie", session_cookie(parts, "", std::chrono::seconds{0}));
}

Response show_user(const AccountParts& parts, const Request& request) {
  const auto user = parts.authenticator.require_user(request);
  if (!user) return refusal(user.error());
  return Response::json(200, {{"id", user->id.str()}, {"email", user->email}})
      .set("Cache-Control", "no-store");
}

}  // namespace

void add_account_routes(http::Router& router, AccountParts parts) {
  add_token_routes(router, parts);
  const auto add = [&](std::string_view method, std::string_view path, auto answer) {
    router.add(method, path,
               [parts, answer](const Request& request) { return answer(parts, request); });
  };
  add("POST", "/api/auth/signup", sign_up);
  add("POST", "/api/auth/login", sign_in);
  add("POST", "/api/auth/logout", sign_out);
  add("GET", "/api/auth/me", show_user);
}

}  // namespace sluice
