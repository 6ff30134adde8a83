"""An open project: what an edit draws, what undo draws, and that a saved project is the same project."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from helpers.facts import frontal_rig, spoken
from helpers.projects import a_project, attempt, draw_edit, sentence
from helpers.toy_networks import ToyMotion
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected, MediaError, RenderError, UsageError
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.time import FrameSet
from pctalk_studio.document.project import HeadMotion, Project, RenderSettings
from pctalk_studio.document.speech_track import WordStyle
from pctalk_studio.media.pictures import Picture
from pctalk_studio.media.sound import Sound
from pctalk_studio.render.api import PreparedFace, RenderSource
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.session import Sources, Studio
from pctalk_studio.session.hearing import Equipment
from pctalk_studio.storage.autosave import discard, recoverable, restore
from pctalk_studio.storage.project_file import load_project

SAMPLE = resource_path("sample")


class Recorder:
    """An engine whose picture is the row itself, and which tells what it was asked for."""

    name, version = "recorder", "1"

    def prepare(self, source: RenderSource) -> PreparedFace:
        return self

    def frame(self, row: MotionRow) -> np.ndarray:
        # Zeros without sign: rows that are equal have equal pictures.
        data = np.frombuffer((row.flat() + np.float32(0)).tobytes(), np.uint8)
        return np.resize(data, (64, 64, 3)).copy()


def studio(project: Project | None = None) -> Studio:
    rig = frontal_rig()
    picture = Picture.of(np.zeros((512, 512, 3), np.uint8), None, Path("portrait.png"))
    sound = Sound.of(np.zeros(38400, np.float32), 16000, Path("speech.wav"))
    sources = Sources(picture, rig, sound, spoken(sentence()))
    document = replace(project or a_project(), render=RenderSettings(engine="recorder"))
    return Studio(document, sources, Equipment({"recorder": Recorder}, ToyMotion))


def test_each_frame_is_drawn_once_and_undo_draws_none():
    open_project = studio()
    everything = open_project.frames()
    drawn = open_project.take_rendered()
    assert len(drawn) == len({open_project.clip.row_key(number) for number in range(60)})
    assert sorted(set(drawn)) == sorted(drawn)
    open_project.frames()
    assert open_project.take_rendered() == ()
    open_project.apply("set_lip_scale", scale=1.5)
    open_project.frames()
    assert len(open_project.take_rendered()) > 10
    open_project.undo()
    again = open_project.frames()
    assert open_project.take_rendered() == ()
    assert all(np.array_equal(one, other) for one, other in zip(everything, again, strict=True))


def test_editing_a_word_draws_the_frames_near_it_and_no_others():
    open_project = studio(replace(a_project(), head=HeadMotion.STILL))
    open_project.frames()
    open_project.take_rendered()
    word = open_project.project.speech.words[3]
    open_project.apply("set_word_style", word_ids=[word.id], style=WordStyle(purse=1.7))
    open_project.frames()
    drawn = open_project.take_rendered()
    assert drawn
    assert min(drawn) / 25 > word.start - 0.4
    assert max(drawn) / 25 < word.end + 0.4


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_edited_kept_frames_are_those_of_a_fresh_render(data):
    open_project = studio()
    open_project.frames(FrameSet.parse("0-59"))
    for _ in range(data.draw(st.integers(1, 3))):
        name, arguments = draw_edit(data.draw, open_project.project)
        if name in ("set_render", "set_rate", "set_speech"):
            continue
        edited = attempt(open_project.project, name, arguments)
        open_project.history = open_project.history.done(edited, name)
    fresh = studio(open_project.project)
    assert len(fresh) == len(open_project)
    for one, other in zip(open_project.frames(), fresh.frames(), strict=True):
        assert np.array_equal(one, other)


def test_a_change_that_no_pixel_shows_draws_nothing():
    open_project = studio()
    open_project.frames()
    open_project.take_rendered()
    open_project.apply("add_marker", time=1.0, label="here")
    open_project.frames()
    assert open_project.take_rendered() == ()


def test_one_gesture_is_one_step():
    open_project = studio()
    for scale in (1.1, 1.2, 1.3):
        open_project.apply("set_lip_scale", gesture="slider", scale=scale)
    open_project.undo()
    assert open_project.project.lip_scale == 1.0
    open_project.redo()
    assert open_project.project.lip_scale == 1.3


def test_what_cannot_be_done_is_said_and_changes_nothing():
    open_project = studio()
    before = open_project.project
    for name, arguments in (("no_such_edit", {}), ("set_lip_scale", {"scale": 9.0}), ("set_lip_scale", {"size": 1.0})):
        with pytest.raises(EditRejected):
            open_project.apply(name, **arguments)
    with pytest.raises(UsageError, match="frames 0 to 59"):
        open_project.frame(60)
    assert open_project.project is before
    with pytest.raises(RenderError, match="no engine 'other'"):
        Studio(replace(before, render=RenderSettings(engine="other")), open_project.sources, {"recorder": Recorder}).frame(0)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A project of two files beside it, made by the program."""
    folder = tmp_path_factory.mktemp("made")
    samples, rate = soundfile.read(SAMPLE / "speech.flac")
    soundfile.write(folder / "duck.wav", samples[: int(0.64 * rate)], rate)
    (folder / "face.jpg").write_bytes((SAMPLE / "portrait.jpg").read_bytes())
    begun = Studio.new(folder / "face.jpg", folder / "duck.wav", {"recorder": Recorder}, text="a duck")
    begun.apply("set_render", settings=RenderSettings(engine="recorder"))
    begun.apply("set_word_style", word_ids=[1], style=WordStyle(open=1.5))
    begun.save(folder / "duck.pctalk")
    return folder


