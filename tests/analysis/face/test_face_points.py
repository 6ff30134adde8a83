"""A template goes through the points that are given, and files that make no face are refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.face import POINT_NAMES, FacePoints, find_face
from pctalk_studio.analysis.face.points import fit_points
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.topology import face_topology

PICTURE = np.full((400, 400, 3), 90, np.uint8)
NEEDED = ("eye_right", "eye_left", "nose", "mouth_right", "mouth_left", "chin")


def made(names: tuple[str, ...], scale: float = 120.0, turn: float = 0.0, bend: float = 0.0) -> FacePoints:
    marks = {name: marks for name, marks, _ in POINT_NAMES}
    rng = np.random.default_rng(1)
    cos, sin = np.cos(turn), np.sin(turn)
    out = []
    for name in names:
        x, y = face_topology().vertices[list(marks[name]), :2].mean(axis=0) + rng.normal(0, bend, 2)
        out.append((name, 200 + scale * (x * cos - y * sin), 150 + scale * (x * sin + y * cos)))
    return FacePoints(tuple(out))


@settings(deadline=None)  # the first run imports scipy
@given(scale=st.floats(20, 500), turn=st.floats(-np.pi, np.pi))
def test_undistorted_points_give_the_mean_face(scale: float, turn: float) -> None:
    landmarks = fit_points(made(NEEDED, scale, turn))
    v = face_topology().vertices.astype(np.float64)
    cos, sin = np.cos(turn), np.sin(turn)
    expected = np.column_stack([v[:, 0] * cos - v[:, 1] * sin, v[:, 0] * sin + v[:, 1] * cos, v[:, 2]]) * scale + (200, 150, 0)
    np.testing.assert_allclose(landmarks, expected, atol=2e-3 * scale)


@settings(deadline=None)  # the first run imports scipy
@given(st.integers(0, 2**32 - 1))
def test_the_face_goes_near_every_point_however_they_contradict(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [name for name, _, _ in POINT_NAMES if name in NEEDED or rng.random() < 0.5]
    bent = FacePoints(tuple((n, x + rng.normal(0, 1), y + rng.normal(0, 1)) for n, x, y in made(tuple(names)).points))
    landmarks = fit_points(bent)
    for name, marks, _ in POINT_NAMES:
        if name in names and len(marks) == 1:
            given_at = next((x, y) for n, x, y in bent.points if n == name)
            np.testing.assert_allclose(landmarks[marks[0], :2], given_at, atol=3)


def test_a_rig_from_points(tmp_path: Path) -> None:
    rig = find_face(PICTURE, "hash", points=made(NEEDED))
    assert rig.origin == "points"
    assert rig.scale == pytest.approx(120, rel=0.01)
    np.testing.assert_allclose(rig.scale * (rig.shape @ rig.rotation) + rig.translation, rig.landmarks, atol=1e-3)


def test_json_and_lines_say_the_same(tmp_path: Path) -> None:
    points = made(NEEDED)
    as_json, as_lines = tmp_path / "p.json", tmp_path / "p.csv"
    as_json.write_text(json.dumps({n: [x, y] for n, x, y in points.points}))
    as_lines.write_text("name,x,y\n# a comment\n\n" + "\n".join(f"{n}, {x!r}, {y!r}" for n, x, y in points.points))
    assert FacePoints.read(as_json) == FacePoints.read(as_lines) == points


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "lack nose, mouth_right, mouth_left, chin, eye_right, eye_left"),
        ("nose, 1, 2", "lack"),
        ("nose, 1", "Line 1"),
        ("nose, one, 2", "Line 1"),
        ("snout, 1, 2", "'snout' is no face point"),
        ("nose,1,2\nnose,1,3", "twice"),
        ("nose,nan,2", "no number"),
        ('{"nose": [1]}', "JSON"),
        ('{"nose": [1, 2]', "JSON"),
        ('{"nose": 4}', "JSON"),
        ('{"nose": [1,2], "nose": [1,2]}', "twice"),
    ],
)
def test_files_that_make_no_face(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "points.txt"
    path.write_text(text)
    with pytest.raises(FaceError, match=sentence) as caught:
        FacePoints.read(path)
    assert "points.txt" in caught.value.user_text


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FaceError, match=r"missing\.json"):
        FacePoints.read(tmp_path / "missing.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(FaceError, match="no text"):
        FacePoints.read(tmp_path / "binary.json")


def swapped(points: FacePoints, a: str, b: str) -> FacePoints:
    other = {a: b, b: a}
    return FacePoints(tuple((other.get(n, n), x, y) for n, x, y in points.points))


def test_points_that_contradict_one_another() -> None:
    with pytest.raises(FaceError, match=r"right means the subject's right|cross"):
        fit_points(swapped(made(NEEDED), "eye_right", "eye_left"))
    with pytest.raises(FaceError, match=r"right means the subject's right|cross"):
        fit_points(swapped(made(NEEDED), "nose", "chin"))
    with pytest.raises(FaceError, match="one place"):
        fit_points(FacePoints(tuple((n, 5.0, 5.0) for n in NEEDED)))


def test_a_template_bends_through_few_points_exactly() -> None:
    points = made(NEEDED, bend=0.04)
    landmarks = fit_points(points)
    at = {name: (x, y) for name, x, y in points.points}
    for name, mark in (("nose", 4), ("mouth_right", 61), ("mouth_left", 291), ("chin", 152)):
        np.testing.assert_allclose(landmarks[mark, :2], at[name], atol=1e-3)
