"""Alert rules and dashboard, by Prometheus itself on the metrics of real processes."""
import json
import pathlib
import re
import shutil
import subprocess
import urllib.parse

import pytest
import service
import yaml

import api
import server as sluice
from server import MEDIA, until

MONITORING = pathlib.Path(__file__).parents[2] / "deploy/monitoring"


def promtool(*arguments, cwd=MONITORING):
    done = subprocess.run(["promtool", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_rules_are_rules():
    code, said = promtool("check", "rules", "--lint-fatal", "alerts.yaml")
    assert code == 0, said


def test_the_alarms_come_when_they_should():
    code, said = promtool("test", "rules", "alerts_test.yaml")
    assert code == 0, said


def test_every_alarm_is_seen_to_come():
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
    tests = yaml.safe_load((MONITORING / "alerts_test.yaml").read_text())["tests"]
    came = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one.get("exp_alerts")}
    assert came == {rule["alert"] for rule in rules}
    # And the handbook says what to do.
    handbook = (MONITORING.parents[1] / "docs/operations.md").read_text()
    assert not [name for name in came if name not in handbook]


@pytest.mark.parametrize("right, wrong", [("> 0.01", "> 0.5"), ("for: 5m", "for: 5h"), ('lane="dead"', 'lane="daed"')])
def test_a_planted_mistake_in_a_rule_is_found(tmp_path, right, wrong):
    shutil.copytree(MONITORING, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "alerts.yaml").read_text()
    assert right in text
    (tmp_path / "alerts.yaml").write_text(text.replace(right, wrong))
    code, said = promtool("test", "rules", "alerts_test.yaml", cwd=tmp_path)
    assert code != 0, said


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """Prometheus, scraping a process that has done everything once."""
    folder = tmp_path_factory.mktemp("monitoring")
    status_port = service.free_ports(2)
    server = sluice.Server(folder / "sluice", "--status-listen", f"127.0.0.1:{status_port}").start()
    client = api.Client.signed_up(server)
    client.completed(client.upload(MEDIA / "car-detection.mp4"))
    (folder / "prometheus.yaml").write_text(yaml.safe_dump({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(MONITORING / "alerts.yaml")],
        "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{status_port}"]}]}
                           for job in ("sluice-api", "sluice-worker")]}))
    log = (folder / "prometheus.log").open("wb")
    process = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address=127.0.0.1:{status_port + 1}"], stdout=log, stderr=log)
    made = Prometheus(f"http://127.0.0.1:{status_port + 1}", client)
    try:
        until(lambda: len(made.query("sluice_backlog_tasks")) == 8, "Prometheus to have scraped", seconds=30, pause=0.2)
        # Rates need something to have changed between two scrapes.
        client.completed(client.upload(MEDIA / "car-detection.mp4"))
        until(lambda: made.query("sum(rate(sluice_encoded_media_seconds_total[1m])) > 0"), "a rate", seconds=30, pause=0.2)
        yield made
    finally:
        process.terminate()
        process.wait(20)
        server.stop()


class Prometheus:
    def __init__(self, base, client):
        self.base, self.client = base, client

    def query(self, expression):
        try:
            reply = api.fetch(f"{self.base}/api/v1/query?query={urllib.parse.quote(expression)}")
        except OSError:
            return []
        if reply.status == 503:
            return []
        answer = reply.json()
        assert answer["status"] == "success", (expression, answer)
        return answer["data"]["result"]


def panels():
    return [panel for panel in json.loads((MONITORING / "dashboard.json").read_text())["panels"] if panel["type"] != "row"]


def test_every_panel_shows_something_real(prometheus):
    empty = []
    for panel in panels():
        for target in panel["targets"]:
            if not prometheus.query(target["expr"].replace("$__rate_interval", "1m")):
                empty.append((panel["title"], target["expr"]))
    assert len(panels()) >= 15 and not empty


def test_every_series_of_an_alarm_is_real(prometheus):
    """Each selector by itself; of values that only trouble brings (a 5xx, a failed task) the metric and the label."""
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
    for rule in rules:
        for name, labels in re.findall(r"\b((?:sluice|up)\w*)(\{[^}]*\})?", rule["expr"]):
            selector = re.sub(r'(status|outcome)=~?"[^"]*"', r'\1!=""', labels)
            assert prometheus.query(name + selector), (rule["alert"], name + selector)


def test_nothing_is_alarming_about_a_process_that_is_well(prometheus):
    groups = api.fetch(prometheus.base + "/api/v1/rules").json()["data"]["groups"]
    assert {rule["state"] for group in groups for rule in group["rules"]} == {"inactive"}
    assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}


def test_metrics_are_answered_where_they_are_asked_for_alone(prometheus):
    assert api.fetch(prometheus.client.server.base + "/metrics").status == 404