def test_a_saved_project_opens_as_it_was_wherever_its_folder_goes(made, tmp_path):
    opened = Studio.open(made / "duck.pctalk", {"recorder": Recorder})
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in made.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    again = Studio.open(moved / "duck.pctalk", {"recorder": Recorder})
    assert again.project == opened.project
    assert again.project.media.portrait.path == "face.jpg"
    assert all(np.array_equal(one, other) for one, other in zip(opened.frames(), again.frames(), strict=True))


def test_a_project_moves_after_it_was_opened_as_it_did_before(made):
    begun = Studio.new(made / "face.jpg", made / "duck.wav", {"recorder": Recorder}, text="a duck")
    opened = Studio.open(made / "duck.pctalk", {"recorder": Recorder})
    np.testing.assert_array_equal(opened.sources.speech.speaking, begun.sources.speech.speaking)
    begun.apply("set_render", settings=RenderSettings(engine="recorder"))
    begun.apply("set_word_style", word_ids=[1], style=WordStyle(open=1.5))
    np.testing.assert_array_equal(opened.motion.quantised(), begun.motion.quantised())


def test_aligning_anew_leaves_what_a_person_moved(made):
    opened = Studio.open(made / "duck.pctalk", {"recorder": Recorder})
    phone = next(phone for phone in opened.project.speech.phones if phone.label == "D")
    opened.apply("move_boundary", time=phone.start, to=phone.start - 0.02)
    moved = opened.project.speech.phone(phone.id)
    opened.realign()
    assert opened.project.speech.phone(phone.id) == moved
    assert [word.text for word in opened.project.speech.words] == ["a", "duck"]


def test_an_edit_is_recovered_after_a_crash_and_a_second_program_is_told(made, tmp_path):
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    file = tmp_path / "duck.pctalk"
    opened = Studio.open(file, {"recorder": Recorder}, editing=True)
    second = Studio.open(file, {"recorder": Recorder}, editing=True)
    assert [problem.code for problem in second.problems] == ["open-elsewhere"]
    second.close()
    code = (
        "import os, sys, time, pathlib\n"
        "from pctalk_studio.render.mesh import MeshRenderer\n"
        "from pctalk_studio.session import Studio\n"
        "from pctalk_studio.storage.autosave import recoverable\n"
        "studio = Studio.open(pathlib.Path(sys.argv[1]), {'recorder': MeshRenderer}, editing=True)\n"
        "studio.apply('set_lip_scale', scale=1.75)\n"
        "time.sleep(1.5)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(file)], check=False)
    (recovery,) = [found for found in recoverable() if found.original == file]
    assert restore(recovery).project.lip_scale == 1.75
    assert load_project(file).project.lip_scale == 1.0
    discard(recovery)
    opened.apply("set_lip_scale", scale=1.5)
    opened.save()
    opened.close()
    assert [found for found in recoverable() if found.original == file] == []


def test_a_missing_source_is_one_sentence(made, tmp_path):
    (tmp_path / "duck.pctalk").write_bytes((made / "duck.pctalk").read_bytes())
    with pytest.raises(MediaError, match=r"face\.jpg.*missing.*relink"):
        Studio.open(tmp_path / "duck.pctalk", {"recorder": Recorder})


def test_a_project_opens_for_editing_without_its_media_and_keeps_what_it_knows(made, tmp_path):
    (tmp_path / "duck.pctalk").write_bytes((made / "duck.pctalk").read_bytes())
    known = load_project(made / "duck.pctalk").project
    opened = Studio.open(tmp_path / "duck.pctalk", {"recorder": Recorder, "mesh": MeshRenderer}, editing=True)
    assert [problem.code for problem in opened.problems if problem.code == "media-missing"] == ["media-missing"] * 2
    assert opened.project == known
    opened.apply("set_render", settings=RenderSettings(longest=256))
    assert opened.frame(8).shape == (256, 256, 3)
    opened.save()
    opened.close()
    assert load_project(tmp_path / "duck.pctalk").project.media == known.media


def test_saving_without_a_name_is_refused():
    with pytest.raises(UsageError, match="no file yet"):
        studio().save()
