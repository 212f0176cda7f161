"""Known colours at known places, from sources that are made here: what is seen is what was filmed.

FFmpeg makes the sources and decodes what came out, by the tags that it carries: so a tag that lies is a wrong colour.
"""
import json
import pathlib
import struct
import subprocess

import pytest

import server as sluice
from server import MEDIA

RED, GREEN, BLUE, WHITE = (200, 40, 40), (40, 180, 60), (40, 60, 200), (235, 235, 235)
QUADRANTS = [[RED, GREEN], [BLUE, WHITE]]


def ffmpeg(*arguments):
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def hexadecimal(colour):
    return "0x" + "".join(f"{part:02x}" for part in colour)


def quadrants(width, height):
    """A filter graph's source: four colours, 5 pictures."""
    cell = f"s={width // 2}x{height // 2}:r=25:d=0.2,format=gbrp"
    cells = ";".join(f"color={hexadecimal(colour)}:{cell}[c{i}]" for i, colour in enumerate(sum(QUADRANTS, [])))
    return f"{cells};[c0][c1]hstack[t];[c2][c3]hstack[b];[t][b]vstack"


def in_pieces(raw, size):
    assert len(raw) % size == 0
    return [raw[at:at + size] for at in range(0, len(raw), size)]


def lumas(*source, size=320 * 240):
    """Y' of every picture, as it is stored."""
    return in_pieces(ffmpeg(*source, "-fps_mode", "passthrough", "-vf", "format=yuv420p,extractplanes=y", "-f", "rawvideo", "-"), size)


