// What browsers may do with our pages: Content-Security-Policy and its companions. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace sluice {

struct PagePolicy {
  // Where the API's URLs lead besides the page's own origin: the public URL, which need not be the
  // address that the page was opened at, and later an object store and a CDN.
  std::vector<std::string> api_origins{};
  // Whose pages may frame the player: origins, "*" alone for all, empty for none.
  std::vector<std::string> embed_origins{};
  bool https = false;  // browsers reach us by https alone
};

// "*", "none", or origins with commas between them: "https://a.example,https://*.b.example:8443".
// Nothing for anything else: the result becomes a part of headers.
std::optional<std::vector<std::string>> parse_embed_origins(std::string_view text);

// A page of the application, which nobody frames, and the page of the player.
void protect_page(http::Response& response, const PagePolicy& policy);
void protect_embed_page(http::Response& response, const PagePolicy& policy);

}  // namespace sluice
