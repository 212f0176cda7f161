"""The compose files are what Compose takes, and ask for what a host should give and no more."""
import pathlib
import subprocess

import pytest
import yaml

DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
FILES = ("compose.yaml", "compose.single.yaml")


def config(engine, file):
    return subprocess.run(["docker", "compose", "--file", file, "config", "--quiet"], env=engine.environment,
                          capture_output=True, text=True, check=False)


@pytest.mark.parametrize("file", FILES)
def test_compose_takes_it(engine, file):
    done = config(engine, DEPLOY / file)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("right, wrong", [("read_only: true", "read_olny: true"),
                                          ("service_healthy", "service_helthy"),
                                          ("volumes: [\"database:", "volumes: [\"datbase:")])
def test_a_planted_mistake_is_found(engine, tmp_path, right, wrong):
    text = (DEPLOY / "compose.yaml").read_text()
    assert right in text
    (tmp_path / "compose.yaml").write_text(text.replace(right, wrong))
    assert config(engine, tmp_path / "compose.yaml").returncode != 0


@pytest.mark.parametrize("file", FILES)
def test_every_container_of_ours_is_confined_and_everything_is_limited(file):
    services = yaml.safe_load((DEPLOY / file).read_text())["services"]
    for name, service in services.items():
        assert "latest" not in service["image"], name
        assert "privileged" not in service and "docker.sock" not in str(service), name
        if name != "migrate":
            assert service["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory"}, name
        if "build" in service or name == "migrate":
            assert service["read_only"] and service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name
    published = [name for name, service in services.items() if "ports" in service]
    assert published == (["edge"] if "edge" in services else ["sluice"])


def test_a_worker_is_given_more_time_to_stop_than_it_takes():
    worker = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["worker"]
    assert int(worker["stop_grace_period"].rstrip("s")) >= 25 + 10
