#include "app/link_preview.h"

#include <fmt/format.h>

namespace sluice {
namespace {

// For text and for attributes in double quotes.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += c;
  }
  return escaped;
}

void replace_first(std::string& text, std::string_view old, std::string_view by) {
  const auto found = text.find(old);
  if (found != std::string::npos) text.replace(found, old.size(), by);
}

std::string meta(std::string_view property, std::string_view content) {
  return fmt::format("<meta property=\"{}\" content=\"{}\" />\n    ", property, escape(content));
}

}  // namespace

std::string with_link_preview(std::string_view page, const Video& video,
                              std::string_view public_url, std::string_view poster_url) {
  auto head = meta("og:site_name", "Sluice") + meta("og:type", "video.other") +
              meta("og:title", video.title) +
              meta("og:url", fmt::format("{}/watch/{}", public_url, video.id.str()));
  if (!poster_url.empty()) head += meta("og:image", poster_url);
  std::string result(page);
  replace_first(result, "<!-- head -->", head);
  replace_first(result, "<title>Sluice</title>",
                fmt::format("<title>{} · Sluice</title>", escape(video.title)));
  return result;
}

}  // namespace sluice
