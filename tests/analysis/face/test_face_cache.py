"""Rigs come back from disk as they were; whatever lies there instead is ignored and written anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pctalk_studio.analysis.face import RigCache, find_face, read_rig, write_rig
from pctalk_studio.analysis.face.cache import rig_key
from pctalk_studio.analysis.face.points import FacePoints
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import Problem

PICTURE = np.zeros((300, 300, 3), np.uint8)
POINTS = FacePoints(
    (("eye_right", 110, 100), ("eye_left", 190, 100), ("nose", 150, 150), ("mouth_right", 120, 185), ("mouth_left", 180, 185),
     ("chin", 150, 235))
)  # fmt: skip


class Finder:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, picture: np.ndarray, picture_hash: str, **options: Any) -> FaceRig:
        self.calls += 1
        return find_face(picture, picture_hash, face=None, points=POINTS)


@pytest.fixture
def rig() -> FaceRig:
    return find_face(PICTURE, "abc", points=POINTS)


def assert_same(a: FaceRig, b: FaceRig) -> None:
    for name in ("landmarks", "rotation", "translation", "shape", "neutral"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert getattr(a, name).dtype == getattr(b, name).dtype
    for name in ("picture_hash", "picture_size", "scale", "origin", "confidence", "problems"):
        assert getattr(a, name) == getattr(b, name)


def test_a_rig_comes_back_bit_for_bit(rig: FaceRig, tmp_path: Path) -> None:
    from dataclasses import replace

    rig = replace(rig, problems=(Problem("a", "text ü", None, 2.5), Problem("b", "other")), confidence=1 / 3)
    write_rig(rig, tmp_path / "rig.npz")
    assert_same(read_rig(tmp_path / "rig.npz"), rig)


def test_a_picture_is_analysed_once(tmp_path: Path) -> None:
    cache, finder = RigCache(tmp_path / "new" / "folder"), Finder()
    first = cache.face(PICTURE, "abc", find=finder)
    again = cache.face(PICTURE, "abc", find=finder)
    assert finder.calls == 1
    assert_same(first, again)
    cache.face(PICTURE, "other", find=finder)
    cache.face(PICTURE, "abc", face=2, find=finder)
    cache.face(PICTURE, "abc", points=POINTS, find=finder)
    assert finder.calls == 4


def test_keys_tell_options_apart() -> None:
    keys = {rig_key("a"), rig_key("b"), rig_key("a", 1), rig_key("a", 2), rig_key("a", None, POINTS)}
    assert len(keys) == 5


@pytest.mark.parametrize("damage", ["empty", "cut", "noise", "other npz", "pickled", "nan"])
def test_damaged_entries_are_ignored_and_rewritten(damage: str, rig: FaceRig, tmp_path: Path) -> None:
    cache, finder = RigCache(tmp_path), Finder()
    cache.face(PICTURE, "abc", find=finder)
    (entry,) = tmp_path.glob("rig-*.npz")
    whole = entry.read_bytes()
    if damage == "empty":
        entry.write_bytes(b"")
    elif damage == "cut":
        entry.write_bytes(whole[: len(whole) // 2])
    elif damage == "noise":
        entry.write_bytes(np.random.default_rng(0).bytes(5000))
    elif damage == "other npz":
        np.savez(entry, other=np.zeros(3))
    elif damage == "pickled":
        np.savez(entry, facts=np.array([{"evil": 1}], object), landmarks=np.zeros(3))
    else:
        from dataclasses import replace

        write_rig(replace(rig, shape=np.full((478, 3), np.nan, np.float32)), entry)
    assert cache.load(entry.stem.removeprefix("rig-")) is None
    cache.face(PICTURE, "abc", find=finder)
    assert finder.calls == 2
    assert cache.load(entry.stem.removeprefix("rig-")) is not None


def test_the_cache_stays_within_its_bytes(tmp_path: Path) -> None:
    finder = Finder()
    RigCache(tmp_path).face(PICTURE, "first", find=finder)
    (entry,) = tmp_path.glob("rig-*.npz")
    small = RigCache(tmp_path, most_bytes=int(entry.stat().st_size * 3.5))
    for name in "abcdefg":
        small.face(PICTURE, name, find=finder)
    assert len(list(tmp_path.iterdir())) == 3
    assert small.load(rig_key("g")) is not None, "the newest stays"


def test_a_folder_that_cannot_be_made_keeps_nothing_and_fails_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache, finder = RigCache(tmp_path / "file"), Finder()
    cache.face(PICTURE, "abc", find=finder)
    cache.face(PICTURE, "abc", find=finder)
    assert finder.calls == 2
