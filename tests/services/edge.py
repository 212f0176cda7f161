"""A CDN's edge: nginx checking CloudFront's signed URLs (deploy/edge/edge.js, which was written from CloudFront's
documentation and not from Sluice's code) in front of a folder or a bucket."""
import json
import pathlib
import shutil
import subprocess
import urllib.parse

import service

_MODULE = "/usr/lib/nginx/modules/ngx_http_js_module.so"
_HERE = pathlib.Path(__file__).parent
_SCRIPTS = _HERE.parents[1] / "deploy/edge"

# The headers are those of CloudFront's managed response headers policy for CORS.
_CONFIGURATION = """\
load_module {module};
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
env EDGE_SETTINGS;
events {{ worker_connections 256; }}
http {{
  access_log off;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; image/jpeg jpg; text/vtt vtt; }}
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  js_path {scripts};
  js_import edge from edge.js;
  js_var $origin_path; js_var $origin_time; js_var $origin_authorization;
  server {{
    listen 127.0.0.1:{port};
    add_header Access-Control-Allow-Origin * always;
    add_header Access-Control-Allow-Methods "GET, HEAD, OPTIONS" always;
    add_header Access-Control-Allow-Headers * always;
    add_header Access-Control-Expose-Headers * always;
    location / {{ js_content edge.check; }}
    {origin}
  }}
}}
"""
_FOLDER = "location /_origin/ {{ internal; alias {files}/; }}"
_BUCKET = """location /_origin/ {{
      internal;
      proxy_pass http://{host}$origin_path;
      proxy_http_version 1.1;
      proxy_set_header Host {host};
      proxy_set_header Connection "";
      proxy_set_header X-Amz-Date $origin_time;
      proxy_set_header X-Amz-Content-Sha256 UNSIGNED-PAYLOAD;
      proxy_set_header Authorization $origin_authorization;
      proxy_hide_header Access-Control-Allow-Origin;
    }}"""


def make_key(path, kind):
    """A private key in PEM ("rsa" or "ec"); its public half beside it ends in .pub."""
    recipe = {"rsa": ["genrsa", "-traditional", "-out", path, "2048"],
              "ec": ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path]}[kind]
    for command in (recipe, ["pkey", "-in", path, "-pubout", "-out", f"{path}.pub"]):
        subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True)
    return path


class Edge(service.Service):
    """`origin` is a folder, or the URL of a bucket (http://HOST:PORT/BUCKET) with the `credentials`
    (access key id, secret access key, region) of somebody who may read it.

    `keys` is the distribution's key group: {key pair id: private key's path}, whose public half is at PATH.pub. Without it
    the edge makes two: KRSA and KEC.
    """
    name = "edge"

    def __init__(self, folder, origin=None, credentials=None, keys=None):
        super().__init__(folder)
        self.origin, self.credentials, self.keys = origin, credentials, keys
        self.port = service.free_ports(1)
        self.process = None

    @property
    def domain(self):
        return f"127.0.0.1:{self.port}"

    def cdn_url(self, key_id="KRSA"):
        """What --cdn is set to."""
        key = urllib.parse.quote(str(self.keys[key_id]), safe="")
        return f"cloudfront://{self.domain}?key-pair-id={key_id}&private-key={key}&scheme=http"

    def start(self):
        nginx = service.need("/usr/sbin/nginx", "nginx-light")
        service.need(_MODULE, "libnginx-mod-http-js")
        self._prepare()
        command = [nginx, "-p", self.folder, "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"]
        self.process = service.Process(command, self.folder / "output.log", user="nobody",
                                       env={"EDGE_SETTINGS": str(self.folder / "settings.json")})
        service.until(lambda: service.answers(self.port) or not self.process.alive(), "nginx")
        if not self.process.alive():
            raise RuntimeError((self.folder / "output.log").read_text())

    def stop(self):
        self.process.end()

    def kill(self):
        self.process.kill()

    def environment(self):
        variables = {"SLUICE_TEST_EDGE": f"http://{self.domain}", "SLUICE_TEST_EDGE_FILES": str(self.origin),
                     "SLUICE_TEST_CLOUDFRONT_SIGNER": str(_HERE / "cloudfront_signer.js")}
        return variables | {f"SLUICE_TEST_EDGE_{name}": str(path) for name, path in self.keys.items()}

    def _prepare(self):
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        if self.keys is None:
            self.keys = {"KRSA": make_key(self.folder / "rsa.pem", "rsa"), "KEC": make_key(self.folder / "ec.pem", "ec")}
        if self.origin is None:
            self.origin = self.folder / "files"
            self.origin.mkdir(exist_ok=True)
        settings = {"keys": {name: pathlib.Path(f"{path}.pub").read_text() for name, path in self.keys.items()},
                    "origin": self._bucket()}
        (self.folder / "settings.json").write_text(json.dumps(settings))
        origin = _BUCKET.format(**settings["origin"]) if settings["origin"] else _FOLDER.format(files=self.origin)
        (self.folder / "nginx.conf").write_text(_CONFIGURATION.format(
            module=_MODULE, folder=self.folder, scripts=_SCRIPTS, port=self.port, origin=origin))
        for path in (self.folder, self.folder / "tmp"):
            _give(path)

    def _bucket(self):
        url = urllib.parse.urlsplit(str(self.origin))
        if not url.scheme:
            return None
        access_key_id, secret_access_key, region = self.credentials
        return {"host": url.netloc, "path": url.path.rstrip("/"), "access_key_id": access_key_id,
                "secret_access_key": secret_access_key, "region": region}


def _give(path):
    try:
        shutil.chown(path, "nobody")
    except PermissionError:
        pass  # not root: nginx runs as who we are


SERVICE = Edge
