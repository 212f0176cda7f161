"""From an upload to an independent player: is what plays what was uploaded?

FFmpeg's HLS demuxer is the player, FFmpeg's decode of the source the truth, and the boxes of every segment are read by
our own code (fmp4.py).
"""
import re
import struct

import pytest

import api
import fmp4
import hls
import strict
from server import MEDIA
from stream import Stream

# name: (width, height) as displayed; None for audio only
FILES = {
    "big_buck_bunny_0_30.webm": (1280, 720),
    "hevc_1080p_open_gop.mp4": (1920, 1080),
    "422_10bit_50fps_8mono.mp4": (1280, 720),
    "iphone_vertical_rot90.mov": (1080, 1920),
    "phone_rot180_vfr.mp4": (1280, 720),
    "hdr10_av1_portrait.mp4": (720, 1280),
    "rectangular_samples.mp4": (1920, 1080),
    "b_pyramid.mp4": (1138, 640),
    "one_keyframe_12s.webm": (720, 480),
    "srt_and_ass_two_languages.mkv": (1280, 720),
    "fragmented_51.mp4": (320, 180),
    "mpeg2_1080p.ts": (1920, 1080),
    "mpeg4_mp3.avi": (960, 400),
    "negative_start_pts_wrap.ts": (640, 360),
    "chapters.mp4": (1080, 720),
    "odd_161x121.webm": (160, 120),
    "tiny_64x64_edit_list.mp4": (64, 64),
    "cover_art.mp3": None,
    "pcm_mono.wav": None,
}
SILENT = {"b_pyramid.mp4", "odd_161x121.webm", "tiny_64x64_edit_list.mp4"}
LADDER = (2160, 1440, 1080, 720, 480, 360, 240)
# Another transfer curve than the source's: the pictures differ on purpose.
OTHER_COLOURS = {"hdr10_av1_portrait.mp4"}


@pytest.fixture(scope="module", params=FILES)
def stream(request, server):
    return Stream(api.Client.signed_up(server), MEDIA / request.param)


def test_every_frame_of_the_source_is_shown_at_its_time_in_every_rendition(stream):
    if not stream.has_video:
        assert FILES[stream.path.name] is None
        return
    # Source times are rounded by its container, to milliseconds in WebM.
    source = [time - stream.source_start for time in stream.source_video.times]
    for track in stream.video_tracks:
        assert track.decoded.warnings == "", track.name
        starts = [track.seconds(min(segment.presentation_times())) for segment in track.segments]
        shown = list(track.decoded.times)
        # Where a frame stays for long, a segment may start with a repeat of it.
        for start in starts:
            if not any(abs(time - start) < 0.002 for time in source):
                shown.remove(min(shown, key=lambda time: abs(time - start)))
        assert len(shown) == len(source), track.name
        worst = max(abs(a - b) for a, b in zip(shown, source))
        assert worst < 0.002, f"{track.name}: a frame is {worst * 1000:.1f} ms off"


def test_durations_agree_within_one_frame(stream):
    for track in stream.video_tracks:
        times = stream.source_video.times
        frame = max(b - a for a, b in zip(times, times[1:]))
        length = stream.source_video.end - stream.source_start
        assert abs(track.decoded.end - length) <= frame + 0.001, track.name
        listed = sum(duration for duration, _ in track.playlist.segments)
        assert abs(listed - length) <= frame + 0.001, track.name
    for track in stream.audio_tracks[:1]:
        # Where sound ends before the picture, silence follows.
        length = max(stream.source_audio.end, stream.source_video.end if stream.has_video else 0) - stream.source_start
        assert abs(track.decoded.end - length) <= 0.05, "two AAC frames and rounding"
    shown = (stream.video_tracks or stream.audio_tracks)[0].decoded.end
    assert abs(stream.video["duration_seconds"] - shown) <= 0.05


