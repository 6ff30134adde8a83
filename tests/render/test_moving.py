"""Movies as sources: rows drawn from their own frames, by both engines, in bounded memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest
from helpers.liveportrait_weights import TINY, synthetic_networks
from helpers.mouth_faces import face
from helpers.rows import row
from helpers.videos import Pictures, track_of_rigs

from pctalk_studio.core.errors import RenderError
from pctalk_studio.media.pictures import Picture
from pctalk_studio.render.api import FrameLook
from pctalk_studio.render.framing import Cut, Framing, frame_movie
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.render.moving import MovingFace, MovingSource, prepared, telling_frames

SIZE = 256
OPEN = {"lip_lower_mid": (0, 0.1), "lip_lower_left": (0, 0.07), "lip_lower_right": (0, 0.07), "chin": (0, 0.08)}


@pytest.fixture(scope="module")
def faces():
    """Six frames: the head rolls, and the mouth opens and closes by itself."""
    made = [face(SIZE, gap=gap, roll=roll) for gap, roll in ((0, 0), (0.03, 2), (0.08, 4), (0.1, 6), (0.05, 4), (0, 2))]
    return [picture for picture, _ in made], [rig for _, rig in made]


@pytest.fixture(scope="module")
def source(faces):
    pictures, rigs = faces
    return MovingSource.of(Pictures(pictures), track_of_rigs(rigs), Cut(1.0, (0.0, 0.0), (SIZE, SIZE)))


@pytest.fixture(scope="module", params=["mesh", "liveportrait"])
def engine(request):
    if request.param == "mesh":
        return MeshRenderer()
    from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel
    from pctalk_studio.render.liveportrait.engine import LivePortraitRenderer
    from pctalk_studio.render.liveportrait.workbench import Workbench

    return LivePortraitRenderer(Workbench(LivePortraitModel.tested(synthetic_networks(TINY), CPU)), "tiny").at(128)


@pytest.fixture(scope="module")
def drawn(engine, source):
    return prepared(engine, source)


def of(number, **values):
    return replace(row(**values), source=number)


def test_a_row_at_rest_is_the_movie_s_frame_bit_for_bit(drawn, faces):
    for number, picture in enumerate(faces[0]):
        assert (drawn.frame(of(number)) == picture).all()


def test_equal_rows_give_equal_bytes_in_any_order_and_thread(engine, drawn, source):
    rows = [of(number, **OPEN) for number in (3, 0, 5, 3, 1)]
    first = [drawn.frame(each) for each in rows]
    assert (first[0] == first[3]).all()
    assert (first[0] != first[1]).any()
    again = MovingFace(engine, source, limit=1)
    with ThreadPoolExecutor(3) as pool:
        others = list(pool.map(again.frame, reversed(rows)))
    assert all((a == b).all() for a, b in zip(first, reversed(others), strict=True))


def test_what_is_far_from_the_face_is_the_frame_s_own(source, faces):
    picture = MovingFace(MeshRenderer(), source).frame(of(2, **OPEN))
    assert (picture[:8] == faces[0][2][:8]).all()
    assert (picture != faces[0][2]).any()


def test_broken_rows_are_refused(drawn):
    with pytest.raises(RenderError, match="not numbers"):
        drawn.frame(of(1, chin=(float("nan"), 0)))


def mouth_of(picture, rig):
    """The region of the mouth seen upright, the same in all frames."""
    marks = rig.landmarks[[61, 291, 1], :2]
    upright = np.float32([[30, 60], [98, 60], [64, 10]])
    return cv2.warpAffine(picture, cv2.getAffineTransform(marks, upright), (128, 110)).astype(float)


def test_one_opening_looks_the_same_whatever_the_movie_s_mouth_does(source, faces):
    """The mesh engine: no frame shows its own mouth through, and teeth neither jump nor change colour."""
    engine = MeshRenderer()
    drawn = MovingFace(engine, source)
    rigs = faces[1]
    seen = []
    for number, rig in enumerate(rigs):
        # From each frame's own opening to one of 0.1 E.
        part = 0.1 - float(rig.mouth_gap)
        lower = {f"lip_lower_{side}": (0, share * part) for side, share in (("mid", 0.75), ("left", 0.55), ("right", 0.55))}
        upper = {f"lip_upper_{side}": (0, -share * part) for side, share in (("mid", 0.25), ("left", 0.18), ("right", 0.18))}
        seen.append(mouth_of(drawn.frame(of(number, **lower, **upper)), rig))
    mean = np.mean(seen, axis=0)
    inside = (slice(62, 70), slice(50, 78))
    for each in seen:
        assert np.abs(each[inside].mean(axis=(0, 1)) - mean[inside].mean(axis=(0, 1))).max() < 14


def test_studied_frames_are_kept_in_bounded_memory(source):
    drawn = MovingFace(MeshRenderer(), source)
    for number in (0, 3):
        drawn.frame(of(number, **OPEN))
    each = max(studied.result().nbytes for studied in drawn._studied.values())
    small = MovingFace(MeshRenderer(), source, limit=2 * each + each // 2)
    for number in (0, 1, 2, 3, 0):
        small.frame(of(number, **OPEN))
        assert len(small._studied) <= 3
    assert 0 in small._studied


def test_a_frame_that_cannot_be_drawn_fails_each_time_and_is_not_kept(source):
    class Failing(MeshRenderer):
        def prepare_kin(self, frame, person):
            if frame.rig.mouth_gap > 0.09:
                raise RenderError("not this one")
            return super().prepare_kin(frame, person)

    drawn = MovingFace(Failing(), source)
    for _ in range(2):
        with pytest.raises(RenderError, match="not this one"):
            drawn.frame(of(3, **OPEN))
    assert drawn.frame(of(0, **OPEN)).shape == (SIZE, SIZE, 3)


def test_one_window_for_all_frames_shows_the_face_wherever_it_goes(faces):
    pictures, rigs = faces
    there = [rig.placed(1.0, (-3.0 * number, 0.0), rig.picture_size, "") for number, rig in enumerate(rigs)]
    track = track_of_rigs(there)
    cut = frame_movie(Picture.unnamed(pictures[0]), track, Framing(crop_to_face=True, longest=128))
    framed = MovingSource.of(Pictures(pictures), track, cut)
    for number in range(len(framed)):
        shown = framed.at(number)
        assert shown.picture.shape == (128, 128, 3)
        marks = shown.rig.landmarks[:468, :2]
        assert marks.min() > 0
        assert marks.max() < 127
    assert framed.at(2).rig.scale == pytest.approx(track.rig(2).scale * cut.factor)
    half = framed.shrunk((64, 64))
    assert half.at(1).picture.shape == (64, 64, 3)
    expected = framed.at(1).rig.placed(0.5, (0.0, 0.0), (64, 64), "").landmarks
    assert np.allclose(half.at(1).rig.landmarks, expected, atol=1e-3)


def test_looks_tell_movies_and_their_framings_apart(source, faces):
    engine = MeshRenderer()
    other = MovingSource.of(Pictures(faces[0]), track_of_rigs(faces[1]), Cut(0.5, (0.0, 0.0), (SIZE // 2, SIZE // 2)))
    looks = {FrameLook.of(each, engine).digest for each in (source, other, source.poster)}
    assert len(looks) == 3


def test_a_person_is_known_by_closed_and_open_moments(source):
    told = telling_frames(source.face)
    assert told[0] == source.face.reference
    assert 3 in told
    assert len(set(told)) == len(told)
