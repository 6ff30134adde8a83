"""Projects from the command line: begun, looked at, edited by script, rendered, collected."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pctalk_studio.cli.main import DONE, TROUBLE, USER_ERROR, run
from pctalk_studio.core.resources import resource_path
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.storage.project_file import load_project

SAMPLE = resource_path("sample")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    samples, rate = soundfile.read(SAMPLE / "speech.flac")
    soundfile.write(folder / "duck.wav", samples[: int(0.64 * rate)], rate)
    (folder / "face.jpg").write_bytes((SAMPLE / "portrait.jpg").read_bytes())
    line = ["new", "duck.pctalk", "--portrait", "face.jpg", "--audio", "duck.wav", "--text", "a duck", "--crop", "face"]
    line += ["--size", "128", "--emotion", "happy:0.5"]
    assert run([str(folder / part) if part.endswith((".pctalk", ".jpg", ".wav")) else part for part in line]) == DONE
    return folder / "duck.pctalk"


def script(path: Path, edits: object) -> Path:
    path.write_text(json.dumps(edits))
    return path


def test_a_new_project_refers_to_its_neighbours_by_name(project):
    media = load_project(project).project.media
    assert (media.portrait.path, media.audio.path, media.transcript) == ("face.jpg", "duck.wav", "a duck")


def test_info_and_check_tell_what_is_there(project, capfd):
    assert run(["info", str(project), "--json"]) == DONE
    facts = json.loads(capfd.readouterr().out)
    assert (facts["words"], facts["frames"], facts["emotions"]) == (2, 16, "happy 0.5")
    assert run(["check", str(project)]) == DONE
    assert "nothing is wrong" in capfd.readouterr().out


def test_check_finds_changed_and_missing_media(project, tmp_path, capfd):
    for path in project.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "duck.wav").unlink()
    (tmp_path / "face.jpg").write_bytes(b"another")
    assert run(["check", str(tmp_path / "duck.pctalk"), "--json"]) == TROUBLE
    codes = {problem["code"] for problem in json.loads(capfd.readouterr().out)["problems"]}
    assert {"media-missing", "media-changed"} <= codes


def test_a_script_edits_all_or_nothing(project, tmp_path, capfd):
    good = script(tmp_path / "e.json", [{"edit": "set_lip_scale", "scale": 0}, {"edit": "add_marker", "time": 0.2}])
    assert run(["apply", str(project), str(good), "-o", str(tmp_path / "q.pctalk")]) == DONE
    edited = load_project(tmp_path / "q.pctalk").project
    assert (edited.lip_scale, len(edited.markers)) == (0, 1)
    assert load_project(project).project.lip_scale == 1
    assert Path(edited.media.portrait.path).is_absolute()
    bad = script(tmp_path / "bad.json", [{"edit": "set_lip_scale", "scale": 1.5}, {"edit": "set_lip_scale", "scale": 5}])
    capfd.readouterr()
    assert run(["apply", str(project), str(bad), "-o", str(tmp_path / "r.pctalk")]) == USER_ERROR
    assert "Edit 2" in capfd.readouterr().err
    assert not (tmp_path / "r.pctalk").exists()


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        ({}, "list of edits"),
        ([1], "Edit 1"),
        ([{"edit": "explode"}], "explode"),
        ([{"edit": "set_lip_scale"}], "needs 'scale'"),
        ([{"edit": "set_lip_scale", "scale": "wide"}], "scale"),
        ([{"edit": "set_lip_scale", "scale": 1, "size": 2}], "takes no 'size'"),
        ([{"edit": "set_key", "curve": "wobble", "key": {"time": 0, "value": 1}}], "curve"),
    ],
)
def test_a_script_that_means_nothing_is_one_sentence(project, tmp_path, capfd, edits, named):
    code = run(["apply", str(project), str(script(tmp_path / "e.json", edits)), "-o", str(tmp_path / "q.pctalk")])
    assert code == USER_ERROR
    said = capfd.readouterr().err
    assert named in said
    assert said.count("\n") == 1


def test_a_frame_is_the_same_picture_whichever_range_it_is_in(project, tmp_path):
    for folder, extra in (("a", ["--frames", "4-6"]), ("b", ["--frames", "6,11"]), ("c", ["--start", "0.2", "--end", "0.32"])):
        (tmp_path / folder).mkdir()
        assert run(["render", str(project), "-o", str(tmp_path / folder / "f.####.png"), *extra]) == DONE
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["f.0005.png", "f.0006.png", "f.0007.png"]
    pictures = [read_picture(tmp_path / folder / "f.0006.png").rgb for folder in "abc"]
    assert np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[0], pictures[2])


def test_rendering_again_leaves_what_is_there(project, tmp_path):
    target = ["render", str(project), "-o", str(tmp_path / "f##.png"), "--frames", "0-2", "--skip-existing"]
    assert run(target) == DONE
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert run(target) == DONE
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_project_renders_the_clip_that_its_controls_say(project, tmp_path):
    assert run(["render", str(project), "-o", str(tmp_path / "o.mp4")]) == DONE
    frames = [frame.rgb for frame in MovieReader(tmp_path / "o.mp4")]
    assert (len(frames), frames[0].shape) == (16, (128, 128, 3))


def test_collect_makes_a_zip_that_opens_elsewhere(project, tmp_path):
    assert run(["collect", str(project), "-o", str(tmp_path / "duck.zip")]) == DONE
    with zipfile.ZipFile(tmp_path / "duck.zip") as archive:
        assert set(archive.namelist()) == {"version.txt", "duck.pctalk", "media/face.jpg", "media/duck.wav"}
        archive.extractall(tmp_path / "there")
    assert run(["check", str(tmp_path / "there" / "duck.pctalk")]) == DONE


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (["info", "none.pctalk"], "none.pctalk"),
        (["render", "none.pctalk", "-o", "o.mp4"], "none.pctalk"),
        (["render", "-o", "o.mp4"], "--portrait"),
        (["render", "p.pctalk", "--portrait", "x.png", "-o", "o.mp4"], "not both"),
        (["render", "none.pctalk", "-o", "f.####.jpg"], ".png"),
        (["new", "p.txt", "--portrait", "x.png", "--audio", "a.wav"], ".pctalk"),
        (["new", "no/p.pctalk", "--portrait", "x.png", "--audio", "a.wav"], "create it first"),
        (["collect", "none.pctalk", "-o", "o.tar"], ".zip"),
        (["apply", "none.pctalk", "e.json", "-o", "q.json"], ".pctalk"),
    ],
)
def test_wrong_calls_are_one_sentence(tmp_path, monkeypatch, capfd, line, named):
    monkeypatch.chdir(tmp_path)
    assert run(line) == USER_ERROR
    said = capfd.readouterr().err
    assert named in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
