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
        "INSERT INTO tokens (hash, user_id, label, created_at, expires_at) "
        "VALUES (:hash, :user_id, :label, :created_at, :expires_at)",
        {{"hash", token.hash},
         {"user_id", token.user_id},
         {"label", token.label},
         {"created_at", token.created_at},
         {"expires_at", token.expires_at}});
    return {};
  });
}

Result<std::optional<User>> SqlCatalog::find_user_by_token(std::string_view hash, Timestamp now) {
  return database_->read([&](SqlSession& sql) -> Result<std::optional<User>> {
    const auto found = sql.row<UserId, std::string>(
        "SELECT users.id, users.email FROM tokens JOIN users ON users.id = tokens.user_id "
        "WHERE tokens.hash = :hash AND tokens.expires_at > :now",
        {{"hash", hash}, {"now", now}});
    if (!found) return std::nullopt;
    return User{std::get<0>(*found), std::get<1>(*found)};
  });
}

Result<> SqlCatalog::revoke_token(std::string_view hash) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    sql.run("DELETE FROM tokens WHERE hash = :hash", {{"hash", hash}});
    return {};
  });
}

}  // namespace sluice
