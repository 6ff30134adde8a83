"""Speaking styles out of films: which lips are looked at, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.facts import frontal_rig
from helpers.toy_networks import ToyMotion

from pctalk_studio.core.errors import FaceError, UsageError, WeightsError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.topology import INNER_LIP_LOWER, face_topology
from pctalk_studio.session import style_learning
from pctalk_studio.session.portraits import Movie, Portrait
from pctalk_studio.session.style_learning import LearnStyle, lip_motion


def talking(seconds: float, rate: float = 50.0, hidden: slice = slice(0, 0)) -> FaceTrack:
    """A mean face whose lower lip and brows go up and down three times a second."""
    rig, neutral = frontal_rig(), face_topology().vertices
    times = np.arange(round(seconds * rate)) / rate
    wave = (0.05 * np.sin(2 * np.pi * 3 * times)).astype(np.float32)
    shape = np.repeat(neutral[None], len(times), axis=0)
    for landmark in (*MESH.keypoints[MESH.index("lip_lower_mid")].landmarks, *INNER_LIP_LOWER, 107, 55, 66, 65):
        shape[:, landmark, 1] = neutral[landmark, 1] + wave
    presence = np.ones(len(times), np.float32)
    presence[hidden] = 0.0
    count = len(times)
    return FaceTrack(
        "film", rig.picture_size, times, np.repeat(rig.rotation[None], count, 0), np.full(count, rig.scale),
        np.repeat(rig.translation[None], count, 0), shape, neutral, presence, 0, 1.0,
    )  # fmt: skip


def test_lips_are_followed_at_the_networks_rate_and_nothing_else():
    motion = lip_motion(talking(3.0))
    assert len(motion) == pytest.approx(75, abs=1)
    lip = motion[:, MESH.index("lip_lower_mid"), 1]
    np.testing.assert_allclose(lip, 0.05 * np.sin(2 * np.pi * 3 * np.arange(len(lip)) / 25), atol=0.004)
    assert not motion[:, MESH.index("brow_inner_right")].any()


def test_the_longest_stretch_with_a_face_is_taken():
    assert len(lip_motion(talking(4.0, hidden=slice(50, 60)))) == pytest.approx(70, abs=2)
    assert len(lip_motion(talking(1.0, hidden=slice(0, 50)))) == 0


@pytest.fixture
def film(monkeypatch):
    def show(track):
        movie = None if track is None else Movie(None, track)
        monkeypatch.setattr(style_learning, "face_in", lambda *_: Portrait(None, frontal_rig(), movie))

    return show


def test_a_style_has_the_films_name_and_what_the_networks_made_of_it(film):
    film(talking(3.0))
    style = LearnStyle(resource_path("sample") / "anna.mp4", ToyMotion).learn()
    assert style.name == "anna"
    assert len(style.embedding) == 4


def test_pictures_and_short_films_are_refused(film):
    film(None)
    with pytest.raises(UsageError, match="is a picture"):
        LearnStyle(resource_path("sample") / "portrait.jpg", ToyMotion).learn()
    film(talking(1.0))
    with pytest.raises(FaceError, match="less than 2 seconds"):
        LearnStyle(resource_path("sample") / "anna.mp4", ToyMotion).learn()


def test_without_networks_it_says_how_to_get_them(film):
    def missing():
        raise WeightsError("Get them.")

    with pytest.raises(WeightsError, match="Get them"):
        LearnStyle(resource_path("sample") / "anna.mp4", missing).learn()
