"""Tracks, channels and levels: what is heard of a source's sound."""
import array
import json
import math
import re

import pytest

import flash_and_beep
import hls
import server as sluice
from server import MEDIA

RATE = 48000
TONES = {"FL": 400, "FR": 500, "FC": 650, "LFE": 80, "SL": 850, "SR": 1100}  # Hz


def ffmpeg(*arguments):
    hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-y", *arguments)


def transcode(source, folder):
    result = sluice.run("transcode", source, folder, timeout=120)
    assert result.returncode == 0, result.stderr
    return folder


def samples_of(folder, track, channels):
    """Of the second second: each channel's samples."""
    raw = folder / "samples.f32"
    ffmpeg("-i", flash_and_beep.join(folder, track), "-ss", 1, "-t", 1, "-ar", RATE, "-f", "f32le", raw)
    values = array.array("f", raw.read_bytes())
    assert len(values) == RATE * channels
    return [values[channel::channels] for channel in range(channels)]


def level(samples, hertz):
    """Amplitude of a tone, in decibels of full scale."""
    real = sum(s * math.cos(2 * math.pi * hertz * i / RATE) for i, s in enumerate(samples))
    imaginary = sum(s * math.sin(2 * math.pi * hertz * i / RATE) for i, s in enumerate(samples))
    return 20 * math.log10(max(2 * math.hypot(real, imaginary) / len(samples), 1e-9))


def tones(amplitude):
    return "|".join(f"{amplitude}*sin(2*PI*{hertz}*t)" for hertz in TONES.values())


@pytest.fixture(scope="module")
def surround(tmp_path_factory):
    """Six channels with a tone each, and a stereo commentary."""
    folder = tmp_path_factory.mktemp("surround")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=854x480:r=25:d=3", "-f", "lavfi", "-i", f"aevalsrc='{tones(0.1)}':s={RATE}:c=5.1(side):d=3",
           "-f", "lavfi", "-i", "sine=f=300:d=3", "-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast",
           "-c:a", "flac", "-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=eng", "-metadata:s:a:1", "title=Commentary",
           "-disposition:a:1", "comment", folder / "source.mkv")
    return transcode(folder / "source.mkv", folder / "out")


def test_surround_sound_is_mixed_down_by_the_book(surround):
    left, right = samples_of(surround, "audio-0", 2)
    expected = {"FL": (-20, None), "FR": (None, -20), "FC": (-23, -23), "LFE": (None, None), "SL": (-23, None), "SR": (None, -23)}
    for channel, sides in expected.items():
        for samples, wanted in zip((left, right), sides):
            found = level(samples, TONES[channel])
            assert found < -60 if wanted is None else abs(found - wanted) < 0.5, (channel, wanted, found)


def test_surround_sound_is_kept_beside_it(surround):
    found = samples_of(surround, "audio-0-surround", 6)
    for number, (channel, hertz) in enumerate(TONES.items()):
        assert abs(level(found[number], hertz) + 20) < 0.5, channel
        assert level(found[(number + 1) % 6], hertz) < -60, channel


