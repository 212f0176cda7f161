"""An SQS server on 127.0.0.1: fauxqs from npm, with a check of signatures before it (sqs.mjs).

It keeps its messages in memory: after kill() they are gone, and so are its queues.
"""
import os
import pathlib

import service

_HERE = pathlib.Path(__file__).parent
# The same as of the S3 server: a fleet uses both with one pair.
ACCESS_KEY, SECRET_KEY, REGION = "SLUICETESTACCESSKEY0", "sluice/test+secret/key00000000000000", "us-east-1"


class Sqs(service.Service):
    name = "sqs"

    def __init__(self, folder):
        super().__init__(folder)
        self.port = service.free_ports(1)
        self.process = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def queue_url(self, queue="sluice"):
        """What --queue is set to."""
        return f"sqs://{REGION}/{queue}?endpoint={self.endpoint}"

    def start(self):
        if not (_HERE / "node_modules" / "fauxqs").exists():
            raise service.Missing("fauxqs is missing: run tests/services/install (script/test does it)")
        self.folder.mkdir(parents=True, exist_ok=True)
        node = service.need("node", "nodejs")
        environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        self.process = service.Process([node, _HERE / "sqs.mjs", self.port], self.folder / "server.log", env=environment)
        service.until(lambda: service.answers(self.port) or not self.process.alive(), "the SQS server")
        if not self.process.alive():
            raise RuntimeError((self.folder / "server.log").read_text())

    def stop(self):
        self.process.end()

    def kill(self):
        self.process.kill()

    def environment(self):
        return {"SLUICE_TEST_SQS_ENDPOINT": self.endpoint, "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}


SERVICE = Sqs
