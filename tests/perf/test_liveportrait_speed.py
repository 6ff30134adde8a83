"""How fast the neural engine draws here: against the plain formulation, and, where there is a card, in frames per second.

Run with ``pytest -m perf -n 0 -s tests/perf/test_liveportrait_speed.py``. Weights are scrambled; time does not depend on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
import torch
from helpers.liveportrait_weights import sample_keypoints, sample_picture, synthetic_networks

from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel, Policy, to_bytes
from pctalk_studio.nets.liveportrait.fast_generator import FastGenerator
from pctalk_studio.nets.liveportrait.fast_warping import FastWarping
from pctalk_studio.nets.liveportrait.layers import Plan

pytestmark = pytest.mark.perf
MULTIPLICATIONS = 617e9
"""Of warping and drawing one frame in the plain formulation."""


def timed(action: Callable[[], torch.Tensor]) -> tuple[float, float, torch.Tensor]:
    wall, work = time.perf_counter(), time.thread_time()
    out = action()
    return time.perf_counter() - wall, time.thread_time() - work, out


@pytest.fixture(scope="module")
def networks():
    return synthetic_networks()


def test_a_processor_draws_faster_than_the_plain_formulation(networks):
    """One run, plain and fast in turns; in processor time of one thread, since others may be at work."""
    source, driving = sample_keypoints()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            volume = networks.appearance(sample_picture())
            warping, generator = FastWarping(networks.warping, Plan.of(CPU)), FastGenerator(networks.generator, Plan.of(CPU))
            study = warping.study(volume)
            rounds = []
            for _ in range(2):
                warped = timed(lambda: networks.warping(volume, k_driving=driving, k_source=source).features)
                features = warped[2]
                drawn = timed(lambda given=features: networks.generator(given))
                fast_warped = timed(lambda: warping(study, k_driving=driving, k_source=source[0]))
                channels_last = features.movedim(1, -1).contiguous()
                fast_drawn = timed(lambda given=channels_last: generator(given))
                assert float((fast_warped[2].movedim(-1, 1) - features).abs().max()) < 1e-5
                assert float((fast_drawn[2] - drawn[2]).abs().max()) < 1e-5
                rounds.append([[a + b for a, b in zip(w[:2], d[:2], strict=True)]
                               for w, d in ((warped, drawn), (fast_warped, fast_drawn))])  # fmt: skip
    finally:
        torch.set_num_threads(threads)
    plain, fast = np.min(rounds, axis=0)
    for name, (wall, work) in (("plain", plain), ("fast", fast)):
        print(f"\n{name}: {wall:.2f} s a frame, {work:.2f} s of it at work", end="")  # noqa: T201
    print(f"\n{plain[1] / fast[1]:.2f} times less work, {plain[0] / fast[0]:.2f} times less waiting")  # noqa: T201
    assert plain[1] >= 1.5 * fast[1]


def _peak(device: torch.device, dtype: torch.dtype) -> float:
    """Multiplications a second of a big matrix product."""
    a, b = (torch.randn(8192, 8192, device=device, dtype=dtype) for _ in range(2))
    best = np.inf
    for _ in range(6):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(4):
            a @ b
        torch.cuda.synchronize()
        best = min(best, (time.perf_counter() - start) / 4)
    return 8192**3 / best


def _rate(model: LivePortraitModel, batch: int) -> float:
    """Frames a second, keypoints in and pictures out on the device."""
    source, driving = (k.numpy() for k in sample_keypoints())
    picture = (sample_picture()[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    face = model.study(picture)
    poses = np.repeat(driving, batch, axis=0)
    for _ in range(5):
        model.draw(face, source[0], poses)
    torch.cuda.synchronize()
    start, rounds = time.perf_counter(), max(4, 200 // batch)
    for _ in range(rounds):
        model.draw(face, source[0], poses)
    torch.cuda.synchronize()
    return batch * rounds / (time.perf_counter() - start)


def _wait_for_an_edit(model: LivePortraitModel) -> float:
    """Seconds from new keypoints to bytes in the processor's memory, stitching included; median of 50."""
    source, driving = (k.numpy() for k in sample_keypoints())
    face = model.study((sample_picture()[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8))
    to_bytes(model.draw(face, source[0], driving))
    waits = []
    for number in range(50):
        torch.cuda.synchronize()
        start = time.perf_counter()
        to_bytes(model.draw(face, source[0], model.stitch(source[0], driving + np.float32(1e-3 * number))))
        waits.append(time.perf_counter() - start)
    return float(np.median(waits))


def test_frames_a_second_on_a_card(networks):
    """One stream (batch of 1), batches for export, the wait for an edit, and the share of the card's measured bfloat16 peak."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA card here")
    device = torch.device("cuda")
    model = LivePortraitModel(networks, Policy(device, torch.float16))
    peak = _peak(device, torch.bfloat16)
    rates = {batch: _rate(model, batch) for batch in (1, 4, 8, 16)}
    print(f"\n{torch.cuda.get_device_name(device)}, {peak * 2 / 1e12:.0f} TFLOP/s measured in bfloat16")  # noqa: T201
    for batch, rate in rates.items():
        print(f"batch {batch}: {rate:.1f} frames a second, {rate * MULTIPLICATIONS / peak:.0%} of the peak")  # noqa: T201
    print(f"{1e3 * _wait_for_an_edit(model):.1f} ms from an edit to its picture", *model.remarks)  # noqa: T201
    assert rates[1] > 30, "slower than the published figure for a smaller card"
