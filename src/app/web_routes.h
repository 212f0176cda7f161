// The web application, as browsers load it: its pages and the files that they are made of.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/page_policy.h"
#include "app/web_files.h"
#include "http/router.h"

namespace sluice {

struct WebParts {
  std::span<const WebFile> files;
  PagePolicy policy;
  // The page of one video for those who may know of it, made from `page`; nothing for anything
  // else. May block; called by many at once.
  std::function<std::optional<std::string>(std::string_view video_id, std::string_view page)>
      preview;
};

// Any path without a dot is a page: the application itself knows which there are. What
// the other routes live under (/api, …) never is, so that a program isn't answered with a page.
// Everything that `parts` refers to outlives the router.
void add_web_routes(http::Router& router, WebParts parts);

}  // namespace sluice
