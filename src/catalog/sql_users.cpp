#include "base/random.h"
#include "catalog/fold_case.h"
#include "catalog/sql_catalog.h"

namespace sluice {

Result<std::unique_ptr<SqlCatalog>> SqlCatalog::open(std::string_view url) {
  SLUICE_TRY_ASSIGN(auto database, SqlDatabase::open(url));
  return std::make_unique<SqlCatalog>(std::move(database));
}

SqlCatalog::SqlCatalog(std::unique_ptr<SqlDatabase> database) : database_(std::move(database)) {}

Result<User> SqlCatalog::create_user(std::string_view email, std::string_view password_hash,
                                     Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<User> {
    User user{UserId(random_id()), std::string(email)};
    const auto inserted = sql.run(
        "INSERT INTO users (id, email, email_folded, password_hash, created_at) "
        "VALUES (:id, :email, :email_folded, :password_hash, :now) "
        "ON CONFLICT (email_folded) DO NOTHING",
        {{"id", user.id},
         {"email", email},
         {"email_folded", fold_case(email)},
         {"password_hash", password_hash},
         {"now", now}});
    if (inserted == 0) {
      return fail(ErrorKind::conflict, "email_taken",
                  "There is already an account with this e-mail address.");
    }
    return user;
  });
}

Result<std::optional<Credentials>> SqlCatalog::find_credentials(std::string_view email) {
  return database_->read([&](SqlSession& sql) -> Result<std::optional<Credentials>> {
    const auto found = sql.row<UserId, std::string, std::string>(
        "SELECT id, email, password_hash FROM users WHERE email_folded = :email_folded",
        {{"email_folded", fold_case(email)}});
    if (!found) return std::nullopt;
    const auto& [id, stored_email, password_hash] = *found;
    return Credentials{{id, stored_email}, password_hash};
  });
}

Result<> SqlCatalog::add_token(const StoredToken& token) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    // Sign-ins are the right moment to forget what has expired: their number bounds the table.
    sql.run("DELETE FROM tokens WHERE expires_at <= :now", {{"now", token.created_at}});
    sql.run(
        "INSERT INTO tokens (hash, user_id, id, label, created_at, expires_at) "
        "VALUES (:hash, :user_id, :id, :label, :created_at, :expires_at)",
        {{"hash", token.hash},
         {"user_id", token.user_id},
         {"id", token.id.empty() ? SqlValue::null_of(SqlType::text) : SqlValue(token.id)},
         {"label", token.label},
         {"created_at", token.created_at},
         {"expires_at", token.expires_at}});
    return {};
  });
}

Result<std::optional<User>> SqlCatalog::find_user_by_token(std::string_view hash, Timestamp now) {
  bool use_is_news = false;
  auto user = database_->read([&](SqlSession& sql) -> Result<std::optional<User>> {
    const auto found =
        sql.row<UserId, std::string, std::optional<TokenId>, std::optional<Timestamp>>(
            "SELECT users.id, users.email, tokens.id, tokens.last_used_at "
            "FROM tokens JOIN users ON users.id = tokens.user_id "
            "WHERE tokens.hash = :hash AND (tokens.expires_at IS NULL OR tokens.expires_at > :now)",
            {{"hash", hash}, {"now", now}});
    if (!found) return std::nullopt;
    const auto& [id, email, token, last_used_at] = *found;
    use_is_news = token && (!last_used_at || now - *last_used_at >= kTokenUsePrecision);
    return User{id, email};
  });
  if (use_is_news) note_token_use(hash, now);
  return user;
}

void SqlCatalog::note_token_use(std::string_view hash, Timestamp now) {
  const auto noted = database_->write([&](SqlSession& sql) -> Result<> {
    sql.run("UPDATE tokens SET last_used_at = :now WHERE hash = :hash",
            {{"now", now}, {"hash", hash}});
    return {};
  });
  // A request is not refused because of a remark: the next one makes it.
  static_cast<void>(noted);
}

Result<> SqlCatalog::revoke_token(std::string_view hash) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    sql.run("DELETE FROM tokens WHERE hash = :hash", {{"hash", hash}});
    return {};
  });
}

Result<std::vector<StoredToken>> SqlCatalog::list_tokens(const UserId& user, Timestamp now) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<StoredToken>> {
    std::vector<StoredToken> tokens;
    for (auto& [hash, id, label, created_at, expires_at, last_used_at] :
         sql.rows<std::string, TokenId, std::string, Timestamp, std::optional<Timestamp>,
                  std::optional<Timestamp>>(
             "SELECT hash, id, label, created_at, expires_at, last_used_at FROM tokens "
             "WHERE user_id = :user_id AND id IS NOT NULL "
             "AND (expires_at IS NULL OR expires_at > :now) ORDER BY created_at DESC, id",
             {{"user_id", user}, {"now", now}})) {
      tokens.push_back({hash, user, label, created_at, expires_at, id, last_used_at});
    }
    return tokens;
  });
}

Result<> SqlCatalog::remove_token(const UserId& user, const TokenId& token) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    const auto removed = sql.run("DELETE FROM tokens WHERE user_id = :user_id AND id = :id",
                                 {{"user_id", user}, {"id", token}});
    if (removed == 0)
      return fail(ErrorKind::not_found, "token_not_found", "There is no such token.");
    return {};
  });
}

}  // namespace sluice
