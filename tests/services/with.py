#!/usr/bin/python3
"""`with.py SERVICE… -- COMMAND…`: starts real servers, runs the command with their addresses in its environment
(SLUICE_TEST_…), stops them, and exits as the command did. A service is a file beside this one."""
import contextlib
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import service  # noqa: E402


def main():
    split = sys.argv.index("--")
    names, command = sys.argv[1:split], sys.argv[split + 1:]
    with contextlib.ExitStack() as stack:
        # Short: paths of sockets are limited to 107 bytes.
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-", dir="/tmp")))
        folder.chmod(0o755)
        environment = dict(os.environ)
        for name in names:
            try:
                started = stack.enter_context(importlib.import_module(name).SERVICE(folder / name))
            except service.Missing as missing:
                print(f"with.py: {missing}", file=sys.stderr)
                return 1
            environment.update(started.environment())
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
