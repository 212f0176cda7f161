#!/usr/bin/python3
"""An HTTP proxy in front of a server that does to its answers what networks and busy servers do.

As a service it stands on a port of its own; where it leads and what goes wrong is set from outside:

    PUT /-/faults {"target": "127.0.0.1:7480", "fault": "status", "status": 503, "code": "SlowDown", "count": 3}
    GET /-/counts → {"requests": …, "faults": …, "answer_bytes": …}, and counts anew

fault   what happens
none    everything passes (the default)
status  the request is read and answered with `status` and an S3 error named `code`
drop    the request is read and the connection closed
lost    the server gets the request, its answer is thrown away and the connection closed
cut     the connection is closed after `bytes` bytes of the answer's body
slow    the answer's body passes at `bytes_per_second`
hang    the request is read and never answered

It happens to requests whose method is in `methods` and whose target holds `path` (both: all, by default); of these to
every `every`-th (1), or each with `probability`, and no more than `count` times (without end).
"""
import http.client
import http.server
import json
import pathlib
import random
import signal
import socket
import struct
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service import Process, Service, answers, free_ports, until  # noqa: E402

BLOCK = 16384
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Faults:
    """What is to go wrong, and what has been seen. Thread-safe."""

    def __init__(self):
        self.lock = threading.Lock()
        self.random = random.Random(1)
        self.target = None
        self.rule = {"fault": "none"}
        self.matched = self.done = 0
        self.reset_counts()

    def reset_counts(self):
        self.counts = {"requests": 0, "faults": 0, "answer_bytes": 0}

    def set(self, rule):
        with self.lock:
            self.target = rule.pop("target", self.target)
            self.rule = {"fault": "none", **rule}
            self.matched = self.done = 0

    def take_counts(self):
        with self.lock:
            counts = dict(self.counts)
            self.reset_counts()
            return counts

    def add_bytes(self, count):
        with self.lock:
            self.counts["answer_bytes"] += count

    def next(self, method, target):
        """The rule if this request is one that it happens to, else none."""
        with self.lock:
            self.counts["requests"] += 1
            rule = self.rule
            if rule["fault"] == "none" or self.done >= rule.get("count", float("inf")):
                return {"fault": "none"}
            if method not in rule.get("methods", [method]) or rule.get("path", "") not in target:
                return {"fault": "none"}
            self.matched += 1
            hit = self.random.random() < rule["probability"] if "probability" in rule else \
                self.matched % rule.get("every", 1) == 0
            if not hit:
                return {"fault": "none"}
            self.done += 1
            self.counts["faults"] += 1
            return rule


class Relay(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    upstream = None

    def relay(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith("/-/"):
            return self.control(body)
        rule = self.server.faults.next(self.command, self.path)
        fault = rule["fault"]
        if fault == "status":
            return self.answer(rule.get("status", 503), [("Content-Type", "application/xml")],
                               f"<Error><Code>{rule.get('code', '')}</Code></Error>".encode())
        if fault == "drop":
            return self.close()
        if fault == "hang":
            self.connection.recv(1)  # until the client gives up
            return self.close()
        try:
            status, headers, answer = self.forward(body)
        except (OSError, http.client.HTTPException):
            self.upstream = None
            return self.close()  # as it would be without us
        if fault == "lost":
            return self.close()
        if fault in ("cut", "slow"):
            return self.answer_badly(rule, status, headers, answer)
        self.answer(status, headers, answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = relay

    def forward(self, body):
        if self.upstream is None:
            host, port = self.server.faults.target.rsplit(":", 1)
            self.upstream = http.client.HTTPConnection(host, int(port), timeout=60)
            self.upstream.connect()
            self.upstream.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "expect"):
                self.upstream.putheader(name, value)
        self.upstream.endheaders(body or None)
        response = self.upstream.getresponse()
        return response.status, response.getheaders(), response.read()

    def head(self, status, headers, length):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        announced = dict((name.lower(), value) for name, value in headers).get("content-length")
        if status not in (204, 304):
            self.send_header("Content-Length", announced if self.command == "HEAD" and announced else str(length))

    def answer(self, status, headers, body):
        self.head(status, headers, len(body))
        if self.command != "HEAD":
            self._headers_buffer.append(b"\r\n")
            self._headers_buffer.append(body)
            self.flush_headers()
            self.server.faults.add_bytes(len(body))
        else:
            self.end_headers()

    def answer_badly(self, rule, status, headers, body):
        self.head(status, headers, len(body))
        self.end_headers()
        if rule["fault"] == "cut":
            self.wfile.write(body[:rule.get("bytes", 0)])
            return self.close()
        pause = 0.02
        step = max(1, int(rule["bytes_per_second"] * pause))
        for at in range(0, len(body), step):
            self.wfile.write(body[at:at + step])
            time.sleep(pause)
        self.server.faults.add_bytes(len(body))

    def close(self):
        """Unread data and this option make it a reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def control(self, body):
        if self.command == "PUT" and self.path == "/-/faults":
            self.server.faults.set(json.loads(body))
            return self.answer(204, [], b"")
        if self.path == "/-/counts":
            return self.answer(200, [], json.dumps(self.server.faults.take_counts()).encode())
        return self.answer(404, [], b"")

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass  # the client went away

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port):
        self.faults = Faults()
        super().__init__(("127.0.0.1", port), Relay)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class FaultProxy(Service):
    """`target`: "HOST:PORT"; set later where it isn't known yet."""
    name = "fault_proxy"

    def __init__(self, folder, target=None):
        super().__init__(folder)
        self.port = free_ports(1)
        self.target = target
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def environment(self):
        return {"SLUICE_TEST_FAULT_PROXY": self.url}

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = Process(["/usr/bin/python3", __file__, self.port], self.folder / "proxy.log")
        until(lambda: answers(self.port), "the proxy to listen")
        if self.target:
            self.set_faults(target=self.target)

    def set_faults(self, **rule):
        """`set_faults()` ends them."""
        request = urllib.request.Request(f"{self.url}/-/faults", json.dumps(rule).encode(), method="PUT")
        urllib.request.urlopen(request, timeout=10).close()

    def take_counts(self):
        with urllib.request.urlopen(f"{self.url}/-/counts", timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        if self.process:
            self.process.kill()

    kill = stop


SERVICE = FaultProxy

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Server(int(sys.argv[1])).serve_forever()
