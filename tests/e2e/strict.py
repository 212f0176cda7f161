"""Strict reading of manifests and segments: each function returns what is wrong, in words, and nothing when all is well.

Players forgive most of these faults, each of them others; so none of them is the judge here.
"""
import json
import math
import re
import struct
import subprocess
import urllib.parse
import xml.etree.ElementTree

import fmp4
from server import ROOT

PLAYLIST_READER = ROOT / "tests/players/read_playlists.mjs"
MPD = "{urn:mpeg:dash:schema:mpd:2011}"


def playlist_faults(texts):
    """Of {name: text}, by a reader that is not ours."""
    result = subprocess.run(["node", PLAYLIST_READER], input=json.dumps(texts), capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, f"has tests/services/install been run? {result.stderr[-2000:]}"
    return [f"{name}: {fault}" for name, fault in json.loads(result.stdout).items()]


def segment_faults(durations, init_bytes, pieces):
    """Of one track: `durations` as its playlist has them, and the bytes it names."""
    try:
        init = fmp4.read_init(init_bytes)
        segments = [fmp4.read_segment(piece, init) for piece in pieces]
    except (AssertionError, struct.error, IndexError, StopIteration) as error:
        return [f"boxes: {error}"]
    faults = []
    at = segments[0].decode_time
    for number, (segment, listed) in enumerate(zip(segments, durations)):
        if segment.decode_time != at:
            faults.append(f"segment {number}: tfdt is {segment.decode_time}, the durations before it are {at}")
        if abs(segment.duration / init.timescale - listed) > 1e-6:
            faults.append(f"segment {number}: lasts {segment.duration / init.timescale} s, EXTINF says {listed}")
        if init.handler == "vide" and fmp4.slice_types(segment.samples[0]) == []:
            faults.append(f"segment {number}: no picture first")
        at += segment.duration
    if len(segments) != len(durations):
        faults.append(f"{len(segments)} segments, {len(durations)} in the playlist")
    return faults


def iframe_faults(track, iframes):
    """Of the I-frame playlist beside the track's own: [(duration, byte range, url)]."""
    faults = []
    if [url for _, _, url in iframes] != [url for _, url in track.playlist.segments]:
        faults.append("not the same segments as in the playlist")
    for (listed, _), (duration, span, url), piece, segment in zip(
            track.playlist.segments, iframes, track.segment_bytes, track.segments):
        size, start = (int(number) for number in span.split("@"))
        first = segment.samples[0]
        if duration != listed:
            faults.append(f"{url}: {duration} s until the next one, the segment lasts {listed}")
        if start != 0 or piece[:size] != piece[:piece.index(first.data) + len(first.data)]:
            faults.append(f"{url}: bytes {span} are not the segment up to the end of its first picture")
        if not first.is_sync or 5 not in fmp4.slice_types(first):
            faults.append(f"{url}: the first picture is no IDR")
    return faults


def codec_of(init):
    """RFC 6381, from the sample entry."""
    if init.handler == "vide":
        return "avc1.%02x%02x%02x" % tuple(init.codec_box[1:4])
    # AudioSpecificConfig stands behind the descriptor's tag and length.
    config = init.codec_box.index(b"\x05", 4 + 5 + 15)
    return f"mp4a.40.{init.codec_box[config + 2] >> 3}"


def seconds_of(duration):
    return float(re.fullmatch(r"PT([0-9.]+)S", duration)[1])


REQUIRED = {
    "MPD": "profiles type minBufferTime mediaPresentationDuration",
    "AdaptationSet": "id contentType mimeType segmentAlignment startWithSAP",
    "AdaptationSet video": "par maxWidth maxHeight",
    "SegmentTemplate": "timescale initialization media startNumber",
    "Representation": "id bandwidth codecs",
    "Representation video": "width height sar",
    "Representation audio": "audioSamplingRate",
}


def missing(element, *kinds):
    return [f"{kind}: no @{name}" for kind in kinds for name in REQUIRED.get(kind, "").split() if name not in element.attrib]


def timeline_of(template):
    """[(time, duration)] of all segments, in ticks."""
    segments, at = [], 0
    for run in template.find(MPD + "SegmentTimeline"):
        at = int(run.get("t", at))
        for _ in range(int(run.get("r", 0)) + 1):
            segments.append((at, int(run.get("d"))))
            at += segments[-1][1]
    return segments


def in_template(text, representation, number=None):
    values = {"$$": "$", "$RepresentationID$": representation}
    if number is not None:
        values["$Number%05d$"] = f"{number:05}"
    return re.sub(r"\$[^$]*\$", lambda found: values.get(found[0], found[0]), text)


def representation_faults(element, content_type, template, base, track):
    name = element.get("id")
    faults = missing(element, "Representation", "Representation " + content_type)
    timescale = int(template.get("timescale", 1))
    timeline = timeline_of(template)
    first = int(template.get("startNumber", 1))
    urls = [urllib.parse.urljoin(base, in_template(template.get("media", ""), name, first + i)) for i in range(len(timeline))]
    if urls != [url for _, url in track.playlist.segments]:
        faults.append("its segments are not those of the playlist")
    if urllib.parse.urljoin(base, in_template(template.get("initialization", ""), name)) != track.playlist.init:
        faults.append("its init segment is not that of the playlist")
    if timescale != track.init.timescale:
        faults.append(f"timescale {timescale}, stored {track.init.timescale}")
    stored = [(segment.decode_time, segment.duration) for segment in track.segments]
    if timeline != stored:
        faults.append(f"timeline {timeline[:3]}… of {len(timeline)}, stored {stored[:3]}… of {len(stored)}")
    if element.get("codecs") != codec_of(track.init):
        faults.append(f"codecs {element.get('codecs')}, stored {codec_of(track.init)}")
    # RFC 8216: a segment counts alone from half the target duration on.
    shortest = int(track.playlist.tags["#EXT-X-TARGETDURATION"]) / 2
    whole = [8 * len(data) / track.seconds(segment.duration)
             for data, segment in zip(track.segment_bytes, track.segments) if track.seconds(segment.duration) >= shortest]
    if int(element.get("bandwidth", 0)) < max(whole, default=0) - 1:
        faults.append(f"bandwidth {element.get('bandwidth')}, a segment has {max(whole):.0f} b/s")
    if content_type == "audio" and element.find(MPD + "AudioChannelConfiguration") is None:
        faults.append("no AudioChannelConfiguration")
    return [f"{name}: {fault}" for fault in faults]


def text_faults(adaptation):
    """Of a set of subtitles: a whole WebVTT file."""
    representations = adaptation.findall(MPD + "Representation")
    if adaptation.get("mimeType") != "text/vtt" or len(representations) != 1 or adaptation.find(MPD + "Role") is None:
        return ["a set of text that is not one file with a role"]
    if not representations[0].get("bandwidth") or not representations[0].findtext(MPD + "BaseURL"):
        return ["text without its file"]
    return []


def end_of(tracks):
    """The picture's; the sound's where it goes on."""
    ends = {}
    for track in tracks:
        last = track.segments[-1]
        end = track.seconds(last.decode_time + last.duration)
        ends[track.init.handler] = max(ends.get(track.init.handler, 0), end)
    picture, sound = ends.get("vide", 0), ends.get("soun", 0)
    return sound if sound > picture + 0.1 else picture


def mpd_faults(text, url, tracks):
    """Of a static MPD at `url` that shall name just the stored `tracks` (stream.Track), by the ways of its own kind."""
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as error:
        return [f"XML: {error}"]
    if root.tag != MPD + "MPD":
        return [f"the root is {root.tag}"]
    faults = missing(root, "MPD")
    if root.get("type") != "static":
        faults.append(f"type {root.get('type')}")
    periods = root.findall(MPD + "Period")
    if len(periods) != 1:
        return faults + [f"{len(periods)} periods"]
    base = urllib.parse.urljoin(url, root.findtext(MPD + "BaseURL", ""))
    known = {track.name: track for track in tracks}
    named = []
    for adaptation in periods[0].findall(MPD + "AdaptationSet"):
        kind = adaptation.get("contentType", "")
        if kind == "text":
            faults += text_faults(adaptation)
            continue
        faults += missing(adaptation, "AdaptationSet", "AdaptationSet " + kind)
        if adaptation.get("segmentAlignment") != "true" or adaptation.get("startWithSAP") != "1":
            faults.append(f"a set of {kind} that can't be switched in")
        if adaptation.get("mimeType") != kind + "/mp4" or adaptation.find(MPD + "Role") is None:
            faults.append(f"a set of {kind} without its type or role")
        template = adaptation.find(MPD + "SegmentTemplate")
        if template is None or template.find(MPD + "SegmentTimeline") is None:
            faults.append(f"a set of {kind} without a timeline")
            continue
        faults += missing(template, "SegmentTemplate")
        for element in adaptation.findall(MPD + "Representation"):
            named.append(element.get("id"))
            if element.get("id") in known:
                faults += representation_faults(element, kind, template, base, known[element.get("id")])
    if sorted(map(str, named)) != sorted(known):
        faults.append(f"names {named}, stored {sorted(known)}")
    if not faults:
        end = end_of(tracks)
        if not math.isclose(seconds_of(root.get("mediaPresentationDuration")), end, abs_tol=2e-6):
            faults.append(f"lasts {root.get('mediaPresentationDuration')}, stored {end} s")
    return faults


def stream_faults(stream):
    """Of everything that a stream.Stream holds."""
    tracks = stream.video_tracks + stream.audio_tracks
    texts = {"master": stream.master.text} | {track.name: track.playlist.text for track in tracks}
    texts |= {f"{name}/iframes": text for name, (text, _) in stream.iframes.items()}
    faults = playlist_faults(texts)
    for track in tracks:
        durations = [duration for duration, _ in track.playlist.segments]
        found = segment_faults(durations, track.init_bytes, track.segment_bytes)
        if track.name in stream.iframes:
            found += iframe_faults(track, stream.iframes[track.name][1])
        faults += [f"{track.name}: {fault}" for fault in found]
    return faults + mpd_faults(stream.mpd, stream.dash, tracks)
