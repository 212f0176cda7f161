"""What a fleet of some size would do with a mix of videos: a simulation from measured task times."""
import collections
import heapq
import random
import statistics

from report import Figure

SEGMENT = 4
MIX = (30, 300, 3600)       # seconds of the videos, a third each
PER_WORKER = 3              # videos for each worker, so that every fleet has the same to do
ARRIVALS = 600              # seconds over which they arrive
Task = collections.namedtuple("Task", "lane kind chunk seconds")


def chunks(segments, longest=8):
    """Segments of each chunk: one, then doubling up to the cap."""
    sizes, size = [], 1
    while segments > 0:
        sizes.append(min(size, segments))
        segments -= sizes[-1]
        size = min(size * 2, longest)
    return sizes


class Costs:
    """Seconds of each kind of task, from the tasks of one measured video."""

    def __init__(self, tasks, duration):
        sizes = chunks(-(-duration // SEGMENT))
        self.fixed = {kind: statistics.mean(t["seconds"] for t in tasks if t["kind"] == kind)
                      for kind in ("prepare", "finish")}
        self.audio = sum(t["seconds"] for t in tasks if t["kind"] == "audio") / duration
        by_chunk = collections.defaultdict(list)
        for task in tasks:
            if task["kind"] == "video":
                by_chunk[task["chunk"]].append(task["seconds"])
        self.first_chunk = sorted(by_chunk[0])  # its tasks: small renditions first
        rest = [seconds for chunk, all_of_it in by_chunk.items() if chunk > 0 for seconds in all_of_it]
        self.per_segment = sum(rest) / max(1, sum(sizes[1:]))
        self.groups = max(len(all_of_it) for chunk, all_of_it in by_chunk.items() if chunk > 0)

    def tasks(self, duration):
        sizes = chunks(-(-duration // SEGMENT))
        made = [Task("first", "video", 0, seconds) for seconds in self.first_chunk]
        made.insert(1, Task("first", "audio", 0, self.audio * min(duration, 600)))
        for number, size in enumerate(sizes[1:], 1):
            made += [Task("rest", "video", number, self.per_segment * size / self.groups)] * self.groups
        return made


def mixed(videos, seed=1):
    """(arrival, duration) of so many videos of MIX."""
    rng = random.Random(seed)
    return [(when, MIX[i % len(MIX)]) for i, when in enumerate(sorted(rng.uniform(0, ARRIVALS) for _ in range(videos)))]


def simulate(costs, workers, videos):
    """Of (arrival, duration)s: sorted seconds to playable and to complete, and the share of time that the workers worked."""
    events, order = [], 0                     # (time, order, what, detail)
    left, started, playable, complete, openers = {}, {}, {}, {}, {}
    lanes = {"first": collections.deque(), "rest": collections.deque()}
    idle, busy = workers, 0.0

    def push(when, what, detail):
        nonlocal order
        order += 1
        heapq.heappush(events, (when, order, what, detail))

    durations = [duration for _, duration in videos]
    for video, (when, _) in enumerate(videos):
        push(when, "arrives", video)
    end = 0.0
    while events:
        now, _, what, detail = heapq.heappop(events)
        if what == "arrives":
            started[detail] = now
            lanes["first"].append((detail, Task("first", "prepare", 0, costs.fixed["prepare"])))
        elif what == "opens":
            open_video(*detail, openers, playable, now)
        else:
            idle += 1
            video, task = detail
            end = now
            if task.kind == "finish":
                complete[video] = now
            else:
                follow(costs, video, task, durations[video], lanes, left, openers)
        while idle and (lanes["first"] or lanes["rest"]):
            video, task = (lanes["first"] or lanes["rest"]).popleft()
            idle -= 1
            busy += task.seconds
            push(now + task.seconds, "ends", (video, task))
            if task.chunk == 0 and task.kind in ("video", "audio"):
                # Segments are stored one by one: sound is there long before its task ends.
                opens = task.seconds if task.kind == "video" else min(task.seconds, costs.audio * SEGMENT)
                push(now + opens, "opens", (video, task.kind))
    waits = sorted(playable[video] - started[video] for video in started)
    wholes = sorted(complete[video] - started[video] for video in started)
    return waits, wholes, busy / (workers * (end - min(started.values())))


def open_video(video, kind, openers, playable, now):
    openers[video].discard(kind)
    if not openers[video]:
        playable.setdefault(video, now)


def follow(costs, video, task, duration, lanes, left, openers):
    """What there is to do when a task is done."""
    if task.kind == "prepare":
        tasks = costs.tasks(duration)
        left[video] = len(tasks)
        openers[video] = {"video", "audio"}
        for one in tasks:
            lanes[one.lane].append((video, one))
    else:
        left[video] -= 1
        if left[video] == 0:
            lanes["first"].append((video, Task("first", "finish", 0, costs.fixed["finish"])))


def figures(tasks, duration):
    costs = Costs(tasks, duration)
    made = []
    for workers in (8, 64, 512):
        waits, wholes, share = simulate(costs, workers, mixed(workers * PER_WORKER))
        made.append(Figure(f"{workers} workers, {workers * PER_WORKER} videos: to playable, median; worst tenth",
                           f"{statistics.median(waits):.1f} s; {waits[int(len(waits) * 0.9)]:.1f} s"))
        made.append(Figure("… to complete, median; worst tenth",
                           f"{statistics.median(wholes):.0f} s; {wholes[int(len(wholes) * 0.9)]:.0f} s"))
        made.append(Figure("… workers at work, from the first video to the last", f"{share:.2f}"))
    return made
