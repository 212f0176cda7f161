"""The modules are what Terraform and the AWS provider's schema take, and make what matters. Mistakes are planted to see
them found. The real provider's checks of values, what IAM makes of the policies and AWS itself are not in it."""
import os
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
TERRAFORM = HERE.parents[1] / "deploy/terraform"
ENVIRONMENT = os.environ | {"TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1",
                            "TF_PROVIDER": "registry.terraform.io/hashicorp/aws"}


def run(*command, cwd):
    done = subprocess.run([*map(str, command)], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def terraform(tmp_path_factory):
    """A copy, because `init` writes into its folder; and Terraform with a provider that knows AWS's schema."""
    folder = tmp_path_factory.mktemp("terraform")
    code, said = run("node", HERE / "make_schema.mjs", folder / "schema.json", *sorted(TERRAFORM.rglob("*.tf")), cwd=HERE)
    assert code == 0, said

    class Terraform:
        copies = 0

        def copy(self):
            self.copies += 1
            return shutil.copytree(TERRAFORM, folder / f"copy-{self.copies}", ignore=shutil.ignore_patterns(".terraform*"))

        def __call__(self, root, *arguments):
            return run("node", HERE / "stub_provider.mjs", folder / "schema.json", "terraform", *arguments, "-no-color", cwd=root)

        def initialised(self):
            root = self.copy() / "example"
            code, said = self(root, "init", "-backend=false")
            assert code == 0, said
            return root

    return Terraform()


@pytest.fixture(scope="module")
def example(terraform):
    return terraform.initialised()


def test_everything_is_formatted(tmp_path):
    code, said = run("terraform", "fmt", "-check", "-recursive", "-no-color", TERRAFORM, cwd=tmp_path)
    assert code == 0, said


def test_the_example_is_valid(terraform, example):
    code, said = terraform(example, "validate")
    assert code == 0, said


def test_the_modules_make_what_matters(terraform, example):
    code, said = terraform(example, "test")
    assert code == 0 and "0 failed" in said, said
    assert sum(": run " in line or line.strip().startswith("run ") for line in said.splitlines()) >= 6, said


@pytest.mark.parametrize("file, right, wrong, word", [
    ("modules/queue/main.tf", "visibility_timeout_seconds", "visibility_timeout_secs", "visibility_timeout_secs"),
    ("modules/delivery/main.tf", "    trusted_key_groups ", "    trusted_key_group ", "trusted_key_groups"),
    ("modules/delivery/main.tf", '    viewer_protocol_policy     = "https-only"\n', "", "viewer_protocol_policy"),
    ("modules/service/main.tf", 'resource "aws_ecs_cluster" "this"', 'resource "aws_ecs_clustr" "this"', "aws_ecs_clustr"),
    ("modules/service/main.tf", "interval            = 10", 'interval            = "ten"', "number"),
    ("modules/storage/outputs.tf", "bucket_regional_domain_name", "bucket_regional_domain", "bucket_regional_domain"),
    ("modules/storage/main.tf", "block_public_policy     = true", "block_public_policies   = true", "block_public_policies"),
])
def test_a_planted_mistake_in_the_schema_is_found(terraform, file, right, wrong, word):
    root = terraform.copy()
    text = (root / file).read_text()
    assert right in text
    (root / file).write_text(text.replace(right, wrong, 1))
    terraform(root / "example", "init", "-backend=false")
    code, said = terraform(root / "example", "validate")
    assert code != 0 and word in said, said


MISTAKES = [
    ("modules/storage/main.tf", "restrict_public_buckets = true", "restrict_public_buckets = false", "made public"),
    ("modules/queue/main.tf", "maxReceiveCount     = var.max_receives", "maxReceiveCount     = 500", "five deliveries"),
    ("modules/service/scaling.tf", '"ApproximateNumberOfMessagesNotVisible"', '"ApproximateNumberOfMessagesVisible"',
     "what is in flight"),
    ("modules/service/main.tf", "stopTimeout  = 120", "stopTimeout  = 30", "before it has drained"),
    ("modules/delivery/main.tf", "https-only", "allow-all", "in the clear"),
]


def test_planted_mistakes_in_what_it_means_are_found(terraform):
    """All at once: each assertion says its own."""
    root = terraform.copy()
    for file, right, wrong, _ in MISTAKES:
        text = (root / file).read_text()
        assert right in text
        (root / file).write_text(text.replace(right, wrong))
    terraform(root / "example", "init", "-backend=false")
    code, said = terraform(root / "example", "test")
    assert code != 0
    for *_, word in MISTAKES:
        assert word in said.replace("\n", " "), (word, said)
