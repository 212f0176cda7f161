"""`run.py FOLDER [NAME…]`: every file of FOLDER/manifest.tsv (or those named) through `sluice transcode`.

One line per file; exit status 1 if anything differs from what the manifest expects.
"""
import argparse
import pathlib
import sys
import tempfile

import manifest
import outcome


def main():
    parser = argparse.ArgumentParser(prog="script/conformance", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="holds manifest.tsv and the files it names")
    parser.add_argument("names", nargs="*", help="only these files")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="leave what was made in DIR/FILE")
    options = parser.parse_args()
    if not (options.folder / "manifest.tsv").is_file():
        parser.error(f"{options.folder} has no manifest.tsv")
    entries = manifest.read(options.folder)
    unknown = set(options.names) - {entry.path.name for entry in entries}
    if unknown:
        parser.error(f"the manifest does not name {', '.join(sorted(unknown))}")

    chosen = [entry for entry in entries if not options.names or entry.path.name in options.names]
    differing = 0
    for entry in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            made = outcome.make(entry, (options.keep or pathlib.Path(scratch)) / entry.path.name)
            found = outcome.differences(made)
        differing += bool(found)
        what = "playable" if entry.playable else "refused"
        print(f"{'DIFFERS' if found else 'ok':8}{made.seconds:7.1f} s  {entry.path.name:36}{'; '.join(found) or what}", flush=True)
    print(f"{len(chosen) - differing} passed, {differing} failed")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
