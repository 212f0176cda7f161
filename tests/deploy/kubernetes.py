"""Rendered manifests, and what has to hold between their objects: what neither types nor schemas see."""
import pathlib
import re
import subprocess

import yaml

ROOT = pathlib.Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy/kubernetes"
OVERLAYS = ("rabbitmq", "aws")
HERE = pathlib.Path(__file__).parent

# The parameters of KEDA's triggers are free-form in its types; these are the ones that it knows (its documentation).
KEDA_PARAMETERS = {
    "rabbitmq": {"host", "hostFromEnv", "queueName", "mode", "value", "activationValue", "protocol", "vhostName", "useRegex",
                 "operation", "timeout", "excludeUnacknowledged", "pageSize", "unsafeSsl"},
    "aws-sqs-queue": {"queueURL", "queueURLFromEnv", "queueLength", "activationQueueLength", "awsRegion", "awsEndpoint",
                      "identityOwner", "scaleOnInFlight", "scaleOnDelayed"},
}
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def render(overlay, root=KUBERNETES):
    done = subprocess.run(["kubectl", "kustomize", root / "overlays" / overlay], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def type_faults(*files):
    """Lines of check_kubernetes.mjs; empty when all is well."""
    done = subprocess.run(["node", HERE / "check_kubernetes.mjs", *files], capture_output=True, text=True, check=False,
                          cwd=HERE)
    if done.returncode == 0:
        return []
    assert "faults" in done.stdout, done.stderr  # it ran to its end
    return done.stderr.splitlines() or ["no object at all"]


def quantity(text):
    """CPU or memory as a number: "250m", "1Gi", 2."""
    match = re.fullmatch(r"([0-9.]+)(m|k|Ki|M|Mi|G|Gi|T|Ti)?", str(text))
    assert match, f"{text} is no quantity"
    factor = {None: 1, "m": 1e-3, "k": 1e3, "Ki": 2**10, "M": 1e6, "Mi": 2**20, "G": 1e9, "Gi": 2**30, "T": 1e12, "Ti": 2**40}
    return float(match[1]) * factor[match[2]]


class Objects:
    def __init__(self, text):
        self.all = [one for one in yaml.safe_load_all(text) if one]

    def of(self, *kinds):
        return [one for one in self.all if one["kind"] in kinds]

    def named(self, kind, name):
        found = [one for one in self.of(kind) if one["metadata"]["name"] == name]
        return found[0] if found else None

    def pods(self):
        """(object, its pod template)"""
        return [(one, one["spec"]["template"]) for one in self.of("Deployment", "Job")]


def faults(text):
    """What is wrong between the objects of a rendered overlay."""
    objects = Objects(text)
    found = []
    for check in (_names, _namespaces, _selectors, _pods, _references, _scaling, _budgets, _ports, _jobs, _keda):
        found += check(objects)
    return found


def _called(one):
    return f"{one['kind']}/{one['metadata']['name']}"


def _names(objects):
    return [f"{_called(one)}: its name is no DNS label" for one in objects.all
            if not _DNS_LABEL.fullmatch(one["metadata"]["name"])]


def _namespaces(objects):
    return [f"{_called(one)}: in no namespace" for one in objects.all
            if one["kind"] != "Namespace" and not one["metadata"].get("namespace")]


def _matches(selector, labels):
    wanted = selector.get("matchLabels", selector)
    return wanted.items() <= labels.items()


def _pod_labels(template):
    return template["metadata"].get("labels", {})


def _selectors(objects):
    found = []
    for one in objects.of("Deployment"):
        if not _matches(one["spec"]["selector"], _pod_labels(one["spec"]["template"])):
            found.append(f"{_called(one)}: its selector does not match its pods")
    everybody = [_pod_labels(template) for _, template in objects.pods()]
    selecting = [(one, one["spec"]["selector"]) for one in objects.of("Service", "PodDisruptionBudget", "PodMonitor")]
    selecting += [(one, one["spec"]["podSelector"]) for one in objects.of("NetworkPolicy")]
    for one, selector in selecting:
        if not any(_matches(selector, labels) for labels in everybody):
            found.append(f"{_called(one)}: selects no pod")
    for one in objects.of("ServiceMonitor"):
        if not any(_matches(one["spec"]["selector"], service["metadata"].get("labels", {})) for service in objects.of("Service")):
            found.append(f"{_called(one)}: selects no service")
    return found


def _pods(objects):
    found = []
    for one, template in objects.pods():
        pod, name = template["spec"], _called(one)
        security = pod.get("securityContext", {})
        if not security.get("runAsNonRoot") or security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            found.append(f"{name}: not restricted (runAsNonRoot, seccompProfile)")
        if pod.get("automountServiceAccountToken") is not False:
            found.append(f"{name}: its pods can speak with the API server")
        if any(pod.get(field) for field in ("hostNetwork", "hostPID", "hostIPC")):
            found.append(f"{name}: shares namespaces with its host")
        volumes = {volume["name"] for volume in pod.get("volumes", [])}
        if any("hostPath" in volume for volume in pod.get("volumes", [])):
            found.append(f"{name}: mounts a folder of its host")
        for container in pod["containers"] + pod.get("initContainers", []):
            found += [f"{name}: {fault}" for fault in _container(container, volumes)]
    return found


def _container(container, volumes):
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "not restricted (allowPrivilegeEscalation, capabilities)"
    if security.get("readOnlyRootFilesystem") is not True:
        yield "its root can be written"
    for mount in container.get("volumeMounts", []):
        if mount["name"] not in volumes:
            yield f"mounts {mount['name']}, which is no volume"
    resources = container.get("resources", {})
    for kind in ("cpu", "memory"):
        if not all(kind in resources.get(side, {}) for side in ("requests", "limits")):
            yield f"no request or no limit for {kind}"
        elif quantity(resources["requests"][kind]) > quantity(resources["limits"][kind]):
            yield f"requests more {kind} than its limit"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield "takes a port of its host"
    if container["image"].endswith(":latest") or ":" not in container["image"].rsplit("/", 1)[-1]:
        yield f"image {container['image']} has no version"
    ports = {port["name"] for port in container.get("ports", [])}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        wanted = container.get(probe, {}).get("httpGet", {}).get("port")
        if wanted is not None and wanted not in ports:
            yield f"{probe} asks port {wanted}, which is none of its own"


def _references(objects):
    found = []
    keys = {kind: {one["metadata"]["name"]: {*one.get("data", {}), *one.get("stringData", {})} for one in objects.of(kind)}
            for kind in ("ConfigMap", "Secret")}
    for one, template in objects.pods():
        pod = template["spec"]
        if not objects.named("ServiceAccount", pod.get("serviceAccountName", "")):
            found.append(f"{_called(one)}: no such service account")
        for volume in pod.get("volumes", []):
            secret = volume.get("secret", {}).get("secretName")
            if secret is not None and secret not in keys["Secret"]:
                found.append(f"{_called(one)}: no secret {secret}")
        for container in pod["containers"]:
            for source in container.get("envFrom", []):
                for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                    if field in source and source[field]["name"] not in keys[kind]:
                        found.append(f"{_called(one)}: no {kind} {source[field]['name']}")
            for variable in container.get("env", []):
                for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                    wanted = variable.get("valueFrom", {}).get(field)
                    if wanted and wanted["key"] not in keys[kind].get(wanted["name"], ()):
                        found.append(f"{_called(one)}: no {wanted['key']} in {kind} {wanted['name']}")
    for one in objects.of("TriggerAuthentication"):
        for wanted in one["spec"].get("secretTargetRef", []):
            if wanted["key"] not in keys["Secret"].get(wanted["name"], ()):
                found.append(f"{_called(one)}: no {wanted['key']} in Secret {wanted['name']}")
    return found


def _scaling(objects):
    found = []
    for one in objects.of("ScaledObject", "HorizontalPodAutoscaler"):
        target = objects.named("Deployment", one["spec"]["scaleTargetRef"]["name"])
        if target is None:
            found.append(f"{_called(one)}: scales nothing")
        elif "replicas" in target["spec"]:
            found.append(f"{_called(target)}: has replicas of its own, which each apply would set again")
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in objects.of("ScaledObject", "HorizontalPodAutoscaler")}
    found += [f"{_called(one)}: nobody says how many" for one in objects.of("Deployment")
              if one["metadata"]["name"] not in scaled and "replicas" not in one["spec"]]
    return found


