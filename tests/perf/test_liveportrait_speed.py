"""How fast the neural engine draws here: against the plain formulation, and, where there is a card, in frames per second.

Run with ``pytest -m perf -n 0 -s tests/perf/test_liveportrait_speed.py``. Weights are scrambled; time does not depend on them.
Without a card the card's figures are left out, which is printed, and the script that takes them runs on tiny networks instead.

Aims on a card of the H100 class, at 512 x 512: above 120 frames a second one by one with full controls, above 250 in batches, and
at most 15 ms from an edit to its first frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from helpers.clips import motion_of
from helpers.liveportrait_weights import TINY, sample_keypoints, sample_picture, synthetic_networks
from helpers.mouth_faces import face
from helpers.threads import torch_threads

from pctalk_studio.core.motion import Motion
from pctalk_studio.export.clip import export_clip
from pctalk_studio.export.drawing import Drawer
from pctalk_studio.nets.liveportrait import CPU, LivePortraitModel, Policy
from pctalk_studio.nets.liveportrait.fast_generator import FastGenerator
from pctalk_studio.nets.liveportrait.fast_warping import FastWarping
from pctalk_studio.nets.liveportrait.layers import Plan
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.liveportrait.engine import LivePortraitFace, LivePortraitRenderer
from pctalk_studio.render.liveportrait.workbench import Workbench

pytestmark = pytest.mark.perf
MULTIPLICATIONS = 617e9
"""Of warping and drawing one frame in the plain formulation."""


def timed(action: Callable[[], torch.Tensor]) -> tuple[float, float, torch.Tensor]:
    wall, work = time.perf_counter(), time.process_time()
    out = action()
    return time.perf_counter() - wall, time.process_time() - work, out


@pytest.fixture(scope="module")
def networks():
    return synthetic_networks()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_processor_draws_faster_than_the_plain_formulation(networks, threads):
    """One run, plain and fast in turns. One thread is judged by its work, since others may be busy; two by how long one waits,
    which only means something on a machine that does nothing else."""
    source, driving = sample_keypoints()
    with torch_threads(threads), torch.inference_mode():
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
            assert float((generator(fast_warped[2]) - drawn[2]).abs().max()) < 1e-5
            rounds.append([[a + b for a, b in zip(w[:2], d[:2], strict=True)]
                           for w, d in ((warped, drawn), (fast_warped, fast_drawn))])  # fmt: skip
    plain, fast = np.min(rounds, axis=0)
    print(f"\n{threads} threads", end="")  # noqa: T201
    for name, (wall, work) in (("plain", plain), ("fast", fast)):
        print(f"\n{name}: {wall:.2f} s a frame, {work:.2f} s of it at work", end="")  # noqa: T201
    print(f"\n{plain[1] / fast[1]:.2f} times less work, {plain[0] / fast[0]:.2f} times less waiting")  # noqa: T201
    judged = 1 if threads == 1 else 0
    assert plain[judged] >= 1.5 * fast[judged]


@dataclass(frozen=True)
class Figures:
    """What a device does with one face of 512 x 512 pixels."""

    device: str
    peak: float
    drawn: dict[int, float]
    streamed: float
    batched: float
    exported: float
    first_frame: float
    remarks: tuple[str, ...]

    def show(self) -> None:
        lines = [f"{self.device}: {2e-12 * self.peak:.2f} TFLOP/s measured in a matrix product"]
        for batch, rate in self.drawn.items():
            share = rate * MULTIPLICATIONS / self.peak
            lines.append(f"networks alone, batch of {batch}: {rate:.1f} frames a second, {share:.0%} of the peak")
        lines += [
            f"row to picture, one by one: {self.streamed:.1f} frames a second",
            f"row to picture, in batches: {self.batched:.1f} frames a second",
            f"row to MP4: {self.exported:.1f} frames a second",
            f"edit to first frame: {1e3 * self.first_frame:.1f} ms (median)",
            *self.remarks,
        ]
        print("\n" + "\n".join(lines))  # noqa: T201


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _peak(device: torch.device, dtype: torch.dtype, side: int) -> float:
    """Multiplications a second of a big matrix product."""
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    best = np.inf
    for _ in range(6):
        _wait(device)
        start = time.perf_counter()
        for _ in range(4):
            a @ b
        _wait(device)
        best = min(best, (time.perf_counter() - start) / 4)
    return side**3 / best


def _networks_alone(model: LivePortraitModel, batch: int, frames: int) -> float:
    """Frames a second, keypoints in and pictures out on the device."""
    source, driving = (k.numpy() for k in sample_keypoints())
    studied = model.study((sample_picture(model_side(model))[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8))
    poses = np.repeat(driving, batch, axis=0)
    for _ in range(3):
        model.draw(studied, source[0], poses)
    _wait(model.policy.device)
    start, rounds = time.perf_counter(), max(2, frames // batch)
    for _ in range(rounds):
        model.draw(studied, source[0], poses)
    _wait(model.policy.device)
    return batch * rounds / (time.perf_counter() - start)


def model_side(model: LivePortraitModel) -> int:
    return 256 if model.policy.device.type == "cuda" else 128


def _talking(count: int, phase: float = 0.0) -> Motion:
    """A clip in which every control moves, no two rows alike."""
    motion = motion_of(list(range(count)))
    time_ = np.arange(count, dtype=np.float32) + np.float32(phase)
    motion.lip[:, 3:9, 1] = 0.05 * np.sin(time_ / 2)[:, None]
    motion.emotion[:, 9:15, 0] = 0.03 * np.cos(time_ / 9)[:, None]
    motion.pose[:, :3] = 6 * np.sin(time_[:, None] / np.array([17, 23, 31], np.float32))
    motion.eyes[:, 0] = motion.eyes[:, 1] = 0.5 + 0.5 * np.sin(time_ / 5)
    motion.mouth[:, 0] = 0.5 + 0.5 * np.cos(time_ / 3)
    return motion


def _one_by_one(prepared: LivePortraitFace, motion: Motion) -> tuple[float, float]:
    """Frames a second, and the median of seconds from a new row to its picture."""
    prepared.frame(motion.row(0))
    waits = []
    for frame in range(1, len(motion)):
        start = time.perf_counter()
        prepared.frame(motion.row(frame))
        waits.append(time.perf_counter() - start)
    return len(waits) / sum(waits), float(np.median(waits))


def _in_batches(prepared: LivePortraitFace, motion: Motion) -> float:
    for warm in (True, False):
        start = time.perf_counter()
        part = motion.part(slice(0, 3 * prepared.batch)) if warm else motion
        with Drawer(prepared).pictures(part.row(frame) for frame in range(len(part))) as pictures:
            count = sum(1 for _ in pictures)
    return count / (time.perf_counter() - start)


def measured(model: LivePortraitModel, frames: int, batches: tuple[int, ...], path, side: int) -> Figures:
    """All figures of a device."""
    device = model.policy.device
    card = device.type == "cuda"
    engine = LivePortraitRenderer(Workbench(model, batch=batches[-1]), "scrambled").at(model_side(model))
    prepared = engine.prepare(RenderSource(*face(size=512)))
    streamed, first = _one_by_one(prepared, _talking(frames))
    report = export_clip(prepared, _talking(frames, 0.25), None, path)
    return Figures(
        f"{torch.cuda.get_device_name(device) if card else 'processor'}, {model.policy.words}",
        _peak(device, torch.bfloat16 if card else torch.float32, side),
        {batch: _networks_alone(model, batch, frames) for batch in batches},
        streamed,
        _in_batches(prepared, _talking(frames, 0.5)),
        report.frames / report.seconds,
        first,
        (*engine.remarks, *report.remarks),
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_frames_a_second_on_a_card(networks, tmp_path, dtype):
    """One stream with full controls, batches for export, the wait for an edit, and the share of the measured bfloat16 peak."""
    if not torch.cuda.is_available():
        print("\nThere is no CUDA card here: its figures are left out.")  # noqa: T201
        pytest.skip("no CUDA card here")
    model = LivePortraitModel.tested(networks, Policy(torch.device("cuda", torch.cuda.current_device()), dtype))
    figures = measured(model, 400, (1, 4, 8, 16), tmp_path / "a.mp4", 8192)
    figures.show()
    assert figures.drawn[1] > 30, "slower than the published figure for a smaller card"
    assert figures.drawn[16] > figures.drawn[1]


def test_the_script_for_cards_runs_anywhere(tmp_path):
    """The same measurements of tiny networks on the processor, so that the script stays ready where there is no card."""
    with torch_threads(1):
        figures = measured(LivePortraitModel(synthetic_networks(TINY), CPU), 4, (1, 2), tmp_path / "a.mp4", 256)
    figures.show()
    assert all(rate > 0 for rate in (*figures.drawn.values(), figures.streamed, figures.batched, figures.exported, figures.peak))
    assert figures.first_frame > 0
    assert (tmp_path / "a.mp4").stat().st_size > 0