def test_segments_start_with_an_idr_at_the_same_time_in_all_renditions(stream):
    times = []
    for track in stream.video_tracks:
        at = 0
        for number, segment in enumerate(track.segments):
            where = f"{track.name} segment {number}"
            first = segment.samples[0]
            assert first.is_sync and set(fmp4.slice_types(first)) == {5}, where
            assert not any(sample.is_sync for sample in segment.samples[1:]), where
            assert segment.decode_time == at, f"{where}: tfdt is the sum of the durations before"
            assert min(segment.presentation_times()) == segment.presentation_times()[0] == segment.decode_time, where
            assert min(sample.composition_offset for sample in segment.samples) >= 0, where
            assert sorted(set(segment.presentation_times())) == sorted(segment.presentation_times()), where
            at += segment.duration
            assert abs(track.playlist.segments[number][0] - track.seconds(segment.duration)) < 0.001, where
        assert len(track.init.edits) == 0, "players differ on edit lists"
        times.append([(track.init.timescale, min(segment.presentation_times())) for segment in track.segments])
    assert all(other == times[0] for other in times)
    for number, (timescale, ticks) in enumerate(times[0] if times else []):
        assert number * 4 - 0.001 <= ticks / timescale < number * 4 + 4


def test_audio_is_one_unbroken_run_of_frames(stream):
    assert bool(stream.audio_tracks) == (stream.path.name not in SILENT)
    for track in stream.audio_tracks:
        assert track.decoded.warnings == "", track.name
        steps = [b - a for a, b in zip(track.decoded.times, track.decoded.times[1:])]
        assert all(abs(step - 1024 / track.init.timescale) < 0.0005 for step in steps), "a gap or an overlap"
        at = track.segments[0].decode_time
        for number, segment in enumerate(track.segments):
            assert segment.decode_time == at, f"{track.name} segment {number}"
            at += segment.duration
            assert abs(track.playlist.segments[number][0] - track.seconds(segment.duration)) < 0.001


def test_sound_and_picture_start_together(stream):
    for track in stream.audio_tracks if stream.has_video else []:
        for picture in stream.video_tracks:
            gap = track.decoded.times[0] - picture.decoded.times[0]
            apart_in_source = stream.source_audio.times[0] - stream.source_start
            # Sound that starts later in the source may start later here, or with silence.
            assert abs(gap) <= 0.02 or abs(gap - apart_in_source) <= 0.02, (track.name, picture.name, gap)


def test_the_multivariant_playlist_tells_the_truth(stream):
    master = stream.master
    assert "#EXT-X-INDEPENDENT-SEGMENTS" in master.text
    assert int(re.search(r"#EXT-X-VERSION:(\d+)", master.text)[1]) >= 7
    expected = FILES[stream.path.name]
    if expected is None:
        assert not stream.has_video and stream.audio_tracks
        return
    heights = [min(expected)] if min(expected) < 240 else [rung for rung in LADDER if rung <= min(expected)]
    sizes = []
    rates = []
    for variant, track in zip(stream.variants, stream.video_tracks):
        width, height = (int(n) for n in variant["RESOLUTION"].split("x"))
        sizes.append((width, height))
        probe = hls.tool(hls.FFPROBE, "-v", "error", "-select_streams", "v:0", "-show_entries",
                         "stream=width,height,sample_aspect_ratio,pix_fmt", "-of", "csv=p=0", track.url).stdout
        assert probe.strip().split("\n")[0].split(",")[:4] in ([str(width), str(height), "1:1", "yuv420p"],
                                                                [str(width), str(height), "N/A", "yuv420p"])
        assert abs(width / height - expected[0] / expected[1]) < 0.02 * expected[0] / expected[1] + 2 / height
        profile, constraints, level = struct.unpack("3B", track.init.codec_box[1:4])
        assert variant["CODECS"].split(",")[0] == f"avc1.{profile:02x}{constraints:02x}{level:02x}"
        peaks = [8 * len(data) / track.seconds(segment.duration)
                 for data, segment in zip(track.segment_bytes, track.segments)]
        of_group = [media["url"] for media in master.media if media["GROUP-ID"] == variant.get("AUDIO")]
        sound = next((one for one in stream.audio_tracks if one.url in of_group), None)
        audio_peak = max(8 * len(data) / sound.seconds(segment.duration)
                         for data, segment in zip(sound.segment_bytes, sound.segments)) if sound else 0
        assert max(peaks) <= int(variant["BANDWIDTH"]) <= 1.2 * (max(peaks) + audio_peak) + 20000, track.name
        assert int(variant["AVERAGE-BANDWIDTH"]) <= int(variant["BANDWIDTH"])
        rates.append(float(variant["FRAME-RATE"]))
        if stream.audio_tracks:
            assert variant["CODECS"].split(",")[1] == "mp4a.40.2"
            assert any(media["GROUP-ID"] == variant["AUDIO"] for media in master.media)
        else:
            assert "AUDIO" not in variant and "," not in variant["CODECS"]
    assert sorted({min(size) for size in sizes}) == sorted(heights)
    assert len(set(rates)) == 1
    listed = {(r["width"], r["height"]) for r in stream.video["renditions"] if r["width"]}
    assert listed == set(sizes)


