"""A real Docker Engine for tests, from Debian's packages, in a folder of its own.

`docker_engine.py FOLDER run COMMAND…` starts one there, runs the command with it, and stops it. Where SLUICE_TEST_DOCKER
is `system`, the machine's own engine is used, and the official images are pulled.

Base images can't be pulled everywhere: stand_ins.py makes them from Debian's packages, under the official names, so that
the shipped files are built as they are.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "services"))
from service import need, until  # noqa: E402

# Debian 12 has neither; these are small Go programs that need its C library alone.
PLUGINS = ("docker-compose", "docker-buildx")


class Engine:
    """`environment` is what makes `docker` talk to it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.own = os.environ.get("SLUICE_TEST_DOCKER") != "system"
        self.environment = dict(os.environ)
        self.daemon = None
        if self.own:
            self.environment |= {"DOCKER_CONFIG": str(self.folder / "config"), "DOCKER_BUILDKIT": "1",
                                 "DOCKER_HOST": f"unix://{self.folder}/docker.sock"}

    def docker(self, *arguments, check=True, capture=True, **options):
        done = subprocess.run(["docker", *map(str, arguments)], env=self.environment, check=False, text=True,
                              capture_output=capture, stdin=options.pop("stdin", subprocess.DEVNULL), **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"docker {' '.join(map(str, arguments))}: {(done.stderr or done.stdout or '')[-4000:]}")
        return done.stdout

    def has_image(self, name):
        return bool(self.docker("image", "ls", "--quiet", name).strip())

    def start(self):
        need("docker", "docker.io")
        if not self.own:
            self.docker("info")
            return self
        self.folder.mkdir(parents=True, exist_ok=True)
        self._install_plugins()
        dockerd = need("/usr/sbin/dockerd", "docker.io")
        before = _chains()
        with open(self.folder / "dockerd.log", "ab") as log:
            self.daemon = subprocess.Popen(
                [dockerd, "--data-root", self.folder / "data", "--exec-root", self.folder / "exec", "--pidfile",
                 self.folder / "dockerd.pid", "--host", self.environment["DOCKER_HOST"]],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._clean = (before, _has_bridge())
        until(self._answers, "the Docker Engine", seconds=60, pause=0.2)
        return self

    def _answers(self):
        assert self.daemon.poll() is None, "dockerd ended:\n" + (self.folder / "dockerd.log").read_text()[-3000:]
        return subprocess.run(["docker", "info"], env=self.environment, capture_output=True, check=False).returncode == 0

    def stop(self):
        if self.daemon is None:
            return
        with contextlib.suppress(RuntimeError):
            running = self.docker("ps", "--all", "--quiet").split()
            if running:
                self.docker("rm", "--force", "--volumes", *running)
        self.daemon.terminate()
        try:
            self.daemon.wait(30)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
        self.daemon = None
        _remove_network(*self._clean)

    def _install_plugins(self):
        target = self.folder / "config/cli-plugins"
        if all((target / name).exists() for name in PLUGINS):
            return
        lists = self.folder / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        packages = self.folder / "packages"
        packages.mkdir(exist_ok=True)
        source = self.folder / "trixie.list"
        source.write_text("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
                          f"{debian_mirror()} trixie main\n")
        # Lists of its own: the machine's are left alone.
        options = ["-o", f"Dir::Etc::sourcelist={source}", "-o", "Dir::Etc::sourceparts=-", "-o",
                   f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User=root"]
        _run("apt-get", *options, "update", "-qq")
        _run("apt-get", *options, "download", "-qq", *PLUGINS, cwd=packages)
        target.mkdir(parents=True, exist_ok=True)
        for package in packages.glob("*.deb"):
            _run("dpkg-deb", "--extract", package, self.folder / "extracted")
        for name in PLUGINS:
            shutil.copy(self.folder / "extracted/usr/libexec/docker/cli-plugins" / name, target / name)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def debian_mirror():
    """Where this machine gets Debian from."""
    found = _run("apt-get", "indextargets", "--format", "$(REPO_URI)").split()
    mirrors = [line for line in found if line.rstrip("/").endswith("/debian")]
    assert mirrors, "apt-get names no mirror of Debian: run apt-get update"
    return mirrors[0]


def _run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr[-3000:]}")
    return done.stdout


def _has_bridge():
    return pathlib.Path("/sys/class/net/docker0").exists()


def _chains():
    """Every rule and chain that iptables knows, as commands."""
    rules = {}
    for table in ("filter", "nat"):
        done = subprocess.run(["iptables", "-t", table, "-S"], capture_output=True, text=True, check=False)
        rules[table] = done.stdout.splitlines()
    return rules


def _remove_network(before, had_bridge):
    """What an engine leaves behind: a bridge, and rules and chains of iptables."""
    for table, rules in _chains().items():
        new = [rule for rule in rules if rule not in before[table]]
        for rule in new:
            if rule.startswith("-A "):
                _quietly("iptables", "-t", table, "-D", *_words(rule)[1:])
        for rule in new:
            if rule.startswith("-N "):
                _quietly("iptables", "-t", table, "-X", rule.split()[1])
        for rule in before[table]:
            if rule.startswith("-P "):
                _quietly("iptables", "-t", table, *rule.split())
    if not had_bridge:
        _quietly("ip", "link", "del", "docker0")


def _words(rule):
    import shlex
    return shlex.split(rule)


def _quietly(*command):
    subprocess.run(command, capture_output=True, check=False)


def main():
    folder, verb, *command = sys.argv[1:]
    if verb != "run":
        sys.exit(__doc__)
    began = time.monotonic()
    with Engine(folder) as engine:
        print(f"the engine answers after {time.monotonic() - began:.1f} s", file=sys.stderr)
        return subprocess.run(command, env=engine.environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
