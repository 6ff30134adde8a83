"""The model's face to the rest of the program, its fall-backs, and what it does when memory runs out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.liveportrait_weights import TINY, sample_keypoints, sample_picture, synthetic_networks

from pctalk_studio.core.errors import RenderError
from pctalk_studio.nets.liveportrait import (
    CPU,
    LivePortraitModel,
    Policy,
    best_policy,
    is_out_of_memory,
    to_bytes,
    trouble_with,
    within_memory,
)
from pctalk_studio.nets.liveportrait import model as model_module

HALF = Policy(torch.device("cpu"), torch.float16)


@pytest.fixture(scope="module")
def networks():
    return synthetic_networks(TINY)


@pytest.fixture(scope="module")
def model(networks):
    return LivePortraitModel.tested(networks, CPU)


@pytest.fixture(scope="module")
def picture():
    return (sample_picture(128)[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def keypoints():
    source, driving = sample_keypoints()
    return source[0].numpy(), driving.numpy()


def test_pictures_in_motion_out(model, picture):
    one, two = model.read_motion(np.stack([picture, picture[::-1]]))
    assert one.canonical.shape == one.expression.shape == one.keypoints.shape == (21, 3)
    assert one.keypoints.dtype == np.float32
    assert one.pitch != two.pitch
    (alone,) = model.read_motion(picture[None])
    assert alone.pitch == pytest.approx(one.pitch, abs=1e-3)


def test_a_batch_draws_what_single_frames_draw(model, picture, keypoints):
    source, driving = keypoints
    face = model.study(picture)
    assert face.nbytes > 0
    poses = np.concatenate([driving, source[None]])
    together = model.draw(face, source, poses)
    assert together.shape == (2, 3, 256, 256)
    for pose, frame in zip(poses, together, strict=True):
        assert float((model.draw(face, source, pose[None])[0] - frame).abs().max()) < 1e-5


def test_the_same_pose_gives_the_same_bytes(model, picture, keypoints):
    source, driving = keypoints
    face = model.study(picture)
    first = to_bytes(model.draw(face, source, driving))
    assert first.dtype == np.uint8
    assert first.shape == (1, 256, 256, 3)
    model.release()
    np.testing.assert_array_equal(to_bytes(model.draw(model.study(picture), source, driving)), first)


@pytest.mark.parametrize("shape", [(192, 192, 3), (128, 256, 3), (0, 0, 3)])
def test_crops_of_other_shapes_are_refused(model, shape):
    with pytest.raises(ValueError, match="multiple of 128"):
        model.study(np.zeros(shape, np.uint8))


def test_arrays_that_nobody_may_write_to_are_taken(model, picture, keypoints):
    source, driving = keypoints
    wanted = to_bytes(model.draw(model.study(picture), source, driving))
    kept = [array.copy() for array in (picture, source, driving)]
    for array in kept:
        array.setflags(write=False)
    locked, k_source, k_driving = kept
    model.read_motion(locked[None])
    np.testing.assert_array_equal(to_bytes(model.draw(model.study(locked), k_source, k_driving)), wanted)
    model.stitch(k_source, k_driving)


def test_bytes_are_cut_off_not_rounded():
    frames = torch.tensor([0.0, 0.999, 1.0, 1.5, -0.2]).view(1, 1, 1, 5)
    assert to_bytes(frames).ravel().tolist() == [0, 254, 255, 255, 0]


def test_stitching_moves_points_and_all_of_them_in_the_plane(model, networks, keypoints):
    source, driving = keypoints
    moved = model.stitch(source, driving)
    out = networks.stitching(torch.from_numpy(np.concatenate([source.ravel(), driving.ravel()]))[None])[0].numpy()
    wanted = driving[0] + out[:63].reshape(21, 3)
    wanted[:, :2] += out[63:]
    np.testing.assert_allclose(moved[0], wanted, atol=1e-6)
    many = model.stitch(source, np.repeat(driving, 3, axis=0))
    np.testing.assert_allclose(many, np.repeat(moved, 3, axis=0), atol=1e-6)


def test_eyes_and_lips_get_the_ratios_they_are_asked_for(model, networks, keypoints):
    source, _ = keypoints
    for shift, network, ratios in (
        (model.eye_shift(source, (0.3, 0.32), 0.1), networks.eye, [0.3, 0.32, 0.1]),
        (model.lip_shift(source, 0.2, 0.4), networks.lip, [0.2, 0.4]),
    ):
        wanted = network(torch.tensor([[*source.ravel().tolist(), *ratios]])).view(21, 3).numpy()
        np.testing.assert_allclose(shift, wanted, atol=1e-6)


def test_half_precision_that_breaks_falls_back_to_single(networks, monkeypatch):
    monkeypatch.setattr(LivePortraitModel, "self_test", lambda self: "" if self.policy == CPU else "broken")
    model = LivePortraitModel.tested(networks, HALF)
    assert model.policy == CPU
    assert "broken pictures on cpu, float16" in model.remarks[0]


def test_a_device_that_cannot_draw_is_refused(networks, monkeypatch):
    monkeypatch.setattr(LivePortraitModel, "self_test", lambda self: "empty")
    with pytest.raises(RenderError, match=r"draws empty pictures on cpu, float32; .* mesh engine\."):
        LivePortraitModel.tested(networks, HALF)


def test_weights_that_overflow_are_found_by_the_self_test(networks):
    model = LivePortraitModel(networks, HALF)
    assert model.self_test() == ""
    model._generator.image.bias.fill_(torch.nan)
    assert model.self_test() == "broken"
    model._generator.image.bias.fill_(-1e4)
    assert model.self_test() == "empty"


class Recorded:
    """Stands for a CUDA graph."""

    made = 0

    def __init__(self, function, examples):
        Recorded.made += 1
        self.function = function

    def __call__(self, *inputs):
        return self.function(*inputs)


def test_work_is_recorded_once_for_a_few_sizes_of_batches(networks, picture, keypoints, monkeypatch):
    monkeypatch.setattr(model_module, "Replay", Recorded)
    monkeypatch.setattr(Recorded, "made", 0)
    model = LivePortraitModel(networks, CPU)
    model._records = True
    face, (source, driving) = model.study(picture), keypoints
    for count in (1, 2, 1, 3, 4, 3, 2, 1):
        assert len(model.draw(face, source, np.repeat(driving, count, axis=0))) == count
    assert sorted(count for _, count in model._recorded) == [1, 2, 4]
    assert Recorded.made == 3


def test_what_was_recorded_is_given_up_in_the_order_of_use(networks, picture, keypoints, monkeypatch):
    monkeypatch.setattr(model_module, "Replay", Recorded)
    monkeypatch.setattr(model_module, "MOST_RECORDED", 2)
    model = LivePortraitModel(networks, CPU)
    model._records = True
    face, (source, driving) = model.study(picture), keypoints
    for count in (1, 2, 1, 4):
        model.draw(face, source, np.repeat(driving, count, axis=0))
    assert [count for _, count in model._recorded] == [1, 4]


def test_what_fills_up_a_batch_changes_none_of_its_frames(networks, picture, keypoints, monkeypatch):
    monkeypatch.setattr(model_module, "Replay", Recorded)
    source, driving = keypoints
    poses = np.concatenate([driving, source[None], 0.9 * driving])
    plain, recording = LivePortraitModel(networks, CPU), LivePortraitModel(networks, CPU)
    recording._records = True
    wanted = plain.draw(plain.study(picture), source, poses)
    assert float((recording.draw(recording.study(picture), source, poses) - wanted).abs().max()) < 1e-5


def test_a_driver_that_cannot_record_still_draws_and_says_so(networks, picture, keypoints, monkeypatch):
    def refuse(function, examples):
        raise RuntimeError("operation not permitted when stream is capturing\nmore")

    monkeypatch.setattr(model_module, "Replay", refuse)
    model = LivePortraitModel(networks, CPU)
    model._records = True
    face, (source, driving) = model.study(picture), keypoints
    for _ in range(2):
        assert len(model.draw(face, source, driving)) == 1
    assert model.remarks == ("Frames are drawn kernel by kernel, more slowly: operation not permitted when stream is capturing.",)


def test_frames_that_show_nothing_are_told():
    good = torch.rand(2, 3, 8, 8)
    assert trouble_with(good) == ""
    assert trouble_with(torch.stack([good[0], torch.zeros(3, 8, 8)])) == "empty"
    good[1, 0, 0, 0] = torch.inf
    assert trouble_with(good) == "broken"


def test_there_is_no_other_precision():
    with pytest.raises(ValueError, match="float64"):
        Policy(torch.device("cpu"), torch.float64)
    assert HALF.exact == CPU
    assert HALF.words == "cpu, float16"


@pytest.mark.parametrize(
    ("device", "dtype", "capability", "wanted"),
    [
        ("cuda", torch.float16, (9, 0), [torch.bfloat16, torch.float32]),
        ("cuda", torch.float16, (7, 5), [torch.float32]),
        ("cuda", torch.bfloat16, (9, 0), [torch.float32]),
        ("cpu", torch.float16, None, [torch.float32]),
        ("cpu", torch.float32, None, []),
    ],
)
def test_what_is_tried_where_a_precision_breaks(monkeypatch, device, dtype, capability, wanted):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda asked: capability)
    policy = Policy(torch.device(device), dtype)
    assert [each.dtype for each in policy.calmer] == wanted
    assert all(each.device == policy.device for each in policy.calmer)


def test_each_calmer_precision_is_tried_in_turn(networks, monkeypatch):
    brain = Policy(torch.device("cpu"), torch.bfloat16)
    monkeypatch.setattr(Policy, "calmer", property(lambda policy: (brain, CPU)))
    monkeypatch.setattr(LivePortraitModel, "self_test", lambda self: "broken" if self.policy == HALF else "")
    model = LivePortraitModel.tested(networks, HALF)
    assert model.policy == brain
    assert model.remarks == ("LivePortrait draws broken pictures on cpu, float16; it draws in bfloat16 instead, more slowly.",)


@pytest.mark.parametrize(
    ("cuda", "capability", "mps", "wanted"),
    [
        (True, (9, 0), False, ("cuda", torch.float16)),
        (True, (6, 1), False, ("cuda", torch.float32)),
        (False, None, True, ("mps", torch.float32)),
        (False, None, False, ("cpu", torch.float32)),
    ],
)
def test_the_best_policy_of_each_machine(monkeypatch, cuda, capability, mps, wanted):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    policy = best_policy()
    assert (policy.device.type, policy.dtype) == wanted


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), RuntimeError("can't allocate memory: 9")]
)
def test_memory_that_runs_out_halves_the_batch(error):
    tried, released = [], []

    def work(batch: int) -> str:
        tried.append(batch)
        if batch > 2:
            raise error
        return "drawn"

    assert within_memory(work, 8, lambda: released.append(1)) == "drawn"
    assert tried == [8, 4, 2]
    assert len(released) == 2


def test_too_little_memory_for_one_frame_is_said_in_a_sentence():
    def work(batch: int) -> None:
        raise MemoryError

    with pytest.raises(RenderError, match=r"too little memory .* mesh engine\."):
        within_memory(work, 4, lambda: None)


def test_other_errors_are_not_taken_for_memory():
    def work(batch: int) -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        within_memory(work, 4, lambda: None)
    assert not is_out_of_memory(KeyError("out of memory"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card here")
def test_a_card_draws_what_the_processor_draws(networks, model, picture, keypoints):
    source, driving = keypoints
    wanted = model.draw(model.study(picture), source, driving)
    for dtype, limit in ((torch.float32, 1e-3), (torch.float16, 2e-2)):
        card = LivePortraitModel.tested(networks, Policy(torch.device("cuda"), dtype))
        face = card.study(picture)
        for _ in range(2):
            assert float((card.draw(face, source, driving).cpu() - wanted).abs().max()) < limit
