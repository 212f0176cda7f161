#include "catalog/postgresql_url.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace sluice {
namespace {

using Options = std::map<std::string, std::string>;

// Unless the URL says otherwise. A server that is gone without a word is noticed within half a
// minute.
const Options kDefaults = {
    {"connect_timeout", "5"},       {"keepalives_idle", "10"},     {"keepalives_interval", "5"},
    {"keepalives_count", "3"},      {"tcp_user_timeout", "20000"}, {"client_encoding", "UTF8"},
    {"application_name", "sluice"},
};

tl::unexpected<Error> bad_url(std::string_view what) {
  return fail(ErrorKind::invalid, "bad_database_url",
              fmt::format("The database's URL can't be used: {}.", what));
}

struct Number {
  std::string_view name;
  int least = 0;
  int most = 0;
  int value = 0;
};

// Takes the parameters that libpq does not know out of the URL. False: one of them is wrong.
bool take_ours(std::string& url, std::initializer_list<Number*> numbers) {
  const auto question = url.find('?');
  if (question == std::string::npos) return true;
  std::string kept;
  std::string_view rest = std::string_view(url).substr(question + 1);
  while (!rest.empty()) {
    const auto parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    const auto name = parameter.substr(0, parameter.find('='));
    const auto number = std::ranges::find(numbers, name, [](const Number* n) { return n->name; });
    if (number == numbers.end()) {
      kept.append(kept.empty() ? "?" : "&").append(parameter);
      continue;
    }
    const auto* end = parameter.data() + parameter.size();
    auto& [ignored, least, most, value] = **number;
    const auto* start = parameter.data() + std::min(parameter.size(), name.size() + 1);
    const auto read = std::from_chars(start, end, value);
    if (read.ec != std::errc() || read.ptr != end || value < least || value > most) return false;
  }
  url.resize(question);
  url += kept;
  return true;
}

// As libpq reads it; nothing and a reason if it can't.
std::optional<Options> read_options(const std::string& url, std::string& reason) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(url.c_str(), &message), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, &PQfreemem);
  if (!parsed) {
    // The other messages repeat parts of the URL.
    const std::string_view said = message == nullptr ? "" : message;
    reason = said.starts_with("invalid URI query parameter") ? said.substr(0, said.find('\n'))
                                                             : "special characters need %XX";
    return std::nullopt;
  }
  Options options;
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) options[option->keyword] = option->val;
  }
  return options;
}

std::string to_text(const Options& options) {
  std::string text;
  for (const auto& [name, value] : options) {
    text += name + "='";
    for (const char letter : value) {
      if (letter == '\'' || letter == '\\') text += '\\';
      text += letter;
    }
    text += "' ";
  }
  return text;
}

std::string server_of(Options& options) {
  const auto value = [&](const char* name, const char* otherwise) {
    const auto found = options.find(name);
    return found == options.end() || found->second.empty() ? otherwise : found->second;
  };
  return fmt::format("{}:{}/{}", value("host", "localhost"), value("port", "5432"),
                     value("dbname", ""));
}

}  // namespace

Result<PostgresqlSettings> parse_postgresql_url(std::string_view text) {
  PostgresqlSettings settings;
  std::string url(text);
  Number pool{"pool", 1, 1000, settings.pool_size};
  Number time_limit{"time_limit", 1, 3600, 20};
  if (!take_ours(url, {&pool, &time_limit})) {
    return bad_url("pool is from 1 to 1000, time_limit from 1 to 3600 seconds");
  }
  std::string reason;
  auto options = read_options(url, reason);
  if (!options) return bad_url(reason);
  // Where such a letter cuts a password short, the rest of it would pass for a host and be shown.
  if (std::count(url.begin(), url.end(), '@') > 1) {
    return bad_url("an @ in a name or a password is written %40");
  }
  if ((*options)["port"].find_first_not_of("0123456789,") != std::string::npos) {
    return bad_url("the port is a number; a / in a password is written %2F");
  }
  settings.pool_size = pool.value;
  settings.time_limit = std::chrono::seconds{time_limit.value};
  settings.server = server_of(*options);
  options->insert(kDefaults.begin(), kDefaults.end());
  std::erase_if(*options, [](const auto& option) { return option.second.empty(); });
  const auto& limit = options->at("connect_timeout");
  int seconds = 0;
  std::from_chars(limit.data(), limit.data() + limit.size(), seconds);
  if (seconds <= 0) return bad_url("connect_timeout is a number of seconds");
  settings.connect_limit = std::chrono::seconds{seconds};
  settings.connection = Secret(to_text(*options));
  return settings;
}

}  // namespace sluice
