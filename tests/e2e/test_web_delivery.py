"""The web application as browsers load it: pages, files, caching, packing and policies."""
import gzip
import http.client
import re
import subprocess

import pytest

import api
import server as sluice

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def get(server):
    def get(path, method="GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return api.fetch(server.base + path, method, headers=headers)
    return get


def unbrotli(content):
    """Python has no brotli of its own; the web application is built by Node.js, which has."""
    script = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"
    return subprocess.run(["node", "-e", script], input=content, capture_output=True, check=True).stdout


def references(html):
    """What a page loads."""
    return re.findall(r'<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"]*)"', html)


@pytest.fixture(scope="module")
def script(get):
    """The path of the application's own script."""
    return next(path for path in references(get("/").body.decode()) if re.fullmatch(r"/assets/.*\.js", path))


def directives(reply):
    policy = reply.headers["content-security-policy"]
    return {name: values.split() for name, _, values in
            (directive.strip().partition(" ") for directive in policy.split(";"))}


@pytest.mark.parametrize("path", ["/", "/library", "/upload", "/login", "/signup", "/tokens", "/videos",
                                  "/watch/aaaaaaaaaaaaaaaaaaaaaaaa", "/watch/x?t=90", "/no/such/page", "/watch/%20"])
def test_every_page_is_the_application(get, path):
    reply = get(path)
    assert reply.status == 200 and reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.body == get("/").body
    assert reply.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/library", "/watch/x", "/embed/x"])
def test_pages_are_protected(get, path):
    reply = get(path)
    policy = directives(reply)
    assert policy["default-src"] == ["'none'"] and policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == ["'self'"] and policy["style-src"] == ["'self'"]
    everything = " ".join(value for values in policy.values() for value in values)
    assert "unsafe" not in everything and "https:" not in everything.split()
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    for feature in ("camera=()", "microphone=()", "geolocation=()"):
        assert feature in reply.headers["permissions-policy"]
    assert "strict-transport-security" not in reply.headers


def test_only_the_player_may_be_framed(get):
    page, embed = get("/"), get("/embed/x")
    assert directives(page)["frame-ancestors"] == ["'none'"] and page.headers["x-frame-options"] == "DENY"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert directives(embed)["frame-ancestors"] == ["*"]
    assert "x-frame-options" not in embed.headers and "cross-origin-opener-policy" not in embed.headers


@pytest.mark.parametrize("flag, ancestors, framed", [
    ("none", ["'none'"], False),
    ("https://a.example,https://*.b.example:8443", ["'self'", "https://a.example", "https://*.b.example:8443"], True),
])
def test_the_operator_says_who_may_frame_the_player(servers, flag, ancestors, framed):
    server = servers("--embed-origins", flag)
    reply = api.fetch(server.base + "/embed/x")
    assert directives(reply)["frame-ancestors"] == ancestors
    assert ("x-frame-options" not in reply.headers) == framed
    assert directives(api.fetch(server.base + "/"))["frame-ancestors"] == ["'none'"]
    origins = api.fetch(server.base + "/api/instance").json()["embed_origins"]
    assert origins == ([] if flag == "none" else flag.split(","))


@pytest.mark.parametrize("flag", ["a.example", "https://a.example/path", "https://a.example; script-src *", "all"])
def test_origins_that_are_none(tmp_path, flag):
    result = sluice.run("serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "data", "--embed-origins", flag)
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1
    assert "--embed-origins" in result.stderr


def test_pages_may_load_from_where_the_api_leads(servers):
    server = servers("--public-url", "https://video.example.com/under/a/path")
    reply = api.fetch(server.base + "/library")
    for name in ("connect-src", "img-src", "media-src"):
        assert "https://video.example.com" in directives(reply)[name]
    assert "https://video.example.com" not in directives(reply)["script-src"]
    assert int(re.match(r"max-age=(\d+)", reply.headers["strict-transport-security"])[1]) >= 31536000


@pytest.mark.parametrize("path", ["/", "/embed/x"])
def test_everything_a_page_loads_is_there_and_ours(get, path):
    html = get(path).body.decode()
    found = references(html)
    assert any(reference.endswith(".js") for reference in found)
    for reference in found:
        assert reference.startswith("/") and not reference.startswith("//"), reference
        reply = get(reference)
        assert reply.status == 200 and reply.body, reference
        assert "html" not in reply.headers["content-type"], reference
    assert not re.search(r"https?://", html), "another host"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", html), "inline code or style"


def test_assets_are_kept_for_ever(get, script):
    reply = get(script)
    assert reply.status == 200 and reply.headers["cache-control"] == FOR_EVER
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["x-content-type-options"] == "nosniff"
    head = get(script, "HEAD")
    assert head.status == 200 and head.body == b""
    assert head.headers["content-length"] == str(len(reply.body)) and head.headers["etag"] == reply.headers["etag"]


def test_what_a_client_takes_is_what_it_gets(get, script):
    plain = get(script)
    assert "content-encoding" not in plain.headers and plain.headers["vary"] == "Accept-Encoding"
    zipped = get(script, accept_encoding="gzip, deflate")
    packed = get(script, accept_encoding="gzip, deflate, br, zstd")
    assert zipped.headers["content-encoding"] == "gzip" and gzip.decompress(zipped.body) == plain.body
    assert packed.headers["content-encoding"] == "br" and unbrotli(packed.body) == plain.body
    assert len(packed.body) < len(zipped.body) < len(plain.body)
    assert len({reply.headers["etag"] for reply in (plain, zipped, packed)}) == 3
    for reply in (zipped, packed):
        assert reply.headers["content-type"] == plain.headers["content-type"]
        assert reply.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("asked, coding", [
    ("br;q=0, gzip", "gzip"), ("br;q=0.1, gzip;q=0.9", "gzip"), ("*", "br"), ("*;q=0", None),
    ("identity", None), ("identity;q=1, br;q=0.2", None), ("nonsense;;;q=,", None),
])
def test_weights_are_heeded(get, script, asked, coding):
    assert get(script, accept_encoding=asked).headers.get("content-encoding") == coding


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_what_is_unchanged_is_not_sent_again(get, script, coding):
    for path in (script, "/", "/library", "/embed/x", "/favicon.svg"):
        first = get(path, accept_encoding=coding)
        again = get(path, accept_encoding=coding, if_none_match=first.headers["etag"])
        assert again.status == 304 and again.body == b"", path
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert get(path, accept_encoding=coding, if_none_match='"another"').status == 200


@pytest.mark.parametrize("path", ["/assets/index-00000000.js", "/assets/", "/assets", "/assets/index.html", "/favicon.ico",
                                  "/index.html", "/embed.html", "/wp-login.php", "/.env", "/.git/config",
                                  "/api", "/api/nothing", "/api/videos/x/nothing", "/play/x", "/storage/x", "/metrics/x"])
def test_what_is_no_page_is_a_problem(get, path):
    reply = get(path)
    assert reply.status in (404, 405) and reply.code in ("not_found", "method_not_allowed"), reply
    assert "immutable" not in reply.headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/library"])
def test_nothing_is_sent_to_a_page(server, path):
    assert api.fetch(server.base + path, "POST", b"{}").code == "not_found"


@pytest.mark.parametrize("path", ["/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/..%2findex.html",
                                  "/assets//etc/passwd", "/../../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd",
                                  "/watch/%00", "/%ff", "/a%2fb"])
def test_paths_that_climb_are_refused(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path)
    reply = api.Reply(connection.getresponse())
    connection.close()
    assert reply.status in (400, 404) and reply.code, reply


def test_other_files_of_the_root(get):
    for path, content_type in (("/favicon.svg", "image/svg+xml"), ("/manifest.webmanifest", "application/manifest+json"),
                               ("/robots.txt", "text/plain")):
        reply = get(path)
        assert reply.status == 200 and reply.headers["content-type"].startswith(content_type), path
        assert "max-age=3600" in reply.headers["cache-control"]


def test_a_link_says_what_it_leads_to(servers):
    server = servers("--public-url", "https://video.example.com")
    client = api.Client.signed_up(server)
    title = 'Rain & "wind" </title><script>alert(1)</script>'
    video_id = client.initiate("a.mp4", 1, title=title, visibility="unlisted")["video_id"]

    def page(**headers):
        return api.fetch(f"{server.base}/watch/{video_id}", headers=headers)

    html = page().body.decode()
    escaped = "Rain &amp; &quot;wind&quot; &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    assert f'<meta property="og:title" content="{escaped}"' in html and f"<title>{escaped}" in html
    assert f'content="https://video.example.com/watch/{video_id}"' in html
    assert "<script>" not in html and directives(page())["script-src"] == ["'self'"]
    etag = page().headers["etag"]
    assert page(**{"If-None-Match": etag}).status == 304

    client("PATCH", f"/api/videos/{video_id}", title="Sun", expect=200)
    assert '<meta property="og:title" content="Sun"' in page(**{"If-None-Match": etag}).body.decode()
    client("PATCH", f"/api/videos/{video_id}", visibility="private", expect=200)
    plain = api.fetch(server.base + "/").body
    assert page().body == plain
    session = {"Authorization": f"Bearer {client.token}"}
    assert page(**session).body == plain, "a page is the same for everyone"


def test_what_the_page_has_to_know_beforehand(servers):
    server = servers("--max-upload-bytes", "10MB", "--max-duration", "2h", "--default-visibility", "unlisted",
                     "--allow-signup=false")
    instance = api.fetch(server.base + "/api/instance").json()
    assert re.fullmatch(r"\d+\.\d+\.\d+", instance.pop("version"))
    assert instance == {"allow_signup": False, "max_upload_bytes": 10_000_000, "max_duration_seconds": 7200,
                        "default_visibility": "unlisted", "embed_origins": ["*"]}


def test_the_server_says_where_its_page_is(server):
    assert f"Sluice is running at {server.base} " in server.log_text()


def test_names_those_whose_work_it_is_made_of(get):
    reply = get("/licenses.txt")
    assert reply.status == 200
    for name in ("react-dom", "video.js", "@uppy/core"):
        assert f"Name: {name}\n" in reply.body.decode()
