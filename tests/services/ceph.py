"""S3 by Ceph's RADOS Gateway, which really checks signatures: one monitor, one storage daemon that keeps objects in
memory, one gateway."""
import os
import pathlib
import signal
import subprocess
import uuid

from service import Process, Service, answers, free_ports, need, until

ACCESS_KEY, SECRET_KEY = "SLUICETESTACCESSKEY0", "sluice/test+secret/key00000000000000"

# `crc`: the gateway otherwise insists on encryption, which needs keys that these daemons don't have.
CONFIGURATION = """[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{port}/0]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms cluster mode = crc
ms service mode = crc
ms client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
ms bind ipv6 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = {first_daemon_port}
ms bind port max = {last_daemon_port}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
objecter tick interval = 1
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
mon data avail warn = 2
run dir = {folder}/run
admin socket = {folder}/run/$cluster-$name.$pid.asok
log file = {folder}/log/$name.log
keyring = {folder}/keyring
crash dir = {folder}/log
[mon]
mon data = {folder}/mon
paxos propose interval = 0.05
paxos min wait = 0.01
mon tick interval = 1
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 8G
osd class load list = *
osd class default list = *
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{gateway_port}
rgw data = {folder}/rgw
rgw run sync thread = false
rgw thread pool size = 32
rgw dns name = localhost
"""


class Ceph(Service):
    """kill() ends the gateway alone: the objects stay with the storage daemon, which keeps them in memory."""
    name = "ceph"

    def __init__(self, folder):
        super().__init__(folder)
        first = free_ports(44)
        self.monitor_port, self.port, self.daemon_ports = first, first + 1, (first + 3, first + 43)
        self.user = "nobody" if os.geteuid() == 0 else None
        self.processes = {}

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def environment(self):
        return {"SLUICE_TEST_S3_ENDPOINT": self.endpoint, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": "us-east-1"}

    def start(self):
        if "osd" not in self.processes:
            self._start_cluster()
        self._spawn("rgw", "radosgw", "-f", "-n", "client.rgw")
        until(lambda: self._alive("rgw") and answers(self.port), "the gateway to listen")

    def _start_cluster(self):
        for program, package in (("ceph-mon", "ceph-mon"), ("ceph-osd", "ceph-osd"), ("radosgw", "radosgw")):
            need(program, package)
        for name in ("mon", "osd", "log", "run", "rgw"):
            (self.folder / name).mkdir(parents=True)
        fsid = str(uuid.uuid4())
        self._file("ceph.conf").write_text(CONFIGURATION.format(
            fsid=fsid, folder=self.folder, port=self.monitor_port, gateway_port=self.port,
            first_daemon_port=self.daemon_ports[0], last_daemon_port=self.daemon_ports[1]))
        self._file("keyring").touch()
        if self.user:
            subprocess.run(["chown", "-R", "nobody:nogroup", self.folder], check=True)
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{self.monitor_port}]",
                  self._file("monmap"))
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", self._file("monmap"), "--keyring", self._file("keyring"))
        self._spawn("mon", "ceph-mon", "-f", "-i", "a")
        osd = str(uuid.uuid4())
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._run("ceph", "osd", "crush", "add", "osd.0", "1.0", "host=localhost", "root=default")
        self._spawn("osd", "ceph-osd", "-f", "-i", "0")
        # A gateway that comes before it loses five seconds in its first retry.
        until(self._osd_is_up, "the storage daemon to be up")
        # Makes the gateway's pools too, and is there when the gateway begins.
        self._run("radosgw-admin", "-n", "client.rgw", "user", "create", "--uid=sluice", "--display-name=sluice",
                  f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}")

    def _osd_is_up(self):
        assert self._alive("osd") and self._alive("mon")
        return "1 total, 1 up" in self._file("log/mon.a.log").read_text(errors="replace")

    def stop(self):
        for name in ("rgw", "osd", "mon"):
            if name in self.processes:
                self.processes.pop(name).kill()

    def kill(self):
        self.kill_gateway()

    def kill_gateway(self):
        self.processes["rgw"].kill()

    def freeze(self):
        """The gateway takes connections and answers nothing."""
        os.kill(self.processes["rgw"].pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.processes["rgw"].pid, signal.SIGCONT)

    def _file(self, name):
        return pathlib.Path(self.folder, name)

    def _environment(self):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8",
                "CEPH_CONF": str(self._file("ceph.conf"))}

    def _process(self, name, arguments):
        return Process(arguments, self._file(f"log/{name}.out"), self.user, env=self._environment(), cwd=self.folder)

    def _spawn(self, name, *arguments):
        self.processes[name] = self._process(name, arguments)

    def _alive(self, name):
        assert self.processes[name].alive(), f"{name} ended:\n" + self._file(f"log/{name}.out").read_text()[-2000:]
        return True

    def _run(self, *arguments):
        done = self._process("setup", arguments)
        assert done.child.wait(60) == 0, f"{arguments[0]}:\n" + self._file("log/setup.out").read_text()[-2000:]


SERVICE = Ceph
