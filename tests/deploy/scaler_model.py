"""A model of what KEDA and Kubernetes' HorizontalPodAutoscaler make of a ScaledObject. Time is an argument.

It was compared once with the real ones (KEDA 2.19's operator and metrics adapter, the controller of Kubernetes 1.34, RabbitMQ
3.10), from none to five workers, held while all messages were in flight, back to one and to none: the same counts, within
about ten seconds. The rules:

- every `pollingInterval`, and when there are no replicas: anything above the activation target starts one;
- nothing for `cooldownPeriod`: none (where `minReplicaCount` is 0);
- every 15 s while there are replicas: ceil(metric / target), if that differs by more than a tenth from what there is,
  within the limits of `behavior`: up by the most generous policy, down by it too but not below the highest wish within the
  stabilisation window.
"""
import dataclasses
import math

SYNC = 15.0
TOLERANCE = 0.1
DEFAULT_UP = [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}]
DEFAULT_DOWN = [{"type": "Percent", "value": 100, "periodSeconds": 15}]


@dataclasses.dataclass
class Rules:
    least: int
    most: int
    target: float
    activation: float
    polling: float
    cooldown: float
    window: float
    up: list
    down: list

    @classmethod
    def of(cls, scaled_object):
        spec = scaled_object["spec"]
        modifiers = spec["advanced"]["scalingModifiers"]
        behavior = spec["advanced"].get("horizontalPodAutoscalerConfig", {}).get("behavior", {})
        down = behavior.get("scaleDown", {})
        return cls(least=spec["minReplicaCount"], most=spec["maxReplicaCount"], target=float(modifiers["target"]),
                   activation=float(modifiers.get("activationTarget", 0)), polling=spec.get("pollingInterval", 30),
                   cooldown=spec.get("cooldownPeriod", 300), window=down.get("stabilizationWindowSeconds", 300),
                   up=behavior.get("scaleUp", {}).get("policies", DEFAULT_UP), down=down.get("policies", DEFAULT_DOWN))


class Scaler:
    """`replicas` is what it wants. Call step() as often as you like; it does what is due."""

    def __init__(self, rules):
        self.rules = rules
        self.replicas = rules.least
        self._next_poll = self._next_sync = 0.0
        self._active_at = None
        self._wishes = []   # (time, replicas)
        self._changes = []  # (time, difference), by the HPA alone

    def step(self, now, metric):
        there = self.replicas > 0
        if now >= self._next_poll:
            self._next_poll = now + self.rules.polling
            self._poll(now, metric)
        if now >= self._next_sync:
            self._next_sync = now + SYNC
            # One that was only just started is looked at the next time.
            if there and self.replicas > 0:
                self._sync(now, metric)
        return self.replicas

    def _poll(self, now, metric):
        if metric > self.rules.activation:
            self._active_at = now
            if self.replicas == 0:
                self.replicas = 1
        elif self.rules.least == 0 and self.replicas > 0 and now - (self._active_at or 0) >= self.rules.cooldown:
            self.replicas = 0
            self._wishes.clear()

    def _sync(self, now, metric):
        usage = metric / (self.rules.target * self.replicas)
        wish = self.replicas if abs(1 - usage) <= TOLERANCE else math.ceil(metric / self.rules.target)
        wish = min(max(wish, self.rules.least, 1), self.rules.most)
        self._wishes = [(at, count) for at, count in self._wishes if now - at < self.rules.window] + [(now, wish)]
        if wish > self.replicas:
            wanted = min(wish, self._most_up(now))
        else:
            wanted = max(min(self.replicas, max(count for _, count in self._wishes)), self._least_down(now))
        if wanted != self.replicas:
            self._changes.append((now, wanted - self.replicas))
            self.replicas = wanted

    def _at_start_of(self, now, policy):
        return self.replicas - sum(difference for at, difference in self._changes if now - at < policy["periodSeconds"])

    def _most_up(self, now):
        limits = []
        for policy in self.rules.up:
            start = self._at_start_of(now, policy)
            limits.append(start + policy["value"] if policy["type"] == "Pods" else math.ceil(start * (1 + policy["value"] / 100)))
        return max(limits)

    def _least_down(self, now):
        limits = []
        for policy in self.rules.down:
            start = self._at_start_of(now, policy)
            limits.append(start - policy["value"] if policy["type"] == "Pods" else math.floor(start * (1 - policy["value"] / 100)))
        return min(limits)
