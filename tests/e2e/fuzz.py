#!/usr/bin/python3
"""Feeds changed media files to `sluice probe` and `sluice transcode`: `tests/e2e/fuzz.py FOLDER COUNT [SEED]`.

Every file must end within its time, with success or with a sentence. What does not is kept in the current folder, with the
seed in its name; exit status 1. For a build with sanitizers: SLUICE_BINARY=build/asan/sluice.
"""
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile

import server as sluice

SECONDS = 120


def flip_bits(data, chance):
    for _ in range(chance.choice((1, 5, 50, 500))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_bits_in_the_header(data, chance):
    head = min(len(data), 4096)
    for _ in range(chance.choice((1, 3, 10, 30))):
        data[chance.randrange(head)] ^= 1 << chance.randrange(8)


def flip_bits_at_the_end(data, chance):
    tail = min(len(data), 16384)
    for _ in range(chance.choice((1, 3, 10, 30))):
        data[len(data) - 1 - chance.randrange(tail)] ^= 1 << chance.randrange(8)


def cut_off(data, chance):
    del data[chance.randrange(1, len(data)):]


def cut_out(data, chance):
    start = chance.randrange(len(data))
    del data[start:start + chance.choice((1, 100, 10_000, 300_000))]


def repeat(data, chance):
    start = chance.randrange(len(data))
    data[start:start] = data[start:start + chance.choice((1, 188, 10_000))]


def swap(data, chance):
    size = chance.choice((4, 188, 5_000, 50_000))
    if len(data) < 2 * size:
        return
    a, b = chance.randrange(len(data) - size), chance.randrange(len(data) - size)
    data[a:a + size], data[b:b + size] = data[b:b + size], data[a:a + size]


def absurd_number(data, chance):
    """In place of four or eight bytes of the headers."""
    for _ in range(chance.choice((1, 2, 5))):
        at = chance.randrange(max(1, min(len(data), 8192) - 8))
        value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF))
        data[at:at + 4] = struct.pack(">I", value)


def absurd_box(data, chance):
    """In place of a number in a box of an MP4 that matters."""
    kinds = [kind for kind in (b"stts", b"ctts", b"stsz", b"stsc", b"stco", b"stss", b"elst", b"mdhd", b"mvhd", b"tkhd", b"tfdt",
                               b"trun", b"avcC", b"esds", b"colr", b"pasp") if kind in data]
    if not kinds:
        return absurd_number(data, chance)
    for _ in range(chance.choice((1, 2, 4))):
        at = data.index(chance.choice(kinds)) + 4 + 4 * chance.randrange(1, 12)
        data[at:at + 4] = struct.pack(">I", chance.choice((0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, chance.getrandbits(32))))


CHANGES = (flip_bits, flip_bits, flip_bits_in_the_header, flip_bits_at_the_end, cut_off, cut_out, repeat, swap, absurd_number,
           absurd_box, absurd_box)


def mutant(files, seed):
    chance = random.Random(seed)
    path = chance.choice(files)
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 2))):
        if data:
            chance.choice(CHANGES)(data, chance)
    return path, bytes(data)


def run(*arguments):
    process = subprocess.Popen([sluice.BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=sluice.environment(), start_new_session=True)
    try:
        _, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, f"still running after {SECONDS} s"
    return process.returncode, err.decode(errors="replace").strip()


def fault(path, folder):
    """What is wrong with how this file ends, or nothing; and how it ended."""
    code, err = run("probe", path)
    ending = "probed"
    if code == 0:
        code, err = run("transcode", path, folder / "out", "--threads", "2")
        ending = "transcoded"
    if code == 0:
        return None, ending
    sentence = err.splitlines()[-1].removeprefix("sluice: ") if err else ""
    if code != 1 or not re.fullmatch(r"[A-Z].{14,}\.", sentence):
        return f"status {code}: {err[-2000:]}", "fault"
    if re.search(r"ended by signal|ended with status|made no progress|^Segment|^The init segment|ends at|malformed|encoder failed|"
                 r"scaled|resampled", sentence):
        return sentence, "fault"
    return None, sentence


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    files = sorted(path for path in folder.iterdir() if path.suffix not in (".md", ".tsv") and 0 < path.stat().st_size)
    endings, faults = {}, 0
    for seed in range(first, first + count):
        path, data = mutant(files, seed)
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            changed = work / f"{seed}-{path.name}"
            changed.write_bytes(data)
            wrong, ending = fault(changed, work)
            endings[ending] = endings.get(ending, 0) + 1
            if wrong:
                faults += 1
                pathlib.Path(f"{seed}-{path.name}").write_bytes(data)
                print(f"{seed} {path.name}: {wrong}", flush=True)
    for ending, times in sorted(endings.items(), key=lambda each: -each[1]):
        print(f"{times:6} {ending}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
