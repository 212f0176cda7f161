"""A real server that a test starts on free ports in a folder of its own, and stops again."""
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time


class Missing(Exception):
    """A program that the test needs is not installed."""


def need(program, package):
    """The program's path; where it is missing, how to get it."""
    found = program if os.path.exists(program) else shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not found:
        raise Missing(f"{program} is missing: apt-get install {package} (script/bootstrap test does it)")
    return found


def free_ports(count):
    """The first of `count` consecutive ports that are free at the moment.

    They lie below those that outgoing connections get (32768 on): who is killed and started again finds his still free.
    """
    for _ in range(200):
        first = random.randrange(15000, 32000 - count)
        if _all_free(first, count):
            return first
    raise RuntimeError(f"no {count} free ports in a row")


def _all_free(first, count):
    for port in range(first, first + count):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                return False
    return True


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def until(condition, what, seconds=30.0, pause=0.02):
    """Waits for something outside this process; the condition is asked again and again."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(pause)


class Process:
    """One process of a service, with its output in a file."""

    def __init__(self, arguments, log, user=None, env=None, cwd=None):
        options = {}
        if user and os.geteuid() == 0:
            options = {"user": user, "group": {"nobody": "nogroup"}.get(user, user), "extra_groups": []}
        with open(log, "ab") as out:
            self.child = subprocess.Popen(list(map(str, arguments)), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          env=env, cwd=cwd, start_new_session=True, **options)

    @property
    def pid(self):
        return self.child.pid

    def alive(self):
        return self.child.poll() is None

    def end(self, how=signal.SIGTERM, seconds=10):
        """Sends the signal and waits; SIGKILL when that takes too long."""
        if self.alive():
            self.child.send_signal(how)
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def kill(self):
        self.end(signal.SIGKILL)


class Service:
    """Below it are postgresql.py, rabbitmq.py …: `start` comes back when it can be used.

    `environment()` is what a test program is told: SLUICE_TEST_… variables.
    kill() is a crash (SIGKILL); start() after it goes on from the same data.
    """
    name = ""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def start(self):
        raise NotImplementedError

    def stop(self):
        raise NotImplementedError

    def kill(self):
        raise NotImplementedError

    def environment(self):
        raise NotImplementedError

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