def _budgets(objects):
    found = []
    for one in objects.of("Deployment"):
        labels = _pod_labels(one["spec"]["template"])
        if not any(_matches(budget["spec"]["selector"], labels) for budget in objects.of("PodDisruptionBudget")):
            found.append(f"{_called(one)}: no PodDisruptionBudget")
    return found


def _ports(objects):
    """Of services, ingresses and monitors, by name."""
    found = []
    container_ports = {port["name"] for _, template in objects.pods()
                       for container in template["spec"]["containers"] for port in container.get("ports", [])}
    services = {service["metadata"]["name"]: {port["name"] for port in service["spec"]["ports"]}
                for service in objects.of("Service")}
    for service in objects.of("Service"):
        found += [f"{_called(service)}: no container has port {port['targetPort']}" for port in service["spec"]["ports"]
                  if port["targetPort"] not in container_ports]
    for ingress in objects.of("Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                if backend["port"].get("name") not in services.get(backend["name"], ()):
                    found.append(f"{_called(ingress)}: no such service and port")
    for monitor in objects.of("ServiceMonitor"):
        found += [f"{_called(monitor)}: no service has port {endpoint['port']}" for endpoint in monitor["spec"]["endpoints"]
                  if not any(endpoint["port"] in ports for ports in services.values())]
    for policy in objects.of("NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []):
            found += [f"{_called(policy)}: no container has port {port['port']}" for port in rule.get("ports", [])
                      if port["port"] not in container_ports]
    return found


def seconds(text):
    match = re.fullmatch(r"(\d+)(s|m)", text)
    return int(match[1]) * {"s": 1, "m": 60}[match[2]]


def _jobs(objects):
    """A worker is given longer to stop than it takes to drain."""
    found = []
    for one in objects.of("Deployment"):
        pod = one["spec"]["template"]["spec"]
        for container in pod["containers"]:
            if container.get("args") != ["worker"]:
                continue
            told = {variable["name"]: variable.get("value") for variable in container.get("env", [])}
            drain = seconds(told.get("SLUICE_DRAIN_TIMEOUT", "25s"))
            if pod.get("terminationGracePeriodSeconds", 30) < drain + 10:
                found.append(f"{_called(one)}: killed before it has drained ({drain} s)")
            if drain < 240:
                found.append(f"{_called(one)}: drains for less than a long task takes")
    return found


def _keda(objects):
    found = []
    for one in objects.of("ScaledObject"):
        spec, name = one["spec"], _called(one)
        if spec.get("minReplicaCount") != 0:
            found.append(f"{name}: does not scale to zero")
        for trigger in spec["triggers"]:
            metadata = trigger["metadata"]
            unknown = metadata.keys() - KEDA_PARAMETERS.get(trigger["type"], set())
            found += [f"{name}: {trigger['type']} has no parameter {key}" for key in sorted(unknown)]
            reference = trigger.get("authenticationRef", {}).get("name")
            if reference and not objects.named("TriggerAuthentication", reference):
                found.append(f"{name}: no TriggerAuthentication {reference}")
            if not _counts_what_is_in_flight(trigger["type"], metadata):
                found.append(f"{name}: {trigger.get('name')} does not count work in flight: busy workers would be taken away")
        names = {trigger.get("name") for trigger in spec["triggers"]}
        formula = spec.get("advanced", {}).get("scalingModifiers", {}).get("formula", "")
        if {word.strip() for word in formula.split("+")} != names:
            found.append(f"{name}: its formula is not the sum of its triggers")
    return found


def _counts_what_is_in_flight(kind, metadata):
    if kind == "rabbitmq":
        return metadata.get("protocol") == "http" and metadata.get("excludeUnacknowledged", "false") == "false"
    return metadata.get("scaleOnInFlight", "true") == "true"
