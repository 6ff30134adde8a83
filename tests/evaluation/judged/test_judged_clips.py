"""Clips before the judges: with made-up weights under the published names, and without any."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.judge_weights import PUBLISHED, put_judge

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.time import FrameRate
from pctalk_studio.evaluation.judged import Judges, clips, judge_clip, markdown_table, method_row, tables
from pctalk_studio.evaluation.judged.clips import JudgedClip, distance
from pctalk_studio.evaluation.judged.lip_sync import LipSync
from pctalk_studio.media.movie import MovieWriter
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.media.sound import read_sound
from pctalk_studio.nets.store import ModelStore

CODES = ["LSE-D", "LSE-C", "FID", "NIQE", "FVD", "Acc_emo", "E-FID"]


def movie(path, seconds, zoom=1.0, rate=30):
    """The sample's face, a little larger with every frame, with the sample's speech."""
    sample = resource_path("sample")
    face = cv2.resize(read_picture(sample / "portrait.jpg").rgb, (384, 384), interpolation=cv2.INTER_AREA)
    with MovieWriter(path, (384, 384), FrameRate(Fraction(rate)), read_sound(sample / "speech.flac")) as writer:
        for k in range(int(seconds * rate)):
            matrix = cv2.getRotationMatrix2D((192, 192), 0, zoom + 0.002 * k)
            writer.write(cv2.warpAffine(face, matrix, (384, 384), borderMode=cv2.BORDER_REPLICATE))
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return movie(tmp_path_factory.mktemp("clips") / "anna_happy.mp4", 0.55)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    return movie(tmp_path_factory.mktemp("real") / "real.mp4", 0.55, zoom=1.2)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = ModelStore(tmp_path_factory.mktemp("models"))
    for name in PUBLISHED:
        put_judge(made, name)
    return made


@pytest.fixture(autouse=True)
def _few_looks(monkeypatch):
    monkeypatch.setattr(clips, "LOOKED_AT", 3)


def test_without_weights_every_measure_says_how_to_get_them(clip, real, tmp_path):
    metrics = {metric.code: metric for metric in judge_clip(clip, Judges(ModelStore(tmp_path)), [real], "happy")}
    assert set(metrics) == {*CODES, "NIQE-local"} - {"NIQE"}
    assert metrics.pop("NIQE-local").value > 0
    assert all(metric.value is None and metric.passed is None for metric in metrics.values())
    assert "'pctalk-studio models fetch judges/syncnet'" in metrics["LSE-C"].sentence
    assert "'pctalk-studio models import FOLDER'" in metrics["Acc_emo"].sentence


def test_all_judges_measure(clip, real, store):
    metrics = {metric.code: metric for metric in judge_clip(clip, Judges(store), [real], "happy")}
    assert [code for code in CODES if code != "NIQE"] == [code for code in metrics if not code.startswith("NIQE")]
    assert all(metric.value is not None and np.isfinite(metric.value) for metric in metrics.values())
    assert metrics["FID"].value > 0
    assert "of their means alone" in metrics["FVD"].sentence
    assert metrics["Acc_emo"].value in (0.0, 1.0)


def test_a_clip_is_at_no_distance_from_itself(clip, store):
    judged = JudgedClip.of(clip, Judges(store))
    assert distance([judged], [judged], "pictures")[0] == pytest.approx(0, abs=1e-4)
    assert distance([judged], [judged], "expressions")[0] == pytest.approx(0, abs=1e-4)


def test_distances_without_real_clips_and_short_clips_say_so(store, tmp_path):
    short = movie(tmp_path / "short.mp4", 0.1)
    metrics = {metric.code: metric for metric in judge_clip(short, Judges(store))}
    assert "--reference" in metrics["FID"].sentence
    assert "too short" in metrics["LSE-D"].sentence


def test_damaged_weights_are_said_and_not_used(clip, tmp_path):
    store = ModelStore(tmp_path)
    path = put_judge(store, "syncnet")
    path.write_bytes(path.read_bytes()[:100_000])
    metrics = {metric.code: metric for metric in judge_clip(clip, Judges(store))}
    assert "damaged" in metrics["LSE-C"].sentence
    with pytest.raises(WeightsError, match="damaged"):
        _ = JudgedClip.of(clip, Judges(store)).lip_sync


def test_frames_of_any_rate_are_seen_25_times_a_second(clip):
    seen = JudgedClip.of(clip, Judges(ModelStore())).at_25()
    assert seen[:6] == [0, 1, 2, 4, 5, 6]
    assert len(seen) == 13


class Stand:
    """A clip that was judged."""

    def __init__(self, path):
        self.path = path
        self.lip_sync = LipSync(8.0, 6.0, 0, 8.5)
        self.pictures = self.movement = np.full((3, 4), float(len(path.stem)))
        self.niqe = ("NIQE-local", 5.0)
        self.emotion = "happy"

    @property
    def expressions(self):
        raise WeightsError("Get them.")


def test_methods_stand_in_one_table(monkeypatch):
    monkeypatch.setattr(tables.JudgedClip, "of", lambda path, judges, progress: Stand(path))
    clips_of = {"ours": ["abc_happy", "xyz_sad"], "theirs": ["abcdef_happy"]}
    rows = [
        method_row(name, [Path(f"{stem}.mp4") for stem in stems], [Path("real_happy.mp4")], Judges(ModelStore()), meant)
        for (name, stems), meant in zip(clips_of.items(), (["happy", "sad"], [None]), strict=True)
    ]
    head, _, ours, theirs, _, *why = markdown_table(rows).splitlines()
    assert head == "| Method | LSE-C↑ | LSE-D↓ | FID↓ | NIQE↓ | FVD↓ | Acc_emo↑ | E-FID↓ |"
    own, other = (row.values["FID"] for row in rows)
    assert own > other, "the names of one are nearer in length to the real one's"
    assert ours == f"| ours | **6.00** | **8.00** | {own:.2f} | **5.00** | {own:.2f} | **50.00** | - |"
    assert f"| **{other:.2f}** |" in theirs
    assert theirs.endswith("| - | - |")
    assert "E-FID: Get them." in why
    assert any(line.startswith("Acc_emo: No clip's name says") for line in why)
