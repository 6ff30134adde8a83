"""The engine's promises, on the official structure with few channels and on a network that only copies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from helpers.liveportrait_weights import OFFICIAL, TINY, synthetic_networks
from helpers.mouth_faces import face
from helpers.rows import row

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel
from pctalk_studio.nets.liveportrait.policy import Policy
from pctalk_studio.nets.liveportrait.pose import FaceMotion, rotation_matrix
from pctalk_studio.render.api import FrameLook, NeuralRenderer, Quality, RenderSource
from pctalk_studio.render.liveportrait import engine as engine_module
from pctalk_studio.render.liveportrait.engine import LivePortraitRenderer
from pctalk_studio.render.liveportrait.workbench import Workbench

SMILE = row(lip_corner_right=(-0.05, -0.06), lip_corner_left=(0.05, -0.06))
TURN = row(yaw=8, pitch=-4, x=0.03, zoom=1.02)


@pytest.fixture(scope="module")
def model():
    return LivePortraitModel.tested(synthetic_networks(TINY), CPU)


@pytest.fixture(scope="module")
def source():
    return RenderSource(*face(size=300))


@pytest.fixture(scope="module")
def engine(model):
    return LivePortraitRenderer(Workbench(model), "tiny").at(128)


@pytest.fixture(scope="module")
def prepared(engine, source):
    return engine.prepare(source)


@dataclass
class _Picture:
    """A studied face of the copying model."""

    crop: np.ndarray
    nbytes: int = 1000


class CopyingModel:
    """Networks that draw the crop again, and stitch by a constant; they count what they are asked for."""

    policy = CPU
    remarks = ("told",)

    def __init__(self, fail=()):
        self.asked = []
        self._fail = list(fail)

    def read_motion(self, pictures):
        assert pictures.shape[1:] == (256, 256, 3)
        canonical = np.random.default_rng(1).uniform(-0.5, 0.5, (21, 3)).astype(np.float32)
        one = FaceMotion(3.0, -7.0, 2.0, np.array([0.05, -0.1, 0.3], np.float32), 0.01 * canonical, 1.5, canonical)
        return (one,) * len(pictures)

    def study(self, picture):
        self.asked.append("study")
        return _Picture(picture)

    def stitch(self, k_source, k_driving):
        return k_driving + 0.03 + 0.1 * (k_driving - k_source)

    def draw(self, face, k_source, k_driving):
        self.asked.append("draw")
        if self._fail and (error := self._fail.pop(0)):
            raise error
        planes = torch.tensor(face.crop).permute(2, 0, 1)[None].float() / 255
        return torch.nn.functional.interpolate(planes, scale_factor=2.0)

    def release(self):
        self.asked.append("release")


def copying(limit=1 << 20, fail=()):
    return LivePortraitRenderer(Workbench(CopyingModel(fail), limit), "copies")


def test_it_draws_a_picture_of_the_source_s_size_that_moves(prepared, source):
    rest, smile, turn = (prepared.frame(each) for each in (MotionRow.rest(), SMILE, TURN))
    assert rest.shape == source.picture.shape
    assert rest.dtype == np.uint8
    assert (rest != smile).any()
    assert (rest != turn).any()


def test_equal_rows_give_equal_bytes_in_any_order_and_thread(prepared, engine, source):
    rows = [MotionRow.rest(), SMILE, TURN]
    first = [prepared.frame(each) for each in rows]
    with ThreadPoolExecutor(3) as pool:
        again = list(pool.map(prepared.frame, reversed(rows)))
    assert all((a == b).all() for a, b in zip(first, reversed(again), strict=True))
    assert (engine.prepare(source).frame(SMILE) == first[1]).all()


def test_rows_are_drawn_as_they_are_kept(prepared):
    nudged = MotionRow.of_flat(SMILE.flat() + np.float32(1e-6))
    assert nudged.key() == SMILE.key()
    assert (prepared.frame(nudged) == prepared.frame(SMILE)).all()


def test_a_row_at_rest_is_the_photo_bit_for_bit(prepared, source):
    assert (prepared.frame(MotionRow.rest()) == source.picture).all()


def test_at_rest_keypoints_are_the_photo_s_to_the_bit(prepared):
    assert (prepared.keypoints(MotionRow.rest()) == prepared.driver.k_source).all()
    copied = copying().prepare(RenderSource(*face(size=300)))
    assert (copied.keypoints(MotionRow.rest()) == copied.driver.k_source).all()


def test_stitching_comes_last_and_without_what_it_does_to_the_photo():
    face_ = copying().prepare(RenderSource(*face(size=300)))
    source, driven = face_.driver.k_source, face_.driver.k_driven(SMILE.quantised())
    assert face_.keypoints(SMILE) == pytest.approx(driven + 0.1 * (driven - source), abs=1e-6)


def test_networks_that_copy_leave_the_picture(source):
    prepared = copying().prepare(source)
    difference = np.abs(prepared.frame(SMILE).astype(int) - source.picture)
    assert difference.mean() < 3


def test_pose_turns_shifts_and_zooms_as_the_mesh_s_does():
    """The same signs and sizes as :meth:`Motion.k_d`, seen in the crop."""
    source = RenderSource(*face(size=300, roll=12.0))
    face_ = copying().prepare(source)
    driver, rig = face_.driver, source.rig
    rest = driver.k_source
    unit = rig.scale * np.hypot(*driver.shift[0]) / rig.scale
    moved = driver.k_driven(row(x=0.1)) - rest
    assert moved[:, :2] == pytest.approx(np.tile(0.1 * driver.shift[0], (21, 1)), abs=1e-5)
    assert np.hypot(*moved[0, :2]) == pytest.approx(0.1 * unit, rel=1e-3)
    assert driver.k_driven(row(y=0.1))[:, :2] - rest[:, :2] == pytest.approx(np.tile(0.1 * driver.shift[1], (21, 1)), abs=1e-5)
    zoomed = driver.k_driven(row(zoom=1.125))
    assert zoomed[:, :2] - driver.pivot == pytest.approx(1.125 * (rest[:, :2] - driver.pivot), abs=1e-5)
    motion = driver.motion
    for angles in ({"pitch": 10}, {"yaw": 10}, {"roll": 10}):
        # Ours: chin up, to the picture's right, clockwise; LivePortrait's: down, to the picture's left, clockwise.
        pitch, yaw, roll = -angles.get("pitch", 0), -angles.get("yaw", 0), angles.get("roll", 0)
        turned = motion.canonical @ rotation_matrix(pitch, yaw, roll) @ motion.rotation + motion.expression
        expected = motion.scale * turned[:, :2] + motion.translation[:2]
        assert driver.k_driven(row(**angles))[:, :2] == pytest.approx(expected, abs=1e-5)


def test_appearance_is_studied_once_for_all_frames(source):
    engine = copying()
    prepared = engine.prepare(source)
    for each in (SMILE, TURN, MotionRow.rest()):
        prepared.frame(each)
    engine.prepare(source).frame(SMILE)
    assert engine.bench.model.asked.count("study") == 1


def test_what_is_known_of_sources_is_bounded():
    engine = copying(limit=2500)
    faces = [engine.prepare(RenderSource(*face(size=size))) for size in (200, 260, 300)]
    assert engine.bench.model.asked.count("study") == 3
    pictures = [each.frame(SMILE) for each in faces]
    assert len(engine.bench.faces) == 2
    before = engine.bench.model.asked.count("study")
    # The one that was given up is studied again, and draws the same.
    assert (faces[0].frame(SMILE) == pictures[0]).all()
    assert engine.bench.model.asked.count("study") == before + 1


def test_when_memory_runs_out_caches_go_and_it_is_tried_again(source):
    engine = copying(fail=[None, None, torch.OutOfMemoryError("CUDA out of memory")])
    prepared = engine.prepare(source)
    first = prepared.frame(SMILE)
    assert (prepared.frame(SMILE) == first).all()
    assert engine.bench.model.asked == ["study", "draw", "draw", "draw", "release", "study", "draw"]


def test_when_memory_stays_out_it_says_so_in_a_sentence(source):
    prepared = copying(fail=[None, MemoryError(), MemoryError()]).prepare(source)
    with pytest.raises(RenderError, match=r"too little memory .* mesh engine"):
        prepared.frame(SMILE)


class Blinded(CopyingModel):
    """Draws one colour, or no colour at all."""

    colour = 0.0

    def draw(self, face, k_source, k_driving):
        return torch.full_like(super().draw(face, k_source, k_driving), self.colour)


@pytest.mark.parametrize(("colour", "said"), [(0.0, "empty"), (float("nan"), "broken"), (float("inf"), "broken")])
def test_a_face_that_comes_out_black_or_broken_is_told_and_not_shown(source, colour, said):
    model = Blinded()
    model.colour = colour
    with pytest.raises(RenderError, match=rf"draws {said} pictures of this face on cpu, float32; .* mesh engine\.$"):
        LivePortraitRenderer(Workbench(model), "blind").prepare(source)


def test_a_movie_s_black_frame_is_black(source):
    black = replace(source, picture=np.zeros_like(source.picture))
    assert not LivePortraitRenderer(Workbench(Blinded()), "blind").prepare(black).frame(SMILE).any()


def test_other_errors_are_not_swallowed(source):
    prepared = copying(fail=[None, RuntimeError("shapes differ")]).prepare(source)
    with pytest.raises(RuntimeError, match="shapes differ"):
        prepared.frame(SMILE)


def test_a_row_that_is_no_number_is_refused(prepared):
    with pytest.raises(RenderError, match="not numbers"):
        prepared.frame(replace(SMILE, pose=np.full(6, np.nan, np.float32)))


def test_what_cannot_be_drawn_is_refused_in_a_sentence(engine, source):
    small = RenderSource(*face(size=64))
    with pytest.raises(RenderError, match="too small"):
        engine.prepare(small)
    broken = replace(source.rig, landmarks=np.full((478, 3), np.nan, np.float32))
    with pytest.raises(RenderError, match="broken"):
        engine.prepare(RenderSource(source.picture, broken))


def test_the_version_tells_weights_precision_and_size(model):
    bench = Workbench(model)
    versions = {LivePortraitRenderer(bench, "a").version, LivePortraitRenderer(bench, "b").version}
    versions.add(LivePortraitRenderer(bench, "a").at(128).version)
    other = CopyingModel()
    other.policy = Policy(torch.device("cpu"), torch.float16)
    versions.add(LivePortraitRenderer(Workbench(other), "a").version)
    assert len(versions) == 4
    assert LivePortraitRenderer(Workbench(model), "a").version == LivePortraitRenderer(bench, "a").version


def test_a_draft_is_another_look(engine, source):
    full = LivePortraitRenderer(engine.bench, engine.weights)
    assert FrameLook.of(source, full).digest != FrameLook.of(source, engine, Quality(draft=True)).digest


def test_on_a_processor_the_mesh_engine_draws_beside_it_on_a_card_it_hurries(model, source):
    engine = LivePortraitRenderer(Workbench(model), "a")
    assert isinstance(engine, NeuralRenderer)
    assert (engine.draft, engine.proxy.name) == (None, "mesh")
    assert engine.proxy.prepare(source).frame(SMILE).shape == source.picture.shape
    on_card = CopyingModel()
    on_card.policy = Policy(torch.device("cuda"), torch.float16)
    quick = LivePortraitRenderer(Workbench(on_card), "a")
    assert (quick.draft.name, quick.draft.side, quick.proxy) == ("liveportrait", 128, None)
    assert quick.draft.prepare(source).frame(SMILE).shape == source.picture.shape


def test_it_tells_what_its_networks_remarked():
    assert copying().remarks == ("told",)


def test_no_more_is_drawn_than_asked_for(source):
    engine = copying()
    prepared = engine.prepare(source)
    assert engine.bench.model.asked == ["study", "draw"]
    assert (prepared.frame(MotionRow.rest()) == source.picture).all()
    assert engine.bench.model.asked == ["study", "draw"], "the photo at rest is the photo"


@pytest.mark.slow
def test_the_whole_structure_draws_at_full_size():
    model = LivePortraitModel.tested(synthetic_networks(OFFICIAL), CPU)
    source = RenderSource(*face(size=700))
    prepared = LivePortraitRenderer(Workbench(model), "scrambled").prepare(source)
    rest, smile = prepared.frame(MotionRow.rest()), prepared.frame(SMILE)
    assert rest.shape == source.picture.shape
    assert (rest != smile).any()
    assert engine_module.FULL_SIDE == 256
