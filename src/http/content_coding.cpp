#include "http/content_coding.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace sluice::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Cuts what is before `separator`, or all, off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto first = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trimmed(first);
}

bool same_word(std::string_view text, std::string_view lower) {
  return std::ranges::equal(
      text, lower, [](unsigned char a, char b) { return static_cast<char>(std::tolower(a)) == b; });
}

// In thousandths; 0 for what is none, so that nobody gets what he might not understand.
int read_weight(std::string_view digits) {
  if (digits.empty() || digits.size() > 5) return 0;
  if (digits[0] != '0' && digits[0] != '1') return 0;
  if (digits.size() > 1 && digits[1] != '.') return 0;
  int weight = (digits[0] - '0') * 1'000;
  int unit = 100;
  for (const char digit : digits.substr(std::min<std::size_t>(2, digits.size()))) {
    if (digit < '0' || digit > '9') return 0;
    weight += (digit - '0') * unit;
    unit /= 10;
  }
  return weight > 1'000 ? 0 : weight;
}

int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    auto value = take(parameters, ';');
    if (same_word(take(value, '='), "q")) return read_weight(trimmed(value));
  }
  return 1'000;
}

struct Wishes {
  std::optional<int> gzip, brotli, identity, other;
};

Wishes read_wishes(std::string_view accept_encoding) {
  Wishes wishes;
  while (!accept_encoding.empty()) {
    auto parameters = take(accept_encoding, ',');
    const auto name = take(parameters, ';');
    const int weight = weight_of(parameters);
    if (same_word(name, "br")) wishes.brotli = weight;
    if (same_word(name, "gzip") || same_word(name, "x-gzip")) wishes.gzip = weight;
    if (same_word(name, "identity")) wishes.identity = weight;
    if (name == "*") wishes.other = weight;
  }
  return wishes;
}

}  // namespace

ContentCoding choose_coding(std::string_view accept_encoding, AvailableCodings available) {
  const auto wishes = read_wishes(accept_encoding);
  const int other = wishes.other.value_or(0);
  auto chosen = ContentCoding::identity;
  int best = wishes.identity.value_or(0);
  // Not below the identity's own weight: what is packed is what is wanted when both are welcome.
  const auto consider = [&](ContentCoding coding, bool there, std::optional<int> wish) {
    const int weight = wish.value_or(other);
    if (!there || weight == 0 || weight < best) return;
    if (weight == best && chosen != ContentCoding::identity) return;
    chosen = coding;
    best = weight;
  };
  consider(ContentCoding::brotli, available.brotli, wishes.brotli);
  consider(ContentCoding::gzip, available.gzip, wishes.gzip);
  return chosen;
}

}  // namespace sluice::http
