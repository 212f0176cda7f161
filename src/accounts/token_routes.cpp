#include "accounts/token_routes.h"

#include <nlohmann/json.hpp>

#include "accounts/token.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;
using nlohmann::json;

constexpr int kMostDays = 3'650;

struct NewToken {
  std::string name;
  std::optional<std::chrono::hours> lifetime;
};

Result<NewToken> read_new_token(const Request& request) {
  SLUICE_TRY_ASSIGN(const auto body, http::json_body(request));
  NewToken wanted;
  for (const auto& [name, value] : body.items()) {
    if (name == "name") {
      if (!value.is_string()) {
        return fail(ErrorKind::invalid, "invalid_name", "name has to be a text.");
      }
      wanted.name = value.get<std::string>();
    } else if (name == "expires_in_days") {
      if (value.is_null()) continue;
      const auto days = value.is_number_integer() ? value.get<std::int64_t>() : 0;
      if (days < 1 || days > kMostDays) {
        return fail(ErrorKind::invalid, "invalid_expires_in_days",
                    "expires_in_days is a number from 1 to 3650, or null.");
      }
      wanted.lifetime = std::chrono::hours{24 * days};
    } else {
      return fail(ErrorKind::invalid, "unknown_field",
                  "A token has a name and expires_in_days, and nothing else.");
    }
  }
  return wanted;
}

json time_json(const std::optional<Timestamp>& time) {
  return time ? json(to_rfc3339(*time)) : json(nullptr);
}

Result<Response> list(const AccountParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, parts.authenticator.require_user(request));
  SLUICE_TRY_ASSIGN(const auto tokens, parts.accounts.list_tokens(user));
  SLUICE_TRY_ASSIGN(const auto own, parts.authenticator.token(request));
  const auto own_hash = hash_token(own);
  auto listed = json::array();
  for (const auto& token : tokens) {
    listed.push_back({{"id", token.id.str()},
                      {"name", token.label},
                      {"created_at", to_rfc3339(token.created_at)},
                      {"last_used_at", time_json(token.last_used_at)},
                      {"expires_at", time_json(token.expires_at)},
                      {"current", token.hash == own_hash}});
  }
  return Response::json(200, {{"tokens", std::move(listed)}});
}

Result<Response> create(const AccountParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, parts.authenticator.require_user(request));
  SLUICE_TRY_ASSIGN(const auto wanted, read_new_token(request));
  SLUICE_TRY_ASSIGN(const auto issued,
                    parts.accounts.create_token(user, wanted.name, wanted.lifetime));
  return Response::json(201, {{"id", issued.stored.id.str()},
                              {"name", issued.stored.label},
                              {"token", issued.token},
                              {"created_at", to_rfc3339(issued.stored.created_at)},
                              {"expires_at", time_json(issued.stored.expires_at)}});
}

Result<Response> remove(const AccountParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, parts.authenticator.require_user(request));
  SLUICE_TRY(parts.accounts.remove_token(user, TokenId(std::string(request.param("id")))));
  return Response::empty(204);
}

}  // namespace

void add_token_routes(http::Router& router, AccountParts parts) {
  using Action = Result<Response> (*)(const AccountParts&, const Request&);
  const auto add = [&](std::string_view method, std::string_view path, Action action) {
    router.add(method, path, [parts, action](const Request& request) {
      auto response = action(parts, request);
      if (!response) return Response::problem(response.error());
      return std::move(response->set("Cache-Control", "no-store"));
    });
  };
  add("GET", "/api/tokens", list);
  add("POST", "/api/tokens", create);
  add("DELETE", "/api/tokens/:id", remove);
}

}  // namespace sluice
