"""The commands with real files, through the real engines; the sample that ships is the source."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pctalk_studio.cli.main import DONE, INTERRUPTED, USER_ERROR, run
from pctalk_studio.core.resources import resource_path
from pctalk_studio.interchange.alignment_files import read_alignment
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.media.sound import read_sound
from pctalk_studio.session import Studio
from pctalk_studio.storage.project_file import load_project

SAMPLE = resource_path("sample")
PORTRAIT, SPEECH = SAMPLE / "portrait.jpg", SAMPLE / "speech.flac"


@pytest.fixture(scope="module")
def short_speech(tmp_path_factory) -> Path:
    """The words "a duck": 0.64 s."""
    path = tmp_path_factory.mktemp("speech") / "duck.wav"
    samples, rate = soundfile.read(SPEECH)
    soundfile.write(path, samples[: int(0.64 * rate)], rate)
    return path


def render(out: Path, speech: Path, *extra: str) -> int:
    line = ["render", "--portrait", str(PORTRAIT), "--audio", str(speech), "-o", str(out), "--crop", "face", "--size", "256"]
    return run([*line, "--text", "a duck", *extra])


def frames_of(path: Path) -> list[np.ndarray]:
    return [frame.rgb for frame in MovieReader(path)]


def test_two_files_become_a_clip(tmp_path, short_speech, capfd):
    code = render(tmp_path / "o.mp4", short_speech, "--sheet", str(tmp_path / "s.png"), "--motion", str(tmp_path / "m.npz"))
    assert code == DONE
    frames = frames_of(tmp_path / "o.mp4")
    assert len(frames) == 16
    assert frames[0].shape == (256, 256, 3)
    assert abs(read_sound(tmp_path / "o.mp4").duration - 16 / 25) <= 0.04
    assert min(read_picture(tmp_path / "s.png").size) > 200
    with np.load(tmp_path / "m.npz", allow_pickle=False) as motion:
        assert motion["K_d"].shape == (16, 21, 3)
    assert "16 frames" in capfd.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.npz", "o.mp4", "s.png"]


def test_the_same_call_gives_the_same_clip_and_a_range_its_part(tmp_path, short_speech):
    assert render(tmp_path / "a.mp4", short_speech, "--crf", "1") == DONE
    assert render(tmp_path / "b.mp4", short_speech, "--crf", "1") == DONE
    assert render(tmp_path / "c.mp4", short_speech, "--crf", "1", "--frames", "4-6,9") == DONE
    whole, again, part = (frames_of(tmp_path / name) for name in ("a.mp4", "b.mp4", "c.mp4"))
    assert all(np.array_equal(one, other) for one, other in zip(whole, again, strict=True))
    assert len(part) == 4
    for shown, index in zip(part, (4, 5, 6, 9), strict=True):
        assert np.abs(shown.astype(int) - whole[index]).mean() < 1.0


def test_the_suffix_chooses_the_format(tmp_path, short_speech, capfd):
    for name in ("a.webm", "a.mov", "a.gif"):
        assert render(tmp_path / name, short_speech, "--frames", "0-5") == DONE
        assert MovieReader(tmp_path / name).facts.frames == 6
    assert render(tmp_path / "b.mp4", short_speech, "--codec", "h265", "--frames", "0-5") == DONE
    assert b"hvc1" in (tmp_path / "b.mp4").read_bytes()
    assert render(tmp_path / "a.wav", short_speech) == DONE
    capfd.readouterr()
    assert render(tmp_path / "a.avi", short_speech) == USER_ERROR
    assert "should end in .mp4, .mov, .webm" in capfd.readouterr().err
    assert render(tmp_path / "a.mp4", short_speech, "--alpha") == USER_ERROR
    assert "cannot carry transparency" in capfd.readouterr().err
    assert render(tmp_path / "a.mov", short_speech, "--alpha") == USER_ERROR
    assert "no transparency" in capfd.readouterr().err


def test_controls_change_the_picture_where_they_act(tmp_path, short_speech):
    quiet = ("--head", "still", "--no-blink", "--gaze", "camera", "--crf", "1")
    variants = {"plain": (), "closed": ("--lip-scale", "0"), "happy": ("--emotion", "happy")}
    shown = {}
    for name, extra in variants.items():
        assert render(tmp_path / f"{name}.mp4", short_speech, *quiet, *extra) == DONE
        shown[name] = np.stack(frames_of(tmp_path / f"{name}.mp4")).astype(int)
    mouth, brows = np.s_[:, 110:160, 90:160], np.s_[:, 70:100, 90:160]
    closed = np.abs(shown["plain"] - shown["closed"])
    assert closed[mouth].mean() > 3 * closed[brows].mean()
    assert np.abs(shown["plain"] - shown["happy"])[brows].mean() > 0.5


def test_a_video_speaks_anew_and_keeps_its_own_rate(tmp_path, short_speech, capfd):
    from helpers.videos import moved, sample_portrait, written

    from pctalk_studio.core.time import FrameRate

    pictures = [moved(sample_portrait(), roll=3 * np.sin(n / 5))[0] for n in range(12)]
    clip = written(tmp_path / "clip.mp4", pictures, FrameRate.parse("20"))
    out = tmp_path / "anew.mp4"
    line = ["render", "--portrait", str(clip), "--text", "a duck", "-o", str(out), "--progress", "json"]
    assert run([*line, "--audio", str(short_speech), "--motion", str(tmp_path / "m.npz")]) == DONE
    assert MovieReader(out).facts.rate == 20
    assert len(frames_of(out)) == 13
    events = [json.loads(each) for each in capfd.readouterr().out.splitlines()]
    assert max(event["total"] for event in events if event["stage"] == "face") == 12
    with np.load(tmp_path / "m.npz", allow_pickle=False) as motion:
        assert motion["K_ori"].shape == motion["K_d"].shape == (13, 21, 3)
        assert motion["scale"].shape == (13,)
    assert run([*line[:-2]]) == USER_ERROR
    assert "clip.mp4" in capfd.readouterr().err


def test_a_picture_needs_a_recording(tmp_path, capfd):
    assert run(["render", "--portrait", str(PORTRAIT), "-o", str(tmp_path / "o.mp4")]) == USER_ERROR
    assert "--audio" in capfd.readouterr().err


def test_progress_as_json_lines_is_complete_and_alone_on_standard_output(tmp_path, short_speech, capfd):
    assert render(tmp_path / "o.mp4", short_speech, "--progress", "json") == DONE
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {event["event"] for event in events} == {"progress"}
    stages = list(dict.fromkeys(event["stage"] for event in events))
    assert stages[:2] == ["face", "speech"]
    assert (events[-1]["done"], events[-1]["total"]) == (16, 16)


@pytest.mark.parametrize("name", ["o.TextGrid", "o.json"])
def test_align_writes_what_can_be_read_again(tmp_path, name, capfd):
    code = run(["align", str(SPEECH), "--text-file", str(SAMPLE / "transcript.txt"), "-o", str(tmp_path / name)])
    assert code == DONE
    alignment = read_alignment(tmp_path / name)
    assert [word.text.strip(",.").lower() for word in alignment.words][:3] == ["a", "duck", "swims"]
    assert alignment.duration == pytest.approx(read_sound(SPEECH).duration, abs=0.01)
    assert "14 words" in capfd.readouterr().out


def test_an_emotion_is_measured_beside_the_same_clip_without_it(tmp_path, short_speech, capfd):
    neutral, happy = tmp_path / "n.mp4", tmp_path / "h.mp4"
    still = ("--head", "still", "--size", "384")
    assert render(neutral, short_speech, *still) == DONE
    assert render(happy, short_speech, *still, "--emotion", "happy:1:mouth,cheeks") == DONE
    capfd.readouterr()
    run(["evaluate", str(happy), "--neutral", str(neutral), "--emotion", "happy:1:mouth,cheeks", "--json"])
    values = {metric["code"]: metric for metric in json.loads(capfd.readouterr().out)["metrics"]}
    assert values["M15"]["passed"]
    assert values["M16"]["passed"]
    assert values["M17"]["value"] > 0.8
    assert run(["evaluate", str(happy), "--emotion", "happy"]) == USER_ERROR
    assert "--neutral" in capfd.readouterr().err


def test_doctor_finds_this_installation_healthy(capfd):
    assert run(["doctor", "--json"]) == DONE
    report = json.loads(capfd.readouterr().out)
    assert report["healthy"]
    assert {"python", "torch", "engine mesh", "speech model", "face model"} <= {f["subject"] for f in report["findings"]}
    assert run(["doctor"]) == DONE


def test_doctor_says_what_the_neural_engine_lacks(capfd, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert run(["doctor", "--json"]) == DONE
    findings = {each["subject"]: each for each in json.loads(capfd.readouterr().out)["findings"]}
    neural = findings["engine liveportrait"]
    assert not neural["ok"]
    assert not neural["needed"]
    assert "pctalk-studio models fetch human" in neural["remedy"]


def test_a_motion_template_needs_the_engine_that_tells_it(short_speech, capfd, tmp_path):
    out = tmp_path / "a.mp4"
    assert render(out, short_speech, "--motion", str(tmp_path / "a.pkl")) == USER_ERROR
    assert "--engine liveportrait" in capfd.readouterr().err
    assert not out.exists()


def test_rendering_without_weights_says_what_to_fetch_before_anything_is_analysed(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(Studio, "new", lambda *_, **__: pytest.fail("analysed first"))
    assert render(tmp_path / "a.mp4", SPEECH, "--engine", "liveportrait") == USER_ERROR
    assert "pctalk-studio models fetch human" in capfd.readouterr().err.strip().splitlines()[-1]


def test_a_project_for_the_neural_engine_can_be_begun_without_weights(short_speech, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    target = tmp_path / "a.pctalk"
    line = ["new", "--portrait", str(PORTRAIT), "--audio", str(short_speech), "--text", "a duck", "--engine", "liveportrait"]
    assert run([line[0], str(target), *line[1:]]) == DONE
    assert load_project(target).project.render.engine == "liveportrait"


def _write_nan(path: Path) -> None:
    samples = np.zeros(16000, np.float32)
    samples[500] = np.nan
    soundfile.write(path, samples, 16000, subtype="FLOAT")


BAD_PORTRAITS = {
    "missing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "folder": lambda path: path.mkdir(),
    "truncated": lambda path: path.write_bytes(PORTRAIT.read_bytes()[:20000]),
    "mislabelled": lambda path: path.write_bytes(SPEECH.read_bytes()),
    "text": lambda path: path.write_text("not a picture"),
}
BAD_SOUNDS = {
    "missing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "folder": lambda path: path.mkdir(),
    "truncated": lambda path: path.write_bytes(SPEECH.read_bytes()[:30]),
    "mislabelled": lambda path: path.write_bytes(PORTRAIT.read_bytes()),
    "nan": _write_nan,
}


def _one_sentence(capfd: pytest.CaptureFixture[str], named: str) -> None:
    said = capfd.readouterr()
    assert said.out == ""
    lines = said.err.strip().splitlines()
    assert len(lines) == 1, said.err
    assert lines[0].startswith("pctalk-studio: ")
    assert named in lines[0]


@pytest.mark.parametrize("kind", BAD_PORTRAITS)
def test_a_bad_portrait_is_one_sentence(tmp_path, short_speech, capfd, kind):
    BAD_PORTRAITS[kind](tmp_path / "p.jpg")
    code = run(["render", "--portrait", str(tmp_path / "p.jpg"), "--audio", str(short_speech), "-o", str(tmp_path / "o.mp4")])
    assert code == USER_ERROR
    _one_sentence(capfd, "p.jpg")
    assert not (tmp_path / "o.mp4").exists()


@pytest.mark.parametrize("kind", BAD_SOUNDS)
def test_a_bad_sound_is_one_sentence(tmp_path, capfd, kind):
    BAD_SOUNDS[kind](tmp_path / "a.wav")
    code = run(["render", "--portrait", str(PORTRAIT), "--audio", str(tmp_path / "a.wav"), "-o", str(tmp_path / "o.mp4")])
    assert code == USER_ERROR
    _one_sentence(capfd, "a.wav")
    assert not (tmp_path / "o.mp4").exists()


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (["-o", "nowhere/o.mp4"], "nowhere"),
        (["-o", "o.avi"], ".mp4"),
        (["-o", "here"], "here"),
        (["--sheet", "o.mp4"], ".png"),
        (["--frames", "90-200"], "frames"),
        (["--face", "9"], "face"),
        (["--face-points", "none.json"], "none.json"),
        (["--text-file", "none.txt"], "none.txt"),
        (["--text", "  "], "--text"),
        (["--crop", "none", "--size", "64"], "too small"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path, short_speech, capfd, monkeypatch, extra, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    base = ["render", "--portrait", str(PORTRAIT), "--audio", str(short_speech), "-o", "o.mp4", "--crop", "face"]
    code = run([*base, *extra])
    assert code == USER_ERROR
    _one_sentence(capfd, named)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]


def test_a_source_is_never_overwritten(tmp_path, short_speech, capfd):
    speech = tmp_path / "speech.mp4"
    assert render(speech, short_speech) == DONE
    before = speech.read_bytes()
    capfd.readouterr()
    assert run(["render", "--portrait", str(PORTRAIT), "--audio", str(speech), "-o", str(speech)]) == USER_ERROR
    _one_sentence(capfd, "speech.mp4")
    assert speech.read_bytes() == before


def test_a_picture_without_a_face_says_what_to_do(tmp_path, short_speech, capfd):
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    code = run(["render", "--portrait", str(tmp_path / "noise.png"), "--audio", str(short_speech), "-o", str(tmp_path / "o.mp4")])
    assert code == USER_ERROR
    _one_sentence(capfd, "--face-points")


def hear_signals() -> None:
    """What is started in the background of a shell script is born deaf to Ctrl-C, and so are its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupting_leaves_nothing_behind(tmp_path):
    command = [sys.executable, "-m", "pctalk_studio", "render", "--portrait", str(PORTRAIT), "--audio", str(SPEECH)]
    command += ["-o", str(tmp_path / "o.mp4"), "--text-file", str(SAMPLE / "transcript.txt"), "--progress", "json"]
    command += ["--size", "1600"]  # large enough not to be done before the signal comes
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hear_signals)
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["stage"] not in ("face", "speech") and event["done"] > 3:
            break
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED, said
    assert "Traceback" not in said
    deadline = time.monotonic() + 5
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_is_no_crash():
    command = f"{sys.executable} -m pctalk_studio doctor --json | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr
