"""A receiver of webhooks as somebody would write one: it verifies every signature by itself."""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

from server import until


def verified(secrets, headers, body):
    """As the specification says: any of the signatures by any of the secrets, and not too old."""
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    given = headers["webhook-signature"].split(" ")
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if any(hmac.compare_digest(expected, signature) for signature in given):
            return True
    return False


class Receiver:
    """Answers with `status`, or what `answer(number)` says for the n-th request, from 0."""

    def __init__(self, answer=lambda number: 204):
        self.answer = answer
        self.secrets = []
        self.requests = []  # (headers, body as JSON, was its signature good?)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                number = len(receiver.requests)
                receiver.requests.append((headers, json.loads(body), verified(receiver.secrets, headers, body)))
                self.send_response(receiver.answer(number))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook?from=sluice"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def types(self):
        return [body["type"] for _, body, _ in self.requests]

    def wait(self, count, seconds=30):
        until(lambda: len(self.requests) >= count, f"{count} webhooks, not {self.types}", seconds)
        assert all(good for _, _, good in self.requests), "a signature is wrong"
        return self.requests
