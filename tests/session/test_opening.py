"""Projects opened as copies and from what a crash left: files stay as they are until a person saves."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.desks import ENGINES

from pctalk_studio.core.resources import resource_path
from pctalk_studio.session.opening import open_copy, open_recovery
from pctalk_studio.storage.autosave import Autosaver, Recovery, recoverable
from pctalk_studio.storage.media_links import MediaState, find_media
from pctalk_studio.storage.project_file import load_project

SAMPLE = resource_path("sample/sample.pctalk")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    for name in ("CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))


def test_the_sample_finds_its_media_beside_it_and_shows_what_can_be_done():
    project = load_project(SAMPLE).project
    assert [link.state for link in find_media(project, SAMPLE)] == [MediaState.FOUND, MediaState.FOUND]
    assert all(not Path(link.reference.path).is_absolute() for link in find_media(project, SAMPLE))
    assert [clip.emotion.value for clip in project.emotions] == ["happy"]
    assert any(word.style != type(word.style)() for word in project.speech.words)
    assert len(project.speech.words) == 14


def test_a_copy_has_no_file_and_finds_its_media_from_anywhere(tmp_path):
    studio = open_copy(SAMPLE, ENGINES)
    try:
        assert studio.path is None
        assert not studio.problems
        elsewhere = tmp_path / "mine.pctalk"
        studio.save(elsewhere)
        assert all(link.state is MediaState.FOUND for link in find_media(load_project(elsewhere).project, elsewhere))
    finally:
        studio.close()


def test_what_a_crash_left_is_opened_unsaved_and_stays_until_it_is_discarded(tmp_path):
    original = tmp_path / "work.pctalk"
    for name in ("portrait.jpg", "speech.flac", "sample.pctalk"):
        shutil.copy(SAMPLE.parent / name, tmp_path / name)
    (tmp_path / "sample.pctalk").rename(original)
    before = original.read_bytes()
    edited = replace(load_project(original).project, lip_scale=1.5)
    jobs = []
    saver = Autosaver(original, "work", submit=lambda job, _delay: jobs.append(job), now=lambda: original.stat().st_mtime + 60)
    saver.changed(edited)
    jobs.pop()()
    # The program dies: its lock ends with it.
    saver._lock.release()
    (left,) = recoverable()
    assert isinstance(left, Recovery)
    studio = open_recovery(left, ENGINES)
    try:
        assert studio.project.lip_scale == 1.5
        assert studio.path == original
        assert original.read_bytes() == before
        assert left.file.exists()
        assert any(problem.code == "project-recovered" for problem in studio.problems)
    finally:
        studio.close()
