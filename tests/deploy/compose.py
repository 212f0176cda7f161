"""The shipped compose files, built and brought up as a person would."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import docker_engine
import service
import stand_ins

ROOT = pathlib.Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


class Compose:
    """One of the files of deploy/, on a port of its own. `base` is what a visitor types."""

    def __init__(self, engine, file, folder, **variables):
        self.engine = engine
        self.folder = pathlib.Path(folder)
        self.port = service.free_ports(1)
        self.base = f"http://localhost:{self.port}"
        # A copy, because secrets are made beside it; what is built comes from the sources themselves.
        shutil.copytree(DEPLOY, self.folder / "deploy", ignore=shutil.ignore_patterns("secrets"), dirs_exist_ok=True)
        self.file = self.folder / "deploy" / file
        self.environment = engine.environment | {
            "SLUICE_PORT": str(self.port), "SLUICE_PUBLIC_URL": self.base, "COMPOSE_PROJECT_NAME": f"sluice{self.port}",
            # A small store is made faster.
            "SLUICE_S3_CAPACITY": "20G"} | variables

    def make_secrets(self):
        subprocess.run([self.folder / "deploy/compose/make-secrets", self.base], check=True, capture_output=True)
        return self

    def __call__(self, *arguments, check=True, timeout=300, input=None):
        done = subprocess.run(["docker", "compose", "--file", self.file, *map(str, arguments)], env=self.environment,
                              capture_output=True, text=True, timeout=timeout, check=False, input=input or "")
        if check:
            assert done.returncode == 0, f"compose {arguments}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done

    def raw(self, *arguments, input=b""):
        """Bytes in, bytes out."""
        done = subprocess.run(["docker", "compose", "--file", self.file, *map(str, arguments)], env=self.environment,
                              capture_output=True, check=False, input=input)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def up(self, *arguments):
        """Seconds until all of it is healthy."""
        began = time.monotonic()
        done = self("up", "--detach", "--wait", "--wait-timeout", 240, "--no-build", "--pull", "never", *arguments, check=False)
        if done.returncode != 0:
            unwell = [one for one in self.containers() if one["Health"] not in ("", "healthy") or one["ExitCode"] != 0]
            said = "".join(self("logs", "--no-color", "--tail", 20, one["Service"]).stdout for one in unwell)
            raise AssertionError(f"compose up: {done.stderr[-2000:]}\n{said[-8000:]}")
        return time.monotonic() - began

    def containers(self, name=None):
        lines = self("ps", "--all", "--format", "json", *([name] if name else [])).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def down(self, *arguments):
        self("down", "--timeout", 60, "--remove-orphans", *arguments)


def build_images(engine):
    """api, worker, edge and s3, by `compose build` of the shipped file. Prints how long it took."""
    if engine.own:
        stand_ins.make(engine)
        _warm_compiler_cache(engine)
    began = time.monotonic()
    done = subprocess.run(["docker", "compose", "--file", DEPLOY / "compose.yaml", "--progress", "plain", "build"],
                          env=engine.environment | {"SLUICE_SOURCE": str(ROOT)}, capture_output=True, text=True, check=False,
                          cwd=ROOT)
    assert done.returncode == 0, done.stderr[-6000:] + done.stdout[-6000:]
    print(f"images built in {time.monotonic() - began:.0f} s")


def _warm_compiler_cache(engine, most_bytes=1 << 30):
    """The same compiler has just compiled the same sources on this machine: what it made goes into the builder's cache."""
    cache = pathlib.Path(os.environ.get("CCACHE_DIR") or pathlib.Path.home() / ".cache/ccache")
    if not cache.is_dir():
        return
    files = [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".tmp"]
    files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    with tempfile.TemporaryDirectory(prefix="sluice-ccache-", dir="/tmp") as folder:
        for path in files:
            most_bytes -= path.stat().st_size
            if most_bytes < 0:
                break
            copy = pathlib.Path(folder, path.relative_to(cache))
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        engine.docker("build", "--file", pathlib.Path(__file__).parent / "warm.Dockerfile", folder)


def size_of(engine, image):
    return int(engine.docker("image", "inspect", "--format", "{{.Size}}", image))


def inspected(engine, image):
    return json.loads(engine.docker("image", "inspect", image))[0]


__all__ = ["Compose", "build_images", "docker_engine", "inspected", "size_of"]
