"""`sluice queue`: what an operator sees of messages that were given up."""
import contextlib
import json
import sqlite3

import api
from server import MEDIA, run, until


def spoil(server, body):
    """A message that nobody can read, as another program might put it on the queue."""
    with contextlib.closing(sqlite3.connect(server.data / "sluice.db", timeout=10)) as database, database:
        database.execute("INSERT INTO queue_messages (lane, body, deliveries, handouts, held, visible_at, published_at) "
                         "VALUES (0, ?, 0, 0, 0, 0, 0)", (body,))


def listed(server):
    done = run("queue", "list-dead", "--json", "--data", server.data)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_message_that_nobody_can_read(servers):
    server = servers()
    spoil(server, "not a message\x1b[31m")
    until(lambda: listed(server), "it to be given up", 15)
    (letter,) = listed(server)
    assert letter["body"].startswith("not a message") and letter["kind"] is None and letter["reason"]
    table = run("queue", "list-dead", "--data", server.data).stdout
    assert letter["id"] in table and "\x1b" not in table
    replay = run("queue", "replay", letter["id"], "--data", server.data)
    assert replay.returncode == 1 and "\n" not in replay.stderr.strip(), replay
    assert len(listed(server)) == 1, "it stays where it can be looked at"
    # Nobody is held up by it.
    client = api.Client.signed_up(server)
    client.completed(client.upload(MEDIA / "tiny_64x64_edit_list.mp4"))
    assert 'sluice_queue_depth{lane="dead"} 1' in api.fetch(server.base + "/metrics").body.decode()


def test_an_id_that_is_not_there(servers):
    server = servers()
    replay = run("queue", "replay", "12345", "--data", server.data)
    assert replay.returncode == 1 and replay.stderr.startswith("sluice: "), replay
    assert listed(server) == []
