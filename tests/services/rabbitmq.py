#!/usr/bin/python3
"""RabbitMQ with ports, data and an epmd of its own.

`rabbitmq.py FOLDER kill|start|freeze|thaw` does that to a broker that another process has started there: for test
programs that are not written in Python.
"""
import json
import os
import pathlib
import pwd
import signal
import subprocess
import sys
import time

from service import Process, Service, answers, free_ports, need, until

# Debian's own start script in /usr/sbin is tied to its user and to /var/lib.
SCRIPTS = "/usr/lib/rabbitmq/bin"


class RabbitMq(Service):
    """`settings` are lines of rabbitmq.conf; with `management` there is its HTTP interface too."""
    name = "rabbitmq"

    def __init__(self, folder, settings=(), management=False):
        super().__init__(folder)
        self.settings = settings
        self.management = management
        self.user = "nobody" if os.geteuid() == 0 else None
        self.port = self._saved().get("port") or free_ports(12)

    # In a file, because not only the process that made this object may have started them.
    @property
    def pid(self):
        return self._saved().get("pid")

    @property
    def epmd(self):
        return self._saved().get("epmd")

    def _saved(self):
        state = self.folder / "state.json"
        return json.loads(state.read_text()) if state.exists() else {}

    def _save(self, **changed):
        (self.folder / "state.json").write_text(json.dumps({"port": self.port, **self._saved(), **changed}))

    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    @property
    def tls_url(self):
        return f"amqps://guest:guest@localhost:{self.port + 10}/?cacertfile={self.folder}/tls/certificate.pem"

    @property
    def management_url(self):
        return f"http://guest:guest@127.0.0.1:{self.port + 11}/"

    def environment(self):
        return {"SLUICE_TEST_AMQP": self.url, "SLUICE_TEST_AMQPS": self.tls_url,
                "SLUICE_TEST_RABBITMQ": f"/usr/bin/python3 {pathlib.Path(__file__).resolve()} {self.folder.resolve()}"}

    def start(self):
        need(f"{SCRIPTS}/rabbitmq-server", "rabbitmq-server")
        if not (self.folder / "rabbitmq.conf").exists():
            self._prepare()
        if not _runs(self.epmd):
            self._save(epmd=self._run("epmd", "-port", self.port + 3, "-address", "127.0.0.1"))
            until(lambda: answers(self.port + 3), "epmd to answer")
        self._save(pid=self._run(f"{SCRIPTS}/rabbitmq-server"))
        until(self._ready, "RabbitMQ to be ready", seconds=60)

    def _ready(self):
        assert _runs(self.pid), "RabbitMQ ended:\n" + (self.folder / "log/out").read_text()[-2000:]
        return answers(self.port)

    def stop(self):
        """What was confirmed survives this as well; an orderly end takes six seconds."""
        _kill(self.pid)
        _kill(self.epmd)

    def kill(self):
        """kill -9, once the youngest quorum queue is some seconds old: 3.10 can leave one without a leader for ever when
        it is killed within two seconds of its declaration."""
        until(lambda: time.time() - self._youngest_queue() > 3, "the queues to be out of danger")
        _kill(self.pid)

    def _youngest_queue(self):
        """When it was declared: each has a folder of its own from then on."""
        return max((queue.stat().st_mtime for queue in self.folder.glob("mnesia/*/quorum/*/*/")), default=0)

    def freeze(self):
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)

    def control(self, *arguments):
        """rabbitmqctl; takes about a second."""
        return subprocess.run([f"{SCRIPTS}/rabbitmqctl", *arguments], env=self._environment(), cwd=self.folder, check=True,
                              capture_output=True, text=True, **self._identity()).stdout

    def _identity(self):
        return {"user": self.user, "group": "nogroup", "extra_groups": []} if self.user else {}

    def _run(self, *arguments):
        return Process(arguments, self.folder / "log/out", self.user, env=self._environment(), cwd=self.folder).pid

    def _prepare(self):
        for part in ("home", "mnesia", "log", "schema", "tls"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", self.folder / "tls/key.pem", "-out", self.folder / "tls/certificate.pem", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        (self.folder / "rabbitmq.conf").write_text("\n".join((
            f"listeners.tcp.default = 127.0.0.1:{self.port}",
            f"listeners.ssl.default = 127.0.0.1:{self.port + 10}",
            f"ssl_options.cacertfile = {self.folder}/tls/certificate.pem",
            f"ssl_options.certfile = {self.folder}/tls/certificate.pem",
            f"ssl_options.keyfile = {self.folder}/tls/key.pem",
            "ssl_options.verify = verify_none",
            "disk_free_limit.absolute = 50MB",
            "vm_memory_high_watermark.absolute = 512MB",
            *(("management.tcp.ip = 127.0.0.1", f"management.tcp.port = {self.port + 11}", "collect_statistics_interval = 1000")
              if self.management else ()),
            *self.settings)) + "\n")
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n" if self.management else "[].\n")
        cookie = self.folder / "home/.erlang.cookie"
        cookie.write_text("SLUICETEST")
        cookie.chmod(0o600)
        if self.user:
            subprocess.run(["chown", "-R", f"{self.user}:nogroup", self.folder], check=True)

    def _environment(self):
        folder = self.folder
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": f"{folder}/home",
            "USER": self.user or pwd.getpwuid(os.geteuid()).pw_name,
            "ERL_EPMD_PORT": str(self.port + 3), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "sluice@localhost", "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port), "RABBITMQ_DIST_PORT": str(self.port + 4),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(self.port + 5), "RABBITMQ_CTL_DIST_PORT_MAX": str(self.port + 9),
            "RABBITMQ_BASE": f"{folder}", "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia", "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_SCHEMA_DIR": f"{folder}/schema", "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/schema",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config", "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins", "RABBITMQ_PID_FILE": f"{folder}/rabbitmq.pid",
            # Without these the script would not become the broker but wait for it, and die alone.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-noinput -kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +A 8",
        }


def _runs(pid):
    try:
        return pid is not None and open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _kill(pid):
    """Not always our child: `rabbitmq.py FOLDER start` may have started it."""
    if _runs(pid):
        os.kill(pid, signal.SIGKILL)
        until(lambda: not _runs(pid), f"process {pid} to end")


SERVICE = RabbitMq

if __name__ == "__main__":
    getattr(RabbitMq(sys.argv[1]), sys.argv[2])()
