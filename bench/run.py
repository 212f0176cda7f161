"""Measures Sluice: `run.py [--write] [--list] [NAME…]`."""
import argparse
import importlib
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests/e2e")]  # the server and the client of the end-to-end tests

import footage  # noqa: E402
import process  # noqa: E402
import report  # noqa: E402

BENCHMARKS = ("idle", "delivery", "engine", "memory", "chunking", "crash", "latency", "quality", "web", "interface", "catalog", "queues",
              "first_chunk", "workers", "burst")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into bench/RESULTS.md")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if options.list:
        print("\n".join(f"{name:11} {importlib.import_module(name).__doc__}" for name in BENCHMARKS))
        return
    process.adopt_orphans()
    footage.WORK.mkdir(exist_ok=True)
    results = report.Report()
    for name in options.names or BENCHMARKS:
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=footage.WORK))
        try:
            importlib.import_module(name).run(results, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if options.write:
        results.write()


if __name__ == "__main__":
    main()
