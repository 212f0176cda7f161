#include "app/home_page.h"

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr std::string_view kPage = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice</title>
</head>
<body>
<h1>Sluice is running</h1>
<p>Upload a video, and watch it a moment later. The web application comes in a later version; until
then three commands do it.</p>
<h2>1. {account_title}</h2>
<pre>{account}</pre>
<p>The answer holds a <code>token</code>.</p>
<h2>2. Announce a file</h2>
<pre>curl -s {url}/api/uploads/initiate -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
  -d "{{\"filename\":\"film.mp4\",\"size_bytes\":$(stat -c %s film.mp4)}}"</pre>
<p>The answer holds a <code>video_id</code> and, as <code>upload.url</code>, where the file goes.
(Over 64 MiB it comes in parts, with a URL for each.)</p>
<h2>3. Send it</h2>
<pre>curl -sT film.mp4 "$UPLOAD_URL" &amp;&amp; curl -s {url}/api/uploads/complete -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' -d "{{\"video_id\":\"$VIDEO_ID\"}}"</pre>
<p>Then <code>{url}/api/videos/$VIDEO_ID</code> says how far it is, and soon where it plays:
<code>playback.hls</code>. Everything else is in <a href="/api/openapi.json">the description of the
interface</a>.</p>
</body>
</html>
)";

constexpr std::string_view kSignUp =
    R"(curl -s {url}/api/auth/signup -H 'Content-Type: application/json' \
  -d '{{"email":"user@example.com","password":"a long password"}}')";
constexpr std::string_view kSignIn =
    R"(curl -s {url}/api/auth/login -H 'Content-Type: application/json' \
  -d '{{"email":"user@example.com","password":"a long password"}}')";

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace

http::Response home_page(std::string_view public_url, bool allow_signup) {
  const auto url = fmt::arg("url", public_url);
  const auto account = fmt::format(fmt::runtime(allow_signup ? kSignUp : kSignIn), url);
  const auto page_url = escape(public_url);
  auto response = http::Response::text(
      200, "text/html; charset=utf-8",
      fmt::format(kPage, fmt::arg("url", page_url), fmt::arg("account", escape(account)),
                  fmt::arg("account_title",
                           allow_signup ? "Make an account" : "Sign in (sluice user add)")));
  response.set("Content-Security-Policy",
               "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cache-Control", "no-cache");
  return response;
}

}  // namespace sluice
