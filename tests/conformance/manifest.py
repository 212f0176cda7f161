"""A folder of media files with a manifest.tsv: one line per file, what is in it and what must come of it.

Columns that are read, by name; others may stand beside them:
  file, width x height (as stored; - without a picture), rotation (ffprobe's number), SAR (W:H or "not set"), field order,
  colour transfer, duration s, audio streams and subtitle streams (one per stream, " ; " between, or none), video
  codec/profile, expected outcome ("playable", or "failed …").
"""
import csv
import dataclasses
import fractions
import pathlib

BITMAP_SUBTITLES = ("hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub")
HDR_TRANSFERS = ("smpte2084", "arib-std-b67")


@dataclasses.dataclass(frozen=True)
class Entry:
    path: pathlib.Path
    playable: bool
    displayed: tuple | None   # width, height: upright, square pixels; None without a picture
    hdr: bool
    interlaced: bool
    duration: float | None    # seconds
    audio: tuple              # one text per stream, such as "aac 6ch 5.1 48000 Hz (und)"
    text: tuple


def _streams(cell):
    return () if cell in ("none", "-", "") else tuple(part.strip() for part in cell.split(";"))


def _displayed(row):
    if row["width x height"] in ("-", "") or "attached picture" in row["video codec/profile"]:
        return None
    width, height = (fractions.Fraction(side) for side in row["width x height"].split("x"))
    if ":" in row["SAR"]:
        aspect = fractions.Fraction(*map(int, row["SAR"].split(":")))
        width, height = (width * aspect, height) if aspect >= 1 else (width, height / aspect)
    if row["rotation"] not in ("-", "") and int(row["rotation"]) % 180:
        width, height = height, width
    return round(width), round(height)


def read(folder):
    """The entries of FOLDER/manifest.tsv, in its order."""
    folder = pathlib.Path(folder)
    with open(folder / "manifest.tsv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Entry(path=folder / row["file"],
                  playable=row["expected outcome"].startswith("playable"),
                  displayed=_displayed(row),
                  hdr=row["colour transfer"] in HDR_TRANSFERS,
                  interlaced="interlaced" in row["field order"],
                  duration=float(row["duration s"]) if row["duration s"] not in ("-", "") else None,
                  audio=_streams(row["audio streams"]),
                  text=tuple(one for one in _streams(row["subtitle streams"]) if not one.startswith(BITMAP_SUBTITLES)))
            for row in rows]
