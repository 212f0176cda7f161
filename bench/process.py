"""CPU time and peak memory of a command and of everything it starts."""
import contextlib
import ctypes
import os
import pathlib
import resource
import subprocess
import threading
import time


def adopt_orphans():
    """Processes whose parent was killed become ours, so that their CPU time is counted too."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def tree(pid):
    """`pid` and everything below it."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
    found, fresh = {pid}, {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def memory(pids):
    """Proportional set size in bytes: what is shared counts once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, StopIteration):
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1]) * 1024
    return total


class PeakMemory(threading.Thread):
    """Samples the whole tree below `pid` until it is told to stop."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.05):
            self.peak = max(self.peak, memory(tree(self.pid)))

    def stop(self):
        self.ended.set()
        self.join()
        return self.peak


class Run:
    """One command to its end: wall and CPU seconds, peak memory in bytes, output."""

    def __init__(self, *arguments, **options):
        began = time.monotonic()
        process = subprocess.Popen([*map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **options)
        sampler = PeakMemory(process.pid)
        output = []
        readers = [threading.Thread(target=lambda pipe=pipe: output.append(pipe.read()))
                   for pipe in (process.stdout, process.stderr)]
        for reader in readers:
            reader.start()
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.monotonic() - began
        for reader in readers:
            reader.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = sampler.stop()
        self.output = b"".join(output).decode(errors="replace")
        if process.returncode != 0:
            raise RuntimeError(f"{arguments[0]} ended with {process.returncode}:\n{self.output[-2000:]}")


def reap():
    """Takes in what has ended; children that still run stay."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def children_cpu():
    """CPU seconds of all children that have ended so far, theirs included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
