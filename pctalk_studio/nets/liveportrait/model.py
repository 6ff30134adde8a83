"""One model to talk to: pictures and keypoints in as numpy arrays, pictures out; torch stays inside."""

from __future__ import annotations

import copy
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pctalk_studio.core.errors import RenderError
from pctalk_studio.nets.liveportrait.fast_generator import FastGenerator
from pctalk_studio.nets.liveportrait.fast_warping import FastWarping, WarpSource
from pctalk_studio.nets.liveportrait.layers import Plan
from pctalk_studio.nets.liveportrait.motion import MotionExtractor
from pctalk_studio.nets.liveportrait.networks import Networks
from pctalk_studio.nets.liveportrait.policy import Policy, full_single_precision
from pctalk_studio.nets.liveportrait.pose import ArrayF32, FaceMotion, degrees_of_bins
from pctalk_studio.nets.liveportrait.replay import Replay
from pctalk_studio.nets.liveportrait.retargeting import opening_shift, stitched
from pctalk_studio.nets.liveportrait.safety import is_out_of_memory, trouble_with

PictureU8 = npt.NDArray[np.uint8]

STEP = 128
"""Sides of crops are multiples of this: the dense motion network halves a quarter of them five times."""
TEST_SIDE = STEP
MOST_RECORDED = 4
"""Sizes of crops and batches for which a card keeps the recorded work, those used last; each holds memory of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class StudiedFace:
    """All that depends on the source's picture alone, on the device; keep it for as long as the source is drawn.

    Parameters
    ----------
    side
        Pixels of the crop's side; frames are twice as wide.
    source
        What the warping module knows of it.
    """

    side: int
    source: WarpSource

    @property
    def nbytes(self) -> int:
        """Memory that it holds on the device."""
        return self.source.nbytes


def _next_size(count: int) -> int:
    """The power of two that holds a batch."""
    return 1 << max(count - 1, 0).bit_length()


def planes(pictures: npt.NDArray[np.uint8], device: torch.device) -> Tensor:
    """[N, S, S, 3] uint8 to [N, 3, S, S] float32 0 to 1."""
    # In one order in memory, since that decides which kernels are taken, and so the last bit. Copied, since torch complains
    # about arrays that may not be written to, and sources are such.
    return torch.tensor(np.ascontiguousarray(pictures)).to(device).movedim(-1, 1).float() / 255


def _points(keypoints: ArrayF32) -> Tensor:
    return torch.tensor(np.ascontiguousarray(keypoints, np.float32))


@torch.inference_mode()
def read_motions(extractor: MotionExtractor, pictures: PictureU8, device: torch.device) -> tuple[FaceMotion, ...]:
    """What a motion extractor on a device reads off crops [N, 256, 256, 3] uint8 RGB."""
    with full_single_precision():
        raw = extractor(planes(pictures, device))
    angles = [degrees_of_bins(logits.cpu().numpy()) for logits in (raw.pitch, raw.yaw, raw.roll)]
    place, exp, scale, canonical = (t.cpu().numpy() for t in (raw.translation, raw.expression, raw.scale, raw.canonical))
    return tuple(
        FaceMotion(
            pitch=float(angles[0][n]),
            yaw=float(angles[1][n]),
            roll=float(angles[2][n]),
            translation=place[n],
            expression=exp[n].reshape(-1, 3),
            scale=float(scale[n, 0]),
            canonical=canonical[n].reshape(-1, 3),
        )
        for n in range(len(pictures))
    )


class LivePortraitModel:
    """The networks on one device. Not thread-safe: one thread draws.

    Parameters
    ----------
    networks
        As loaded; left as they are, and no longer needed.
    policy
        Device and precision.

    Attributes
    ----------
    policy
        Device and precision that are used.
    remarks
        What a person should know: sentences about anything that is not as fast or as planned as it could be.
    """

    def __init__(self, networks: Networks, policy: Policy) -> None:
        plan = Plan.of(policy)
        self.policy = policy
        self._appearance = copy.deepcopy(networks.appearance).to(policy.device)
        self._motion = copy.deepcopy(networks.motion).to(policy.device)
        self._small = (networks.stitching, networks.eye, networks.lip)
        self._warping = FastWarping(networks.warping, plan)
        self._generator = FastGenerator(networks.generator, plan)
        self.remarks: tuple[str, ...] = ()
        self._records = policy.device.type == "cuda"
        self._recorded: OrderedDict[tuple[int, int], Replay] = OrderedDict()

    @classmethod
    def tested(cls, networks: Networks, policy: Policy) -> LivePortraitModel:
        """A model that has proved on one frame that its device draws; in a calmer precision where the wished one does not.

        ``policy`` of the result says what was chosen.

        Raises
        ------
        RenderError
            When the device draws nothing usable in float32 either.
        """
        model = cls(networks, policy)
        trouble = model.self_test()
        for calmer in policy.calmer:
            if not trouble:
                break
            instead = calmer.words.rpartition(" ")[2]
            remark = f"LivePortrait draws {trouble} pictures on {policy.words}; it draws in {instead} instead, more slowly."
            model = cls(networks, calmer)
            model.remarks = (remark,)
            trouble = model.self_test()
        if trouble:
            raise RenderError(
                f"LivePortrait draws {trouble} pictures on {model.policy.words}; "
                "draw on the processor, or choose the mesh engine."
            )
        return model

    def self_test(self) -> str:
        """What is wrong with a frame of a made-up picture, in a word; empty when nothing is."""
        ramp = np.arange(TEST_SIDE, dtype=np.float64)
        waves = [128 + 100 * np.sin(0.1 * ramp[:, None] + (0.05 + 0.03 * channel) * ramp) for channel in range(3)]
        face = self.study(np.stack(waves, axis=-1).astype(np.uint8))
        spread = np.linspace(-0.3, 0.3, 3 * self._warping.sizes.keypoints, dtype=np.float32).reshape(-1, 3)
        trouble = trouble_with(self.draw(face, spread, spread[None]))
        self.release()
        return trouble

    def release(self) -> None:
        """Give up whatever is made again by itself when it is needed."""
        self._recorded.clear()

    @torch.inference_mode()
    def read_motion(self, pictures: PictureU8) -> tuple[FaceMotion, ...]:
        """Pose, expression, scale, place and identity of each picture.

        Parameters
        ----------
        pictures
            [N, 256, 256, 3] uint8 RGB, crops of faces, resized with pixel areas.
        """
        return read_motions(self._motion, pictures, self.policy.device)

    @torch.inference_mode()
    def study(self, picture: PictureU8) -> StudiedFace:
        """Extract the appearance of [S, S, 3] uint8 RGB, S a multiple of 128 (256; 128 for drafts).

        Raises
        ------
        ValueError
            When the picture is no such square.
        """
        if picture.shape[0] != picture.shape[1] or picture.shape[0] % STEP or not picture.size:
            raise ValueError(f"a crop of {picture.shape} is no square with a side that is a multiple of {STEP}")
        with full_single_precision():
            volume = self._appearance(planes(picture[None], self.policy.device))
            return StudiedFace(len(picture), self._warping.study(volume))

    @torch.inference_mode()
    def draw(self, face: StudiedFace, k_source: ArrayF32, k_driving: ArrayF32) -> Tensor:
        """Draw poses of a face.

        Parameters
        ----------
        face
            From :meth:`study`.
        k_source, k_driving
            [21, 3] of the source and [N, 21, 3] wanted, crop frame, transformed.

        Returns
        -------
        Tensor
            [N, 3, 2 S, 2 S] float32 RGB 0 to 1 on the device.
        """
        count = len(k_driving)
        if self._records:
            # Work is recorded for each size of a batch: a few sizes, of which the last pose fills up the next larger.
            k_driving = np.concatenate([k_driving, np.repeat(k_driving[-1:], _next_size(count) - count, axis=0)])
        driving = _points(k_driving).to(self.policy.device)
        source = _points(k_source).to(self.policy.device)
        inputs = (face.source.volume, face.source.squeezed, face.source.standing, face.source.grid, driving, source)
        recorded = self._record((face.side, len(driving)), inputs) if self._records else None
        return (self._frames(*inputs) if recorded is None else recorded(*inputs))[:count]

    def _record(self, shape: tuple[int, int], inputs: tuple[Tensor, ...]) -> Replay | None:
        """The recorded work for crops and batches of a shape; None where the driver cannot record it."""
        if shape in self._recorded:
            self._recorded.move_to_end(shape)
            return self._recorded[shape]
        while len(self._recorded) >= MOST_RECORDED:
            self._recorded.popitem(last=False)
        try:
            self._recorded[shape] = Replay(self._frames, inputs)
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            self._records = False
            self.remarks = (*self.remarks, f"Frames are drawn kernel by kernel, more slowly: {str(error).splitlines()[0]}.")
            return None
        return self._recorded[shape]

    def _frames(
        self, volume: Tensor, squeezed: Tensor, standing: Tensor, grid: Tensor, k_driving: Tensor, k_source: Tensor
    ) -> Tensor:
        source = WarpSource(volume, squeezed, standing, grid)
        with full_single_precision(self.policy):
            out: Tensor = self._generator(self._warping(source, k_driving=k_driving, k_source=k_source))
        return out

    @torch.inference_mode()
    def stitch(self, k_source: ArrayF32, k_driving: ArrayF32) -> ArrayF32:
        """Correct driven keypoints [N, 21, 3] so that the crop's border joins the picture; k_source [21, 3]."""
        return stitched(self._small[0], _points(k_source)[None], _points(k_driving)).numpy()

    @torch.inference_mode()
    def eye_shift(self, k_source: ArrayF32, ratios: tuple[float, float], wanted: float) -> ArrayF32:
        """Shift [21, 3] that opens the eyes from ``ratios`` (opening over width, eye 0 and 1) to ``wanted``."""
        return opening_shift(self._small[1], _points(k_source)[None], torch.tensor([[*ratios, wanted]]))[0].numpy()

    @torch.inference_mode()
    def lip_shift(self, k_source: ArrayF32, ratio: float, wanted: float) -> ArrayF32:
        """Shift [21, 3] that opens the lips from ``ratio`` (opening over width) to ``wanted``."""
        return opening_shift(self._small[2], _points(k_source)[None], torch.tensor([[ratio, wanted]]))[0].numpy()


def to_bytes(frames: Tensor) -> PictureU8:
    """Frames [N, 3, H, W] 0 to 1 as [N, H, W, 3] uint8, cut off below the decimal point as the original does."""
    return (frames.clamp(0, 1) * 255).to(torch.uint8).movedim(1, -1).contiguous().cpu().numpy()
