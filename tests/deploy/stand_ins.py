"""Base images under their official names, made from Debian's packages, for an engine that can't pull them.

Everything that Sluice ships is built on top of them unchanged. What is not proved by that: the official images' own entry
points and versions.
"""
import pathlib
import shutil
import subprocess
import tempfile

from docker_engine import debian_mirror

DEBIAN = "debian:bookworm-slim"
NODE = "node:22-bookworm-slim"
POSTGRESQL = "postgres:15-bookworm"
RABBITMQ = "rabbitmq:3.13-management"
_HERE = pathlib.Path(__file__).parent / "stand_ins"
_CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def make(engine, *names):
    for name in names or (DEBIAN, NODE, POSTGRESQL, RABBITMQ):
        if not engine.has_image(name):
            _RECIPES[name](engine)


def _debian(engine):
    """As the official slim image: the smallest set of packages, without documentation and translations."""
    tree = subprocess.Popen(
        ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--dpkgopt=path-exclude=/usr/share/man/*",
         "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright",
         "--dpkgopt=path-exclude=/usr/share/locale/*", "bookworm", "-", debian_mirror()], stdout=subprocess.PIPE)
    engine.docker("import", "--change", 'CMD ["bash"]', "-", DEBIAN, stdin=tree.stdout)
    if tree.wait() != 0:
        raise RuntimeError("mmdebstrap failed")


def _node(engine):
    """This machine's Node.js and npm, and what they need to reach its registry."""
    node = pathlib.Path(shutil.which("node")).resolve()
    npm = pathlib.Path(shutil.which("npm")).resolve().parents[1]
    registry = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=True,
                              cwd="/").stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        context = pathlib.Path(folder)
        shutil.copy(node, context / "node")
        shutil.copytree(npm, context / "npm")
        shutil.copy(_CERTIFICATES, context / "certificates.crt")
        (context / "npmrc").write_text(f"registry={registry}\n")
        shutil.copy(_HERE / "node.Dockerfile", context / "Dockerfile")
        engine.docker("build", "--tag", NODE, context)


def _from_file(tag, name):
    def build(engine):
        engine.docker("build", "--tag", tag, "--file", _HERE / f"{name}.Dockerfile", _HERE)
    return build


_RECIPES = {DEBIAN: _debian, NODE: _node, POSTGRESQL: _from_file(POSTGRESQL, "postgres"),
            RABBITMQ: _from_file(RABBITMQ, "rabbitmq")}
