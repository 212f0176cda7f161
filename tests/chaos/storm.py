"""While videos upload and encode, parts of a fleet are killed and started again.

`storm(fleet, …)` runs for some seconds and returns what happened; what must be true afterwards is
`Outcome.faults()`. script/chaos runs it for as long as one likes.
"""
import dataclasses
import http.client
import random
import subprocess
import threading
import time

import api
import server as sluice
from fleet import Buckets, MEDIA as MEDIA_BUCKET, UPLOADS as UPLOADS_BUCKET
from server import MEDIA

# What a client of the interface sees of an outage: it tries again.
OUTAGE = (OSError, http.client.HTTPException)


@dataclasses.dataclass
class Outcome:
    kills: dict = dataclasses.field(default_factory=dict)  # part → how often
    uploads: int = 0                                       # acknowledged
    lost: list = dataclasses.field(default_factory=list)   # acknowledged, and unknown afterwards
    failed: list = dataclasses.field(default_factory=list)
    stuck: list = dataclasses.field(default_factory=list)
    differing: list = dataclasses.field(default_factory=list)
    orphans: list = dataclasses.field(default_factory=list)  # objects of no video
    settled_seconds: float = 0

    def faults(self):
        return {name: value for name in ("lost", "failed", "stuck", "differing", "orphans")
                if (value := getattr(self, name))}

    def __str__(self):
        kills = ", ".join(f"{count} {part}" for part, count in sorted(self.kills.items()))
        counts = ", ".join(f"{len(getattr(self, name))} {name}"
                           for name in ("lost", "failed", "stuck", "differing", "orphans"))
        return (f"{sum(self.kills.values())} kills ({kills}); {self.uploads} uploads acknowledged: {counts}; "
                f"all settled {self.settled_seconds:.0f} s after the last kill")


class Uploader(threading.Thread):
    """A person who uploads one clip after the other and tries again until each is acknowledged."""

    def __init__(self, fleet, clips, seed, ended, pause):
        super().__init__(daemon=True)
        self.fleet, self.clips, self.ended, self.pause = fleet, clips, ended, pause
        self.random = random.Random(seed)
        self.acknowledged = {}  # video id → clip
        self.client = None
        self.error = None

    def run(self):
        try:
            while not self.ended.is_set():
                self.upload(self.random.choice(self.clips))
                # About as much as the fleet can encode meanwhile.
                self.ended.wait(self.random.uniform(1, 2) * self.pause)
        except Exception as error:  # shown by the test
            self.error = error

    def again(self, step):
        """The step's result, as soon as the fleet gives one that is not an outage."""
        while not self.ended.is_set():
            try:
                reply = step()
                if reply.status < 500:
                    return reply
            except OUTAGE:
                pass
            time.sleep(0.1)
        return None

    def upload(self, clip):
        content = (MEDIA / clip).read_bytes()
        if self.client is None:
            self.client = api.Client(self.fleet)
            name = f"storm{id(self)}@example.com"
            # A sign-up whose answer was lost took place all the same.
            for path in ("/api/auth/signup", "/api/auth/login"):
                reply = self.again(lambda path=path: self.client("POST", path, email=name, password="correct horse"))
                if reply is not None and reply.status < 300:
                    self.client.token = reply.json()["token"]
                    break
        begun = self.again(lambda: self.client("POST", "/api/uploads/initiate", filename=clip,
                                               size_bytes=len(content)))
        if begun is None:
            return
        assert begun.status == 201, begun
        video, upload = begun.json()["video_id"], begun.json()["upload"]
        put = self.again(lambda: self.client.put_single(upload, content))
        if put is None:
            return
        assert put.status == 200, put
        complete = self.again(lambda: self.client("POST", "/api/uploads/complete", video_id=video))
        if complete is None:
            return
        assert complete.status == 202, complete
        self.acknowledged[video] = clip


class Killer:
    """kill -9 of one part after the other; each is started again a moment later."""

    def __init__(self, fleet, services, seed):
        self.random = random.Random(seed)
        self.parts = {"api": fleet.apis, "worker": fleet.workers, **{name: [one] for name, one in services.items()}}
        self.kills = dict.fromkeys(self.parts, 0)
        self.next = []
        self.at_work = threading.Lock()  # nobody else starts what has just been killed

    def strike(self):
        # Each in its turn, in an order that changes.
        if not self.next:
            self.next = self.random.sample(list(self.parts), len(self.parts))
        name = self.next.pop()
        part = self.random.choice(self.parts[name])
        is_node = name in ("api", "worker")
        with self.at_work:
            part.kill()
            self.kills[name] += 1
            time.sleep(self.random.uniform(0, 1))
            if is_node:
                part.start(wait=False)
        if not is_node:
            part.start()

    def revive(self, fleet):
        """Everything runs: a process that found no database when it started ended with a clear line."""
        for node in fleet.nodes:
            sluice.until(lambda node=node: _runs(node), f"{node.folder.name} to be ready", seconds=60)


def _runs(node):
    if not node.alive():
        node.start(wait=False)
    return node.ready()


def keep_alive(fleet, killer, ended):
    """What systemd or Kubernetes does: a process that ended is started again."""
    while not ended.wait(0.5):
        for node in fleet.nodes:
            with killer.at_work:
                if not node.alive():
                    node.start(wait=False)


def storm(fleet, services, s3, expected, *, seconds, pause=2.5, uploaders=2, seed=None, settle=240):
    """`expected`: clip → digests of an undisturbed run. `services`: name → a service to be killed."""
    seed = random.randrange(1 << 32) if seed is None else seed
    print(f"seed {seed}")
    ended, supervised = threading.Event(), threading.Event()
    threads = [Uploader(fleet, list(expected), seed + i, ended, pause) for i in range(uploaders)]
    killer = Killer(fleet, services, seed)
    supervisor = threading.Thread(target=keep_alive, args=(fleet, killer, supervised), daemon=True)
    for thread in (*threads, supervisor):
        thread.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(killer.random.uniform(0.5, 1.5) * pause)
        killer.strike()
    ended.set()
    for thread in threads:
        thread.join(60)
        if thread.error:
            raise thread.error
    supervised.set()
    supervisor.join()
    killer.revive(fleet)
    return settle_down(threads, killer, services["database"], s3, expected, settle)


def settle_down(uploaders, killer, database, s3, expected, settle):
    outcome = Outcome(kills=killer.kills)
    start = time.monotonic()
    buckets = Buckets(s3.environment())
    for uploader in uploaders:
        for video_id, clip in uploader.acknowledged.items():
            outcome.uploads += 1
            judge(outcome, uploader.client, buckets, video_id, expected[clip], start + settle)
    outcome.settled_seconds = time.monotonic() - start
    known = subprocess.run(["psql", "-X", "-A", "-t", "-d", database.url, "-c", "SELECT id FROM videos"], check=True,
                           capture_output=True, text=True).stdout.split()
    for bucket in (UPLOADS_BUCKET, MEDIA_BUCKET):
        outcome.orphans += [key for key in buckets.keys(bucket) if key.split("/")[1] not in known]
    return outcome


def judge(outcome, client, buckets, video_id, expected, end):
    while True:
        reply = client("GET", f"/api/videos/{video_id}")
        if reply.status == 404:
            return outcome.lost.append(video_id)
        video = reply.json()
        if video["status"] == "failed":
            return outcome.failed.append((video_id, video["error"]))
        if video["status"] == "complete":
            break
        if time.monotonic() > end:
            return outcome.stuck.append((video_id, video["status"], video["progress"]))
        time.sleep(0.3)
    if buckets.digests(video_id) != expected:
        outcome.differing.append(video_id)
