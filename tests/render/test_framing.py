from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.topology import face_topology
from pctalk_studio.media.pictures import Picture
from pctalk_studio.render.framing import Framing, frame_source


def a_face(size: tuple[int, int], centre: tuple[float, float], scale: float) -> tuple[Picture, FaceRig]:
    """A dark picture with a soft bright dot at the nose tip, and the rig of the mean face there."""
    shape = face_topology().vertices
    rotation, translation = rotation_of(0, 0, 5), np.array([*centre, 0.0])
    landmarks = (scale * (shape @ rotation) + translation).astype(np.float32)
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    dot = np.exp(-((x - landmarks[4, 0]) ** 2 + (y - landmarks[4, 1]) ** 2) / (2 * (scale / 12) ** 2))
    picture = np.repeat((10 + 240 * dot).astype(np.uint8)[..., None], 3, axis=2)
    return Picture.of(picture, None, Path("dot.png")), FaceRig(
        "h", size, landmarks, rotation, scale, translation, shape, shape, "mesh", 1.0
    )


def dot_of(picture: np.ndarray) -> np.ndarray:
    weight = np.clip(picture[..., 0].astype(float) - 40, 0, None)
    y, x = np.indices(weight.shape)
    return np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()


framings = st.one_of(
    st.builds(Framing, st.booleans(), st.integers(120, 700)),
    st.builds(Framing, st.booleans(), st.none(), st.tuples(st.integers(120, 500), st.integers(120, 500))),
    st.builds(Framing, st.booleans()),
)


@settings(max_examples=40, deadline=None)
@given(framings, st.floats(0.35, 0.65), st.floats(0.4, 0.6), st.floats(55, 90))
def test_the_rig_stays_on_the_face(framing, x, y, scale):
    picture, rig = a_face((420, 380), (420 * x, 380 * y), scale)
    source = frame_source(picture, rig, framing)
    height, width = source.picture.shape[:2]
    assert source.rig.picture_size == (width, height)
    assert width % 2 == height % 2 == 0
    assert np.linalg.norm(dot_of(source.picture) - source.rig.landmarks[4, :2]) < 0.35


def test_the_whole_picture_at_its_own_size_is_untouched():
    picture, rig = a_face((420, 380), (210, 190), 80)
    source = frame_source(picture, rig, Framing())
    assert np.array_equal(source.picture, picture.rgb)
    assert np.allclose(source.rig.landmarks, rig.landmarks, atol=1e-4)


def test_sizes_are_what_was_asked_for():
    picture, rig = a_face((421, 381), (210, 190), 80)
    assert frame_source(picture, rig, Framing(longest=300)).picture.shape[:2] == (270, 300)
    assert frame_source(picture, rig, Framing(size=(200, 300))).picture.shape[:2] == (300, 200)
    assert frame_source(picture, rig, Framing(crop_to_face=True)).picture.shape[:2] == (512, 512)
    assert frame_source(picture, rig, Framing()).picture.shape[:2] == (380, 420)


def test_a_face_crop_shows_the_face_in_the_middle():
    picture, rig = a_face((900, 700), (300, 350), 70)
    source = frame_source(picture, rig, Framing(crop_to_face=True))
    oval = source.rig.landmarks[:468, :2]
    assert oval.min() > 50
    assert oval.max() < 462
    assert source.rig.scale > rig.scale


def test_cutting_to_another_shape_keeps_the_face():
    picture, rig = a_face((900, 300), (780, 160), 50)
    source = frame_source(picture, rig, Framing(size=(300, 300)))
    assert source.rig.landmarks[:468, 0].min() > 0
    assert source.rig.landmarks[:468, 0].max() < 300


def test_the_same_framing_names_the_same_picture_and_another_another():
    picture, rig = a_face((420, 380), (210, 190), 80)
    first, again, other = (frame_source(picture, rig, Framing(longest=n)).rig.picture_hash for n in (300, 300, 302))
    assert first == again != other


def test_a_frame_too_small_to_show_a_face_is_refused():
    picture, rig = a_face((600, 100), (300, 50), 20)
    with pytest.raises(RenderError, match="too small"):
        frame_source(picture, rig, Framing(longest=120))
