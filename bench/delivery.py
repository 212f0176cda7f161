"""Signed segment requests per second, beside nginx with secure_link."""
import base64
import hashlib
import os
import pwd
import re
import subprocess
import time

import api
import hls
from process import Run
from report import Figure
from server import MEDIA, Server, free_port, until

HOW = ("`wrk -t1 -c16 -d4s` on the same two cores, keep-alive, one worker each, in turns, three times; nginx with "
       "`secure_link_md5` in the path, sendfile, access log off; Sluice with `--workers 0`.")
SIZES = {"1 KB": 1000, "400 KB": 400_000}
TARGETS = {"1 KB": 0.85, "400 KB": 0.95}


class Nginx:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        (folder / "data/film").mkdir(parents=True)
        temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in
                              ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/nginx.pid; worker_processes 1; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  {temporary}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; default_type video/mp4;
  server {{
    listen 127.0.0.1:{self.port};
    location ~ ^/s/(?<sig>[A-Za-z0-9_-]+)/(?<exp>[0-9]+)/(?<asset>[^/]+)/(?<rest>.+)$ {{
      secure_link $sig,$exp; secure_link_md5 "$exp/$asset SECRET";
      if ($secure_link = "") {{ return 403; }} if ($secure_link = "0") {{ return 410; }}
      add_header Cache-Control "private, max-age=31536000, immutable"; add_header Access-Control-Allow-Origin "*";
      alias {folder}/data/$asset/$rest;
    }}
  }}
}}
""")

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-e", self.folder / "error.log", "-c",
                                         self.folder / "nginx.conf"])
        return self

    def url(self, name):
        expires = int(time.time()) + 3600
        digest = hashlib.md5(f"{expires}/film SECRET".encode()).digest()
        signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return f"http://127.0.0.1:{self.port}/s/{signature}/{expires}/film/{name}"

    def stop(self):
        self.process.terminate()
        self.process.wait()


def requests_per_second(url):
    output = Run("/usr/bin/wrk", "-t1", "-c16", "-d4s", url).output
    assert "Non-2xx" not in output and "Socket errors" not in output, output
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", output)[1])


def run(report, folder):
    server = Server(folder / "delivery", "--playback-ttl", "1h").start()
    nginx = None
    try:
        client = api.Client.signed_up(server)
        video = client.completed(client.upload(MEDIA / "b_pyramid.mp4"))
        names = {}
        for (label, size), rendition in zip(SIZES.items(), video["renditions"]):
            name = f"{rendition['name']}/00000.m4s"
            # The same bytes on both sides, of exactly this size.
            server.objects(video["id"])[name].write_bytes(os.urandom(size))
            names[label] = name
        server.stop()
        server.start("--workers", "0")
        master = client.video(video["id"])["playback"]["hls"]
        segments = {url.rsplit("/", 2)[1] + "/00000.m4s": url for variant in hls.master(master).variants
                    for _, url in hls.playlist(variant["url"]).segments[:1]}
        nginx = Nginx(folder / "nginx")
        ours, theirs = {}, {}
        for label, name in names.items():
            ours[label] = segments[name]
            content = server.objects(video["id"])[name].read_bytes()
            (nginx.folder / "data/film" / f"{SIZES[label]}.m4s").write_bytes(content)
            theirs[label] = nginx.url(f"{SIZES[label]}.m4s")
        nginx.start()
        until(lambda: (nginx.folder / "nginx.pid").exists(), "nginx")
        figures = []
        for label in SIZES:
            assert api.fetch(ours[label]).body == api.fetch(theirs[label]).body
            rates = {"ours": [], "theirs": []}
            for _ in range(3):
                rates["theirs"].append(requests_per_second(theirs[label]))
                rates["ours"].append(requests_per_second(ours[label]))
            a, b = (sum(rates[side]) / 3 for side in ("ours", "theirs"))
            figures.append(Figure(f"{label} objects, requests per second", f"{a:,.0f}", f"{b:,.0f}", a / b, TARGETS[label], True))
        report.add("Signed delivery beside nginx", HOW, figures)
    finally:
        server.stop()
        if nginx:
            nginx.stop()
