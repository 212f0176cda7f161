"""Every file of tests/media comes out as its manifest says; and the checks themselves can fail."""
import dataclasses
import shutil

import pytest

import manifest
import outcome

ENTRIES = {entry.path.name: entry for entry in manifest.read(outcome.sluice.MEDIA)}


@pytest.mark.parametrize("name", ENTRIES)
def test_file(name, tmp_path):
    assert outcome.differences(outcome.make(ENTRIES[name], tmp_path / "out")) == []


def test_the_manifest_names_every_file():
    there = {path.name for path in outcome.sluice.MEDIA.iterdir()} - {"README.md", "manifest.tsv"}
    assert there == set(ENTRIES)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return outcome.make(ENTRIES["webvtt_subtitles.webm"], tmp_path_factory.mktemp("made") / "out")


LIES = {
    "ladder": {"displayed": (640, 480)},
    "duration": {"duration": 3.5},
    "sound": {"audio": ()},
    "text": {"text": ("webvtt (eng)", "webvtt (spa)")},
    "pictures": {"hdr": True},
    "images": {"displayed": (240, 320)},
    "refusal": {"playable": False},
}


@pytest.mark.parametrize("check", LIES)
def test_a_wrong_expectation_is_noticed_by(check, made):
    lying = dataclasses.replace(made, entry=dataclasses.replace(made.entry, **LIES[check]))
    assert list(getattr(outcome, check)(lying))
    if check != "refusal":
        assert not list(getattr(outcome, check)(made)), "and the right one is not"


def broken(made, folder, change):
    """A copy of the output in which `change(text)` stands for the text of the smallest rendition's playlist."""
    shutil.copytree(made.folder, folder)
    copy = dataclasses.replace(made, folder=folder)
    playlist = copy.variants[-1]["path"]
    playlist.write_text(change(playlist.read_text()))
    return copy


def test_a_missing_segment_is_noticed(tmp_path):
    source = outcome.make(ENTRIES["fragmented_51.mp4"], tmp_path / "whole")
    short = broken(source, tmp_path / "short", lambda text: text[:text.rindex("#EXTINF")] + "#EXT-X-ENDLIST\n")
    assert any("frames" in one for one in outcome.frames(short))
    assert any("ends at" in one for one in outcome.duration(short))
    assert not list(outcome.frames(source))


def test_another_picture_is_noticed(made, tmp_path):
    other = outcome.make(ENTRIES["fragmented_51.mp4"], tmp_path / "other")
    swapped = dataclasses.replace(other, entry=dataclasses.replace(made.entry, displayed=(320, 180)))
    assert list(outcome.pictures(swapped))
