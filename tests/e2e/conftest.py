"""Servers and users for the tests."""
import shutil

import pytest

import api
import server as sluice


@pytest.fixture(scope="session", autouse=True)
def binary():
    assert sluice.BINARY.exists(), f"{sluice.BINARY} is missing: run script/build"


class Servers:
    """Starts servers for one scope, and ends them with it."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def __call__(self, *flags, start=True):
        server = sluice.Server(self.folder / f"server-{len(self.started)}", *flags)
        self.started.append(server)
        return server.start() if start else server

    def end(self):
        for server in self.started:
            server.stop()
            shutil.rmtree(server.data, ignore_errors=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that most tests share: nothing but defaults."""
    servers = Servers(tmp_path_factory.mktemp("shared"))
    yield servers()
    servers.end()


@pytest.fixture
def servers(tmp_path):
    """Starts servers of a test's own: `servers("--playback-ttl", "1s")`."""
    servers = Servers(tmp_path)
    yield servers
    servers.end()


@pytest.fixture
def anyone(server):
    """Somebody who is not signed in."""
    return api.Client(server)


@pytest.fixture
def client(server):
    """A new user of the shared server."""
    return api.Client.signed_up(server)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows the end of its servers' logs and where they are."""
    report = (yield).get_result()
    if not report.failed:
        return
    found = item.funcargs.get("servers")
    for server in [*(found.started if found else []), item.funcargs.get("server")]:
        if server is not None and server.log.exists():
            report.sections.append((f"end of {server.log}", server.log_text()[-4000:]))
