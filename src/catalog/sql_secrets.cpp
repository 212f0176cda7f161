#include "base/encoding.h"
#include "catalog/sql_catalog.h"

namespace sluice {
namespace {

std::optional<std::string> find_secret(SqlSession& sql, std::string_view name) {
  const auto found = sql.row<std::string>(
      "SELECT value FROM installation_secrets WHERE name = :name", {{"name", name}});
  if (!found) return std::nullopt;
  return from_base64(std::get<0>(*found));
}

}  // namespace

Result<Secret> SqlCatalog::secret(std::string_view name, const std::function<std::string()>& make) {
  auto known = database_->read([&](SqlSession& sql) -> Result<std::optional<std::string>> {
    return find_secret(sql, name);
  });
  if (!known) return fail(known.error());
  if (*known) return Secret(std::move(**known));
  const auto made = make();
  return database_->write([&](SqlSession& sql) -> Result<Secret> {
    sql.run(
        "INSERT INTO installation_secrets (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO NOTHING",
        {{"name", name}, {"value", to_base64(made)}});
    // Somebody else may have been faster.
    return Secret(find_secret(sql, name).value());
  });
}

}  // namespace sluice