def test_a_finished_playlist_is_vod_and_complete(stream):
    for track in stream.video_tracks + stream.audio_tracks:
        assert track.playlist.tags["#EXT-X-PLAYLIST-TYPE"] == "VOD" and track.playlist.ended
        target = int(track.playlist.tags["#EXT-X-TARGETDURATION"])
        assert max(round(duration) for duration, _ in track.playlist.segments) <= target
        assert int(track.playlist.tags["#EXT-X-VERSION"]) >= 6


def test_a_strict_reader_finds_nothing_wrong(stream):
    assert strict.stream_faults(stream) == []
    small = {track.name for track, size in zip(stream.video_tracks, stream.variants)
             if min(int(n) for n in size["RESOLUTION"].split("x")) <= 480}
    assert set(stream.iframes) == small, "scrubbing is for every video, and needs no large pictures"


def test_the_pictures_are_those_of_the_source(stream):
    """Rotation, sample aspect, cropping and colours: a wrong one gives an SSIM far below these."""
    if stream.path.name in OTHER_COLOURS or not stream.has_video:
        return
    for track in stream.video_tracks:
        if len(track.decoded.times) == len(stream.source_video.times):
            values = similarity(track, stream)
            assert sum(values) / len(values) > 0.9, (track.name, sum(values) / len(values))


def similarity(track, stream):
    """SSIM of the luma of each frame against the source scaled to the same size."""
    width, height = hls_size(track, stream)
    graph = (f"[0:v:0]setpts=N/25/TB[a];[1:V:0]scale={width}:{height}:flags=area,format=yuv420p,setsar=1,"
             "setpts=N/25/TB[b];[a][b]ssim=stats_file=-")
    result = hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-i", track.url, "-i", stream.path, "-filter_complex",
                      graph, "-fps_mode", "passthrough", "-f", "null", "/dev/null")
    return [float(value) for value in re.findall(r"Y:([0-9.]+)", result.stdout)]


def hls_size(track, stream):
    index = stream.video_tracks.index(track)
    return stream.variants[index]["RESOLUTION"].split("x")


def test_chunk_borders_cannot_be_seen(server):
    """The first two borders of independently encoded chunks, looked at frame by frame."""
    stream = Stream(api.Client.signed_up(server), MEDIA / "big_buck_bunny_0_30.webm")
    chunks = stream.plan["timeline"]["chunks"]
    borders = [first for first, _ in chunks[1:3]]
    assert len(borders) == 2, "the clip is long enough for three chunks"
    for track in stream.video_tracks:
        values = similarity(track, stream)
        assert len(values) == 720
        for border in borders:
            frame = sum(len(segment.samples) for segment in track.segments[:border])
            at_border = min(values[frame - 3:frame + 4])
            # Segments inside a chunk have an IDR too; a border may not look worse than those do.
            around = values[frame - 30:frame - 3] + values[frame + 4:frame + 30]
            assert at_border > min(around) - 0.01, (track.name, border, at_border, min(around))
            steps = track.decoded.times[frame - 2:frame + 3]
            assert all(abs(b - a - 1 / 24) < 0.002 for a, b in zip(steps, steps[1:])), (track.name, border)


def test_sound_keeps_its_place(server, tmp_path):
    """Not only the timestamps: the samples themselves are where they are in the source."""
    stream = Stream(api.Client.signed_up(server), MEDIA / "fragmented_51.mp4")
    rate, names = 8000, []
    for name, source in (("ours", stream.audio_tracks[0].url), ("theirs", stream.path)):
        names.append(tmp_path / name)
        hls.tool(hls.FFMPEG, "-v", "error", "-i", source, "-map", "0:a:0", "-ac", "1", "-ar", rate, "-f", "s16le",
                 names[-1])
    ours, theirs = (struct.unpack(f"<{len(data) // 2}h", data) for data in (name.read_bytes() for name in names))
    window, reach = range(rate, 3 * rate), rate // 10

    def likeness(shift):
        return sum(a * b for a, b in zip(ours[window.start + shift:window.stop + shift],
                                         theirs[window.start:window.stop]))
    best = max(range(-reach, reach + 1, 4), key=likeness)
    assert abs(best) / rate <= 0.02, f"sound is {1000 * best / rate:.0f} ms off"
