"""Several rows in one pass: the same pictures, in any size of batch, also when memory runs out on the way."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
import torch
from helpers.liveportrait_weights import TINY, synthetic_networks
from helpers.mouth_faces import face
from helpers.rows import row
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel, to_bytes
from pctalk_studio.nets.liveportrait.policy import Policy
from pctalk_studio.render.api import BatchFace, KindredRenderer, RenderSource
from pctalk_studio.render.liveportrait.device_paste import DevicePaste
from pctalk_studio.render.liveportrait.engine import BATCH_BYTES, LivePortraitRenderer
from pctalk_studio.render.liveportrait.placing import CropPlace, Paste
from pctalk_studio.render.liveportrait.workbench import MOST_FRAMES, Workbench, batch_for

ON_CARD = Policy(torch.device("cuda"), torch.float32)
ROWS = [row(yaw=2 * step, lip_corner_left=(0.01 * step, -0.02)) for step in range(1, 6)]


class Watched(LivePortraitModel):
    """Counts passes and, for as many of them as told, runs out of memory where they are too large."""

    def __init__(self, networks):
        super().__init__(networks, CPU)
        self.passes, self.frames, self.holds, self.released = [], [], MOST_FRAMES, 0

    def draw(self, face_, k_source, k_driving):
        if len(k_driving) > self.holds:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.passes.append(len(k_driving))
        drawn = super().draw(face_, k_source, k_driving)
        self.frames.extend(drawn)
        return drawn

    def release(self):
        self.released += 1


@pytest.fixture(scope="module")
def networks():
    return synthetic_networks(TINY)


@pytest.fixture(scope="module")
def source():
    return RenderSource(*face(size=300))


def prepared(networks, source, batch, lays=None):
    bench = Workbench(Watched(networks), batch=batch, lays=lays)
    made = LivePortraitRenderer(bench, "tiny").at(128).prepare(source)
    bench.model.passes.clear()
    bench.model.frames.clear()
    return made, bench.model


def laid(many, frames):
    """What the processor lays of frames that were drawn."""
    return [many.paste(frame) for frame in to_bytes(torch.stack(frames))]


def same(frames, others):
    """Frames that were drawn in batches of different sizes; a level less or more in one makes more than one when it is laid
    where scrambled networks draw another picture than the photo, so they are compared as they are drawn."""
    return all(float((one - other).abs().max()) < 1e-5 for one, other in zip(frames, others, strict=True))


def test_a_batch_is_drawn_in_one_pass_and_equals_frame_by_frame(networks, source):
    many, model = prepared(networks, source, 8)
    assert isinstance(many, BatchFace)
    assert many.batch == 8
    pictures, together = many.frames(ROWS), list(model.frames)
    assert model.passes == [5]
    model.frames.clear()
    single = [many.frame(each) for each in ROWS]
    assert same(model.frames, together)
    np.testing.assert_array_equal(pictures, laid(many, together))
    np.testing.assert_array_equal(single, laid(many, model.frames))
    for one, other in zip(single, pictures, strict=True):
        assert (one != other).mean() < 1e-3


def test_rows_at_rest_are_the_photo_and_drawn_by_nobody(networks, source):
    many, model = prepared(networks, source, 8)
    rest = MotionRow.rest()
    pictures = many.frames([rest, ROWS[0], rest, ROWS[1]])
    assert model.passes == [2]
    for number in (0, 2):
        assert (pictures[number] == source.picture).all()
    assert (pictures[1] != pictures[3]).any()
    assert many.frames([rest])[0] is not source.picture
    assert many.frames([]) == []


def test_when_memory_runs_out_it_goes_on_with_half_and_remembers(networks, source):
    many, model = prepared(networks, source, 8)
    many.frames(ROWS)
    wanted = list(model.frames)
    model.passes.clear()
    model.frames.clear()
    model.holds = 2
    pictures = many.frames(ROWS)
    assert model.passes == [2, 2, 1]
    assert model.released == 1, "caches are given up once for each halving: 5 to 2"
    assert many.batch == 2
    assert many.remarks == ("Memory for 5 frames at a time ran out, so LivePortrait draws 2 at a time, more slowly.",)
    assert same(model.frames, wanted)
    np.testing.assert_array_equal(pictures, laid(many, model.frames))
    model.passes.clear()
    many.frames(ROWS[:2])
    assert model.passes == [2]


def test_when_one_frame_is_too_much_it_says_so_in_a_sentence(networks, source):
    many, model = prepared(networks, source, 4)
    model.holds = 0
    with pytest.raises(RenderError, match=r"too little memory .* mesh engine"):
        many.frames(ROWS)


def test_one_frame_that_ran_out_of_memory_once_does_not_shrink_batches(networks, source):
    many, model = prepared(networks, source, 4)
    fail = [True]

    def draw(*given):
        if fail.pop() if fail else False:
            raise MemoryError
        return Watched.draw(model, *given)

    model.draw = draw
    many.frame(ROWS[0])
    assert (model.released, many.batch) == (1, 4)


def test_batches_are_bounded_by_what_their_pictures_take(networks):
    large, _ = prepared(networks, RenderSource(*face(size=900)), 16)
    assert large.batch == 16
    assert BATCH_BYTES // (6000 * 4000 * 3) == 3


@pytest.mark.parametrize(("free", "batch"), [(80, 16), (16, 16), (11, 8), (3.5, 2), (0.4, 1)])
def test_a_card_s_free_memory_says_how_many_frames_are_drawn_in_a_pass(monkeypatch, free, batch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (int(free * 2**30), 80 * 2**30))
    assert batch_for(torch.device("cuda")) == batch
    assert batch_for(torch.device("cpu")) == batch_for(torch.device("mps")) == 1


def test_while_one_caller_s_frames_are_laid_another_s_are_drawn(networks, source):
    many, _ = prepared(networks, source, 4)
    first_is_drawn, second_is_drawn = threading.Event(), threading.Event()
    paste, order = Paste.__call__, []

    class Slow(Paste):
        def __call__(self, frame):
            first_is_drawn.set()
            assert second_is_drawn.wait(20), "drawing waits for laying"
            return paste(self, frame)

    fields = {name: getattr(many.paste, name) for name in Paste.__slots__}
    thread = threading.Thread(
        target=lambda: order.extend(
            many.bench.draw(many.name, many.crop, many.driver.k_source, many.keypoints(ROWS[0])[None], Slow(**fields))
        )
    )
    thread.start()
    assert first_is_drawn.wait(20)
    many.frame(ROWS[1])
    second_is_drawn.set()
    thread.join(20)
    assert len(order) == 1


def test_on_a_card_frames_are_laid_there_and_only_their_part_of_the_picture_comes_back(networks, source):
    here, _ = prepared(networks, source, 4)
    there, _ = prepared(networks, source, 4, lays=True)
    wanted, made = here.frames(ROWS), there.frames(ROWS)
    assert len(there.bench.pastes) == 1
    assert len(here.bench.pastes) == 0
    for one, other in zip(wanted, made, strict=True):
        difference = np.abs(one.astype(int) - other)
        assert (difference > 1).mean() <= 1e-3
        assert difference.max() <= 2
    there.bench._release()
    assert len(there.bench.pastes) == 0
    np.testing.assert_array_equal(there.frames(ROWS)[0], made[0])


def test_frames_of_a_movie_are_laid_without_bringing_each_picture_to_the_card(networks, source):
    bench = Workbench(Watched(networks), batch=4, lays=True)
    engine = LivePortraitRenderer(bench, "tiny").at(128)
    assert isinstance(engine, KindredRenderer)
    first = engine.prepare(source)
    kin = engine.prepare_kin(source, engine.know([source]))
    here, _ = prepared(networks, source, 4)
    np.testing.assert_array_equal(kin.frame(ROWS[0]), here.frame(ROWS[0]))
    assert len(bench.pastes) == 0
    first.frame(ROWS[0])
    assert len(bench.pastes) == 1


def laid_both_ways(size, drawn, offset, seed):
    """What OpenCV lays and what the device lays, of frames with every kind of detail."""
    picture, rig = face(size=size, roll=10.0)
    rig = rig.placed(1.0, offset, (size, size), "moved")
    random = np.random.default_rng(seed)
    picture = np.clip(picture.astype(int) + random.integers(-30, 30, picture.shape), 0, 255).astype(np.uint8)
    place = CropPlace.of(rig.landmarks)
    still = cv2.resize(place.cut(picture, drawn // 2), (drawn, drawn), interpolation=cv2.INTER_CUBIC)
    frames = np.stack([cv2.GaussianBlur(np.roll(still, step, axis=0), (0, 0), 1) for step in (0, 3, 9)])
    frames[1, 100:150] = random.integers(0, 256, frames[1, 100:150].shape)
    paste = Paste.of(picture, place, still)
    planes = torch.from_numpy(frames).movedim(-1, 1).float().add(0.5) / 255
    x0, y0, x1, y1 = paste.box
    wanted = np.stack([paste(frame)[y0:y1, x0:x1] for frame in frames])
    return wanted, DevicePaste.of(paste, torch.device("cpu"))(planes).numpy()


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from([200, 300, 512, 700]),
    st.sampled_from([256, 512]),
    st.sampled_from([(0.0, 0.0), (-90.0, 0.0), (60.0, 80.0)]),
    st.integers(0, 99),
)
def test_the_device_lays_what_opencv_lays(size, drawn, offset, seed):
    wanted, made = laid_both_ways(size, drawn, offset, seed)
    assert made.shape == wanted.shape
    assert made.dtype == np.uint8
    difference = np.abs(made.astype(int) - wanted)
    assert (difference > 1).mean() <= 1e-3, "one level, but for one pixel in a thousand"
    assert (difference > 0).mean() <= 1e-2


def test_a_large_picture_is_laid_in_parts(monkeypatch):
    from pctalk_studio.render.liveportrait import device_paste

    wanted, made = laid_both_ways(300, 256, (0.0, 0.0), 0)
    monkeypatch.setattr(device_paste, "_PIXELS", 1)
    np.testing.assert_array_equal(laid_both_ways(300, 256, (0.0, 0.0), 0)[1], made)
    assert wanted.shape == made.shape


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card here")
def test_a_card_lays_what_the_processor_lays(networks, source):
    card = LivePortraitRenderer(Workbench(LivePortraitModel(networks, ON_CARD), batch=4), "tiny").at(128).prepare(source)
    here, _ = prepared(networks, source, 4)
    for _ in range(2):
        for one, other in zip(card.frames(ROWS), here.frames(ROWS), strict=True):
            assert (np.abs(one.astype(int) - other) > 2).mean() < 1e-2
