"""A model of KEDA and the HPA (scaler_model.py), driven by the shipped ScaledObject, with a real broker and real workers."""
import collections
import concurrent.futures
import json
import math
import pathlib
import random
import sys
import time
import urllib.parse

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/integration"))
import fleet  # noqa: E402
from fleet import Buckets, Node, settings_for  # noqa: E402
from kubernetes import Objects, render  # noqa: E402
from scaler_model import Rules, Scaler  # noqa: E402

import api  # noqa: E402
import ceph  # noqa: E402
import postgresql  # noqa: E402
import rabbitmq  # noqa: E402
from server import MEDIA  # noqa: E402

# Everything that takes time in the rules goes so much faster here. Work does not.
SPEED = 12


def shipped(overlay="rabbitmq"):
    return Objects(render(overlay)).of("ScaledObject")[0]


def replicas_over(rules, series, until):
    """{time: replicas} at each change; `series` is what there is to do from a time on."""
    scaler, seen, now = Scaler(rules), {}, 0.0
    while now < until:
        metric = [value for at, value in series if at <= now][-1]
        before = scaler.replicas
        if scaler.step(now, metric) != before:
            seen[round(now)] = scaler.replicas
        now += 0.5
    return seen


def test_a_burst_is_met_step_by_step_and_left_slowly():
    rules = Rules.of(shipped())
    seen = replicas_over(rules, [(0, 0), (10, 60), (300, 0)], until=900)
    counts = list(seen.values())
    assert counts[0] == 1 and max(counts) == math.ceil(60 / rules.target) and counts[-1] == 0
    # All of them within a minute, and none leaves in the first three minutes without work.
    assert min(at for at, count in seen.items() if count == max(counts)) <= 70
    assert min(at for at, count in seen.items() if at > 300) >= 300 + min(rules.window, rules.cooldown) - rules.polling


def test_a_pause_of_a_minute_sends_nobody_away():
    seen = replicas_over(Rules.of(shipped()), [(0, 40), (100, 0), (160, 40)], until=400)
    assert all(count > 0 for at, count in seen.items() if at > 10) and list(seen.values())[-1] == 10


def test_the_last_messages_are_not_taken_from_their_workers():
    """What is in flight counts: with 40 messages in hand and none waiting, nobody is sent away."""
    seen = replicas_over(Rules.of(shipped()), [(0, 40)], until=3600)
    assert list(seen.values())[-1] == 10


def test_as_the_real_ones_did():
    """The run that the model was compared with: value 2, polling 5 s, cooldown 20 s, window 30 s; nine messages at 10 s,
    which the broker's interface tells some 5 s later."""
    rules = Rules(least=0, most=5, target=2, activation=0, polling=5, cooldown=20, window=30,
                  up=[{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}],
                  down=[{"type": "Percent", "value": 100, "periodSeconds": 15}])
    seen = replicas_over(rules, [(0, 0), (15, 9), (135, 2), (185, 0)], until=260)
    assert list(seen.values()) == [1, 5, 1, 0]
    real = {1: 18.7, 5: 33, 0: 204}
    for at, count in seen.items():
        if at < 100 or count == 0:
            assert abs(at - real[count]) <= 15, (seen, "one round of the controller apart")


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    import tempfile
    with tempfile.TemporaryDirectory(prefix="sluice-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        with postgresql.SERVICE(folder / "pg") as database, ceph.SERVICE(folder / "s3") as s3, \
                rabbitmq.RabbitMq(folder / "mq", management=True) as broker:
            Buckets(s3.environment()).create()
            yield settings_for(database=database, queue=broker, s3=s3), broker


class Queues:
    """What the triggers of the ScaledObject would be told: the HTTP interface's `messages`, ready and unacknowledged."""

    def __init__(self, broker, scaled_object):
        self.url = urllib.parse.urlsplit(broker.management_url)
        self.names = [trigger["metadata"]["queueName"] for trigger in scaled_object["spec"]["triggers"]]

    def look(self):
        import base64
        total = unacknowledged = 0
        for name in self.names:
            credentials = base64.b64encode(f"{self.url.username}:{self.url.password}".encode()).decode()
            reply = api.fetch(f"http://{self.url.hostname}:{self.url.port}/api/queues/%2F/{name}",
                              headers={"Authorization": f"Basic {credentials}"})
            told = reply.json() if reply.status == 200 else {}
            total += told.get("messages", 0)
            unacknowledged += told.get("messages_unacknowledged", 0)
        return total, unacknowledged


class Workers:
    """Real processes, as many as the scaler wants. Who is sent away is chosen without knowing who is busy."""

    def __init__(self, folder, settings):
        self.folder, self.settings = folder, settings
        self.all, self.leaving = [], []
        self.random = random.Random(1)

    @property
    def working(self):
        return [node for node in self.all if node not in self.leaving]

    def scale(self, count):
        while len(self.working) < count:
            node = Node(self.folder / f"worker-{len(self.all)}", "worker", self.settings, "--threads", 1, "--drain-timeout", "60s")
            self.all.append(node.start(wait=False))
        for node in self.random.sample(self.working, max(0, len(self.working) - count)):
            node.ask_to_stop()
            self.leaving.append(node)

    def done(self):
        """How often each task was finished."""
        counts = collections.Counter()
        for node in self.all:
            for line in node.log_text().splitlines():
                entry = json.loads(line) if line.startswith("{") else {}
                if entry.get("message") == "task done":
                    counts[entry["task_id"]] += 1
        return counts


def test_a_fleet_follows_its_work_from_none_and_back(services, tmp_path):
    settings, broker = services
    scaled_object = shipped()
    rules = Rules.of(scaled_object)
    rules.most = 4  # as many as this machine carries
    scaler, queues, workers = Scaler(rules), Queues(broker, scaled_object), Workers(tmp_path, settings)
    front = Node(tmp_path / "api", "serve", settings, "--workers", 0, "--allow-signup").start()
    try:
        client = api.Client.signed_up(front)
        clips = ["odd_161x121.webm"] * 14 + ["one_keyframe_12s.webm"] * 2
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(lambda clip: client.upload(MEDIA / clip), clips))
        began = time.monotonic()
        seen, completed_at = [], None
        while time.monotonic() - began < 400:
            total, unacknowledged = queues.look()
            before = scaler.replicas
            wanted = scaler.step((time.monotonic() - began) * SPEED, total)
            workers.scale(wanted)
            assert wanted <= rules.most
            assert wanted >= min(rules.most, math.ceil(unacknowledged / rules.target)) or wanted >= before, "busy workers are sent away"
            assert wanted > 0 or unacknowledged == 0 or before == 0
            if not seen or seen[-1][1] != wanted:
                seen.append((round(time.monotonic() - began, 1), wanted))
            if completed_at is None and all(client.video(one)["status"] == "complete" for one in ids):
                completed_at = time.monotonic() - began
            if completed_at and wanted == 0:
                break
            time.sleep(0.25)
        assert completed_at, f"not done in time: {seen}"
        print(f"replicas over time (rules {SPEED} times as fast): {seen}; all complete after {completed_at:.0f} s")
        counts = [count for _, count in seen]
        assert max(counts) == rules.most and counts[-1] == 0, seen
        assert [node.wait(70) for node in workers.leaving] == [0] * len(workers.all)
        assert all(client.video(one)["status"] == "complete" for one in ids)
        assert set(workers.done().values()) == {1}, "every task is done once"
        assert queues.look() == (0, 0)
    finally:
        for node in workers.all:
            node.kill()
        front.stop()