class Shown:
    """The top rendition of what Sluice makes of a source."""

    def __init__(self, source):
        self.folder = pathlib.Path(source).parent / (pathlib.Path(source).stem + "-out")
        self.report = sluice.run("transcode", source, self.folder, timeout=120)
        assert self.report.returncode == 0, self.report.stderr
        names = [path.name for path in self.folder.iterdir() if (path / "init.mp4").exists() and path.name[0].isdigit()]
        top = max(names, key=lambda name: int(name.rstrip("p")))
        self.playlist = self.folder / top / "playlist.m3u8"
        facts = json.loads(subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "v", "-show_streams", "-of", "json", self.playlist],
            capture_output=True, check=True).stdout)["streams"][0]
        self.width, self.height = facts["width"], facts["height"]
        self.tags = tuple(facts.get(name) for name in ("color_primaries", "color_transfer", "color_space", "color_range"))
        assert facts["pix_fmt"] == "yuv420p"

    def pictures(self):
        return in_pieces(ffmpeg("-i", self.playlist, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"), self.width * self.height * 3)

    def lumas(self):
        return lumas("-i", self.playlist, size=self.width * self.height)

    def colour(self, across, down, picture=0):
        """Of the pixel at these shares of width and height."""
        at = (int(self.height * down) * self.width + int(self.width * across)) * 3
        return tuple(self.pictures()[picture][at:at + 3])

    def quadrants(self):
        return [[self.colour(x, y) for x in (0.25, 0.75)] for y in (0.25, 0.75)]


def far_apart(one, other):
    return max(abs(a - b) for a, b in zip(one, other))


def assert_quadrants(shown, expected=None, tolerance=6):
    seen = shown.quadrants()
    for row, wanted_row in zip(seen, expected or QUADRANTS):
        for colour, wanted in zip(row, wanted_row):
            assert far_apart(colour, wanted) <= tolerance, f"{seen}, tags {shown.tags}"


# name: size, how RGB becomes the source's picture, what the encoder says of it
CONVERSIONS = {
    "hd_709": ((1280, 720), "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
               "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"),
    "hd_untagged": ((1280, 720), "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", ""),
    "hd_601_full": ((1280, 720), "scale=out_color_matrix=bt601:out_range=pc,format=yuv420p",
                    "-colorspace smpte170m -color_primaries bt709 -color_trc bt709 -color_range pc"),
    "hd_601": ((1280, 720), "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p",
               "-colorspace bt470bg -color_primaries bt709 -color_trc bt709 -color_range tv"),
    "hd_444_full": ((1280, 720), "scale=out_color_matrix=bt709:out_range=pc,format=yuvj444p",
                    "-colorspace bt709 -color_primaries bt709 -color_trc bt709"),
    "hd_422_10bit": ((1280, 720), "scale=out_color_matrix=bt709:out_range=tv,format=yuv422p10",
                     "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"),
    "sd_601": ((640, 480), "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p",
               "-colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m -color_range tv"),
    "sd_709": ((640, 480), "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
               "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"),
    "sd_601_full": ((640, 480), "scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p", "-colorspace smpte170m"),
    "sd_untagged": ((320, 240), "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p", ""),
    "sd_240m": ((320, 240), "scale=out_color_matrix=smpte240m:out_range=tv,format=yuv420p",
                "-colorspace smpte240m -color_primaries bt709 -color_trc bt709 -color_range tv"),
    "rgb_444": ((320, 240), "format=gbrp", "-colorspace rgb -color_range pc"),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_colours_stay_what_they_were(tmp_path, name):
    (width, height), conversion, tags = CONVERSIONS[name]
    source = tmp_path / "source.mkv"
    encoder = "libx264rgb" if name.startswith("rgb") else "libx264"
    ffmpeg("-filter_complex", f"{quadrants(width, height)},{conversion}", "-c:v", encoder, "-qp", 0, *tags.split(), source)
    shown = Shown(source)
    assert (shown.width, shown.height) == (width, height)
    assert_quadrants(shown)
    assert shown.tags[3] == "tv"
    # What players guess that don't read tags, they guess from the size.
    if name.startswith("hd"):
        assert shown.tags[:3] == ("bt709",) * 3


def test_wide_gamut_is_brought_to_bt709(tmp_path):
    """BT.2020 without HDR: zscale, which Sluice does not use, makes the source."""
    source = tmp_path / "source.mkv"
    ffmpeg("-filter_complex",
           f"{quadrants(320, 240)},zscale=rin=full:r=limited:pin=709:p=2020:tin=709:t=709:m=2020_ncl,format=yuv420p10",
           "-c:v", "ffv1", "-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", "bt2020-10", "-color_range", "tv",
           source)
    shown = Shown(source)
    assert_quadrants(shown, tolerance=10)
    assert shown.tags == ("bt709", "bt709", "bt709", "tv")


def test_palettes_and_transparency_are_shown_over_black(tmp_path):
    gif = tmp_path / "source.gif"
    ffmpeg("-filter_complex", f"{quadrants(320, 240)},split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none", gif)
    assert_quadrants(Shown(gif), tolerance=12)

    # The right half is half transparent.
    mov = tmp_path / "alpha.mov"
    ffmpeg("-filter_complex", f"{quadrants(320, 240)},format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(gt(X,159),128,255)'",
           "-c:v", "qtrle", mov)
    halved = [[RED, tuple(part // 2 for part in GREEN)], [BLUE, tuple(part // 2 for part in WHITE)]]
    assert_quadrants(Shown(mov), halved, tolerance=10)


# ISO/IEC 14496-12, 8.3.2: what is stored at (x, y) is shown at (ax + cy, bx + dy), moved so that it begins at 0.
ORIENTATIONS = {"upright": (1, 0, 0, 1), "quarter": (0, 1, -1, 0), "half": (-1, 0, 0, -1), "three_quarters": (0, -1, 1, 0),
                "flipped": (-1, 0, 0, 1), "flipped_down": (1, 0, 0, -1), "transposed": (0, 1, 1, 0), "transversed": (0, -1, -1, 0)}


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_every_orientation_is_shown_upright(tmp_path, name):
    a, b, c, d = ORIENTATIONS[name]
    source = tmp_path / "source.mp4"
    ffmpeg("-filter_complex", f"{quadrants(400, 240)},format=yuv420p", "-c:v", "libx264", "-qp", 4, source)
    stored = bytearray(source.read_bytes())
    at = stored.index(b"tkhd") + 4 + 40
    assert struct.unpack(">9i", stored[at:at + 36])[0] == 1 << 16
    stored[at:at + 36] = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    source.write_bytes(stored)

    expected = [[None, None], [None, None]]
    for y in (0, 1):
        for x in (0, 1):
            # Around the centre, so that no move is needed.
            across, down = a * (2 * x - 1) + c * (2 * y - 1), b * (2 * x - 1) + d * (2 * y - 1)
            expected[(down + 1) // 2][(across + 1) // 2] = QUADRANTS[y][x]
    shown = Shown(source)
    assert (shown.width, shown.height) == ((400, 240) if a != 0 else (240, 400))
    assert_quadrants(shown, expected, tolerance=8)


def pq(nits):
    power = (nits / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def hlg(nits):
    """Of a grey: BT.2100's OETF behind the inverse OOTF of a screen of 1000 nits."""
    scene = (nits / 1000) ** (1 / 1.2)
    import math
    return math.sqrt(3 * scene) if scene <= 1 / 12 else 0.17883277 * math.log(12 * scene - 0.28466892) + 0.55991073


GREYS = (0, 5, 26, 60, 100, 203, 400, 1000)


def grey_bars(path, curve, transfer):
    """Bars of these nits, 40 pixels wide each, in 10 bits of limited range."""
    width, height = 40 * len(GREYS), 240
    line = b"".join(struct.pack("<H", round(64 + 876 * min(curve(nits), 1))) * 40 for nits in GREYS)
    picture = line * height + struct.pack("<H", 512) * (width // 2 * height // 2 * 2)
    raw = path.with_suffix(".raw")
    raw.write_bytes(picture * 5)
    ffmpeg("-f", "rawvideo", "-pix_fmt", "yuv420p10le", "-s", f"{width}x{height}", "-r", 25, "-i", raw, "-c:v", "ffv1",
           "-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", transfer, "-color_range", "tv", path)


@pytest.fixture(scope="module")
def hdr(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hdr")
    grey_bars(folder / "pq.mkv", pq, "smpte2084")
    grey_bars(folder / "hlg.mkv", hlg, "arib-std-b67")
    return {name: Shown(folder / f"{name}.mkv") for name in ("pq", "hlg")}


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_hdr_is_neither_grey_nor_burnt_out(hdr, kind):
    shown = hdr[kind]
    assert shown.tags == ("bt709", "bt709", "bt709", "tv")
    bars = [shown.colour((i + 0.5) / len(GREYS), 0.5) for i in range(len(GREYS))]
    for red, green, blue in bars:
        assert max(red, green, blue) - min(red, green, blue) <= 3, "grey stays grey"
    level = dict(zip(GREYS, (bar[1] for bar in bars)))
    assert list(level.values()) == sorted(level.values()) and len(set(level.values())) == len(GREYS)
    assert level[0] <= 1, "black is black"
    assert 83 <= level[26] <= 100, "18 % grey of a white of 203 nits is in the middle"
    assert 122 <= level[60] <= 145, "skin keeps its light"
    assert 208 <= level[203] <= 232, "diffuse white is white, with room above it"
    assert level[400] <= 251 and level[1000] >= 252, "highlights end where the screen does, not before"


def test_the_same_light_looks_the_same_in_hlg_and_pq(hdr):
    for i in range(len(GREYS)):
        at = (i + 0.5) / len(GREYS)
        assert far_apart(hdr["pq"].colour(at, 0.5), hdr["hlg"].colour(at, 0.5)) <= 3, GREYS[i]


def test_a_real_hdr_clip_has_its_colours(tmp_path):
    """Sky over London, PQ: blue where it is blue, no clouds burnt out, dark where it is dark."""
    source = tmp_path / "source.mkv"
    ffmpeg("-ss", 2, "-i", MEDIA / "hdr10_av1_portrait.mp4", "-t", 0.2, "-vf", "scale=360:640", "-an", "-c:v", "ffv1", source)
    shown = Shown(source)
    red, green, blue = shown.colour(0.61, 0.092)
    assert blue > green > red and blue - red > 60 and blue < 250, (red, green, blue)
    luma = shown.lumas()[0]
    assert sum(value >= 234 for value in luma) < 0.005 * len(luma), "burnt out"
    assert max(luma) > 215 and min(luma) < 35, "grey"


# Upright edges that move by four pixels a field: what a comb is made of.
MOVING = "color=0x404040:s=320x240:r=50:d=1[b];color=0xd0d0d0:s=60x120:r=50:d=1[w];[b][w]overlay=x=4*n:y=60"


def make_interlaced(path, order, encoder):
    ffmpeg("-f", "lavfi", "-i", MOVING,
           "-vf", f"tinterlace=mode={'interleave_top' if order == 'tff' else 'interleave_bottom'},setfield={order},format=yuv420p",
           *encoder, "-flags", "+ildct+ilme", "-top", 1 if order == "tff" else 0, path)


INTERLACED = {
    "mpeg2_tff.mpg": ("tff", ("-c:v", "mpeg2video", "-q:v", 2)),
    "mpeg2_bff.ts": ("bff", ("-c:v", "mpeg2video", "-q:v", 2)),
    "h264_tff.mp4": ("tff", ("-c:v", "libx264", "-crf", 8, "-x264-params", "tff=1")),
}


def difference(one, other):
    """Of one pixel, in the mean."""
    return sum(abs(a - b) for a, b in zip(one[::3], other[::3])) / (len(one) / 3)


@pytest.mark.parametrize("name", INTERLACED)
def test_interlaced_pictures_become_whole_ones(tmp_path, name):
    order, encoder = INTERLACED[name]
    source = tmp_path / name
    make_interlaced(source, order, encoder)
    assert json.loads(sluice.run("probe", source).stdout)["source"]["video"]["interlaced"]
    pictures = Shown(source).lumas()
    filmed = lumas("-f", "lavfi", "-i", MOVING)
    woven = lumas("-i", source)
    assert len(pictures) == len(filmed) // 2 == 25
    # Each shows the moment of its first field: nearer to it than to the moment of its second one.
    for number in range(2, 24, 7):
        near = difference(pictures[number], filmed[2 * number])
        assert near < difference(pictures[number], filmed[2 * number + 1])
        assert near < 0.4 * difference(woven[number], filmed[2 * number]), "the comb is gone"


def test_film_that_is_flagged_as_interlaced_stays_sharp(tmp_path):
    source = tmp_path / "film.ts"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1", "-vf", "setfield=tff,format=yuv420p", "-c:v", "mpeg2video", "-q:v", 2,
           "-flags", "+ildct+ilme", "-top", 1, source)
    pictures, film = Shown(source).lumas(), lumas("-i", source)
    for number in range(2, 24, 7):
        assert difference(pictures[number], film[number]) < 2, number
