"""Every overlay is what Kubernetes and KEDA take, and its objects fit together. Mistakes are planted to see them found."""
import pytest
import yaml
from kubernetes import KUBERNETES, OVERLAYS, Objects, faults, render, type_faults

DEPLOY = KUBERNETES.parent


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kubernetes")
    made = {}
    for overlay in OVERLAYS:
        made[overlay] = folder / f"{overlay}.yaml"
        made[overlay].write_text(render(overlay))
    return made


def test_the_types_of_every_object_are_right(rendered):
    assert type_faults(*rendered.values()) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_objects_of_an_overlay_fit_together(rendered, overlay):
    assert faults(rendered[overlay].read_text()) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_has_everything(rendered, overlay):
    kinds = {one["kind"] for one in Objects(rendered[overlay].read_text()).all}
    assert kinds >= {"Deployment", "Service", "Ingress", "Job", "NetworkPolicy", "PodDisruptionBudget", "ScaledObject",
                     "HorizontalPodAutoscaler", "ServiceMonitor", "PodMonitor", "PrometheusRule", "Namespace"}


def test_the_alert_rules_are_those_that_are_tested(rendered):
    rules = Objects(rendered["rabbitmq"].read_text()).of("PrometheusRule")[0]["spec"]
    assert rules == yaml.safe_load((DEPLOY / "monitoring/alerts.yaml").read_text())


# In the rendered text of an overlay: what is replaced by what, and a word of what has to be said about it.
TYPE_MISTAKES = [
    ("livenessProbe:", "livenessProb:", "livenessProb"),
    ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", "readOnlyRootFileSystem"),
    ("minReplicaCount: 0", "minReplicas: 0", "minReplicas"),
    ("averageUtilization: 200", "averageUtilisation: 200", "averageUtilisation"),
    ("value: 300s", "value: 300", "number"),
    ("memory: 512Mi", "memory: 512Mib", "memory"),
    ("autoscaling/v2", "autoscaling/v2beta2", "v2beta2"),
    ("podMetricsEndpoints:", "podMetricEndpoints:", "podMetricEndpoints"),
]


def test_planted_mistakes_in_types_are_found(rendered, tmp_path):
    text = rendered["rabbitmq"].read_text()
    files = []
    for number, (right, wrong, _) in enumerate(TYPE_MISTAKES):
        assert right in text
        files.append(tmp_path / f"planted-{number}.yaml")
        files[-1].write_text(text.replace(right, wrong, 1))
    said = type_faults(*files)
    for number, (_, wrong, word) in enumerate(TYPE_MISTAKES):
        assert any(f"planted-{number}.yaml" in line and word in line for line in said), (wrong, said)


@pytest.mark.parametrize("overlay, right, wrong, word", [
    ("rabbitmq", "app.kubernetes.io/component: api\n  strategy", "app.kubernetes.io/component: ap\n  strategy", "selector"),
    ("rabbitmq", "          name: tmp\n", "          name: temp\n", "no volume"),
    ("rabbitmq", "cpu: 250m", "cpu: 2500m", "more cpu"),
    ("rabbitmq", "name: sluice-scaling", "name: sluice-scalings", "no rabbitmq-management-url"),
    ("rabbitmq", "protocol: http\n", "protocol: amqp\n", "in flight"),
    ("aws", 'scaleOnInFlight: "true"', 'scaleOnInFlight: "false"', "in flight"),
    ("aws", "queueLength:", "queueLenght:", "queueLenght"),
    ("rabbitmq", "terminationGracePeriodSeconds: 330", "terminationGracePeriodSeconds: 30", "drained"),
    ("rabbitmq", "minReplicaCount: 0", "minReplicaCount: 1", "zero"),
    ("rabbitmq", "            port: status\n", "            port: states\n", "none of its own"),
    ("rabbitmq", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "restricted"),
    ("rabbitmq", "formula: first + rest", "formula: first", "formula"),
    ("rabbitmq", "maxUnavailable: 25%\n  selector:\n    matchLabels:\n      app.kubernetes.io/component: worker",
     "maxUnavailable: 25%\n  selector:\n    matchLabels:\n      app.kubernetes.io/component: workers", "PodDisruptionBudget"),
])
def test_a_planted_mistake_between_objects_is_found(rendered, overlay, right, wrong, word):
    text = rendered[overlay].read_text()
    assert right in text, right
    assert any(word in fault for fault in faults(text.replace(right, wrong, 1)))


def test_replicas_beside_a_scaler_are_found(rendered):
    text = rendered["rabbitmq"].read_text()
    objects = list(yaml.safe_load_all(text))
    for one in objects:
        if one["kind"] == "Deployment":
            one["spec"]["replicas"] = 2
    assert any("replicas of its own" in fault for fault in faults(yaml.safe_dump_all(objects)))