def test_both_are_offered_and_two_channels_come_first(surround):
    lines = (surround / "master.m3u8").read_text().splitlines()
    media = [hls.attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    assert [(one["GROUP-ID"], one["NAME"], one["LANGUAGE"], one["CHANNELS"], one["DEFAULT"]) for one in media] == [
        ("audio", "de", "de", "2", "YES"), ("audio", "Commentary", "en", "2", "NO"),
        ("surround", "de", "de", "6", "YES"), ("surround", "Commentary", "en", "2", "NO")]
    variants = [hls.attributes(line) for line in lines if line.startswith("#EXT-X-STREAM-INF:")]
    assert [(one["RESOLUTION"], one["AUDIO"]) for one in variants] == [
        ("854x480", "audio"), ("640x360", "audio"), ("428x240", "audio"), ("854x480", "surround")]
    assert int(variants[-1]["BANDWIDTH"]) > int(variants[0]["BANDWIDTH"])


def test_sound_at_full_scale_is_not_cut_off(tmp_path):
    loud = "|".join([f"sin(2*PI*{TONES['FC']}*t)"] * 6)
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc='{loud}':s={RATE}:c=5.1:d=3", "-c:a", "pcm_s24le", tmp_path / "source.wav")
    left, _ = samples_of(transcode(tmp_path / "source.wav", tmp_path / "out"), "audio-0", 2)
    assert abs(level(left, TONES["FC"])) < 0.6
    for harmonic in (2, 3, 5):  # a tone that is cut off has harmonics at -20 to -30 dB
        assert level(left, TONES["FC"] * harmonic) < -50, harmonic


@pytest.mark.parametrize("rate, codec, suffix", [(8000, "pcm_mulaw", "wav"), (11025, "pcm_u8", "avi"), (44100, "mp3", "mp3"),
                                                 (192000, "pcm_s24le", "wav")])
def test_one_channel_is_heard_from_both_sides_at_its_level(tmp_path, rate, codec, suffix):
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc='0.1*sin(2*PI*500*t)':s={rate}:d=3", "-c:a", codec, tmp_path / f"source.{suffix}")
    for samples in samples_of(transcode(tmp_path / f"source.{suffix}", tmp_path / "out"), "audio-0", 2):
        assert abs(level(samples, 500) + 20) < 0.5


def test_tracks_keep_their_languages_and_titles(tmp_path):
    languages = {"ger": "de", "eng": "en", "fil": "fil", "und": None}
    inputs, maps = [], []
    for number, language in enumerate(languages):
        inputs += ["-f", "lavfi", "-i", f"sine=f={300 + 100 * number}:d=2"]
        maps += ["-map", f"{number}", f"-metadata:s:a:{number}", f"language={language}"]
    ffmpeg(*inputs, *maps, "-metadata:s:a:1", "title=English \"5.1\"", "-disposition:a", "0", "-disposition:a:2", "default",
           "-c:a", "flac", tmp_path / "source.mkv")
    text = (transcode(tmp_path / "source.mkv", tmp_path / "out") / "master.m3u8").read_text()
    media = [hls.attributes(line) for line in text.splitlines() if line.startswith("#EXT-X-MEDIA:")]
    assert [one.get("LANGUAGE") for one in media] == list(languages.values())
    assert [one["NAME"] for one in media] == ["de", "English '5.1'", "fil", "Audio 4"]
    assert [one["DEFAULT"] for one in media] == ["NO", "NO", "YES", "NO"]
    for number in range(len(languages)):
        assert level(samples_of(tmp_path / "out", f"audio-{number}", 2)[0], 300 + 100 * number) > -25


def packets(path):
    result = hls.tool(hls.FFPROBE, "-v", "error", "-select_streams", "a:0", "-show_entries", "packet=data_hash", "-show_data_hash",
                      "crc32", "-of", "csv=p=0", path)
    return result.stdout.split()


@pytest.mark.parametrize("rate, channels, bitrate, copied", [(48000, 2, "128k", True), (44100, 1, "64k", True), (48000, 2, "320k", False),
                                                             (24000, 2, "64k", False)])
def test_aac_that_fits_is_copied(tmp_path, rate, channels, bitrate, copied):
    ffmpeg("-f", "lavfi", "-i", f"anoisesrc=r={rate}:d=10:a=0.3:seed=1", "-ac", channels, "-c:a", "aac", "-b:a", bitrate,
           tmp_path / "source.m4a")
    before = json.loads(sluice.run("probe", tmp_path / "source.m4a").stdout)["plan"]["audio"][0]
    assert (before["copied"], before["sample_rate"]) == (copied, rate if copied else RATE)
    made = flash_and_beep.join(transcode(tmp_path / "source.m4a", tmp_path / "out"), "audio-0")
    source, written = packets(tmp_path / "source.m4a"), packets(made)
    # The first frame is the encoder's priming, from before the beginning.
    assert (written == source[1:]) == copied
    if copied:
        stream = json.loads(hls.tool(hls.FFPROBE, "-v", "error", "-show_streams", "-of", "json", made).stdout)["streams"][0]
        assert (stream["sample_rate"], stream["channels"], stream["time_base"]) == (str(rate), channels, f"1/{rate}")


def picture_of(poster):
    """Grey values of the poster, 64x36."""
    raw = poster.with_suffix(".grey")
    ffmpeg("-i", poster, "-vf", "scale=64:36:flags=area,format=gray", "-f", "rawvideo", raw)
    return raw.read_bytes()


def test_a_cover_becomes_the_poster(tmp_path):
    ffmpeg("-f", "lavfi", "-i", "sine=d=3", "-f", "lavfi", "-i", "color=white:s=500x500:d=1", "-map", "0", "-map", "1", "-frames:v", 1,
           "-disposition:v", "attached_pic", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "libmp3lame", tmp_path / "source.mp3")
    poster = transcode(tmp_path / "source.mp3", tmp_path / "out") / "poster.jpg"
    grey = picture_of(poster)
    assert grey[18 * 64 + 32] > 240 and grey[18 * 64 + 20] > 240, "the cover in the middle"
    assert 60 < grey[18 * 64 + 2] < 110 and 60 < grey[18 * 64 + 61] < 110, "a darker ground on both sides"


def test_sound_without_a_cover_is_drawn(tmp_path):
    # Silent, then loud.
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='gt(t,5)*0.5*sin(2*PI*440*t)':s=44100:d=10", tmp_path / "source.wav")
    poster = transcode(tmp_path / "source.wav", tmp_path / "out") / "poster.jpg"
    size = hls.tool(hls.FFPROBE, "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", poster).stdout.strip()
    assert size == "1280,720"
    grey = picture_of(poster)
    def column(x):
        return [grey[y * 64 + x] for y in range(36)]

    assert max(column(48)[10:26]) > 80 and min(column(48)[10:26]) > 50, "bars where it is loud"
    assert max(column(12)[0:16] + column(12)[20:36]) < 40, "none where it is silent"
    again = transcode(tmp_path / "source.wav", tmp_path / "again") / "poster.jpg"
    assert again.read_bytes() == poster.read_bytes()


@pytest.mark.parametrize("name, codec, suffix", [("big_buck_bunny_0_30.webm", "flac", "flac"), ("hevc_1080p_open_gop.mp4", "copy", "m4a")])
def test_loudness_is_measured_as_ffmpeg_does(client, tmp_path, name, codec, suffix):
    """Of encoded sound, and of copied sound."""
    source = tmp_path / f"sound.{suffix}"
    ffmpeg("-i", MEDIA / name, "-vn", "-c:a", codec, source)
    video = client.completed(client.upload(source), timeout=120)
    report = hls.tool(hls.FFMPEG, "-nostdin", "-hide_banner", "-nostats", "-i", source, "-ac", 2, "-af", "ebur128=peak=true",
                      "-f", "null", "-").stderr
    summary = report[report.rindex("Summary:"):]
    audio = video["source"]["audio"][0]
    assert abs(audio["loudness_lufs"] - float(re.search(r"I:\s+(\S+) LUFS", summary)[1])) < 0.3
    assert abs(audio["true_peak_dbtp"] - float(re.search(r"Peak:\s+(\S+) dBFS", summary)[1])) < 0.5
    assert video["poster"]
