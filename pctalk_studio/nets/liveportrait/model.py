"""One model to talk to: pictures and keypoints in as numpy arrays, pictures out; torch stays inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pctalk_studio.nets.liveportrait.networks import Networks
from pctalk_studio.nets.liveportrait.policy import Policy
from pctalk_studio.nets.liveportrait.pose import ArrayF32, FaceMotion, degrees_of_bins
from pctalk_studio.nets.liveportrait.retargeting import opening_shift, stitched

PictureU8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class StudiedFace:
    """All that depends on the source's picture alone, on the device; keep it for as long as the source is drawn.

    Parameters
    ----------
    volume
        [1, 32, 16, S/4, S/4], the appearance.
    """

    volume: Tensor

    @property
    def nbytes(self) -> int:
        """Memory that it holds on the device."""
        return self.volume.nbytes


def _planes(pictures: npt.NDArray[np.uint8], device: torch.device) -> Tensor:
    """[N, S, S, 3] uint8 to [N, 3, S, S] float32 0 to 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).to(device).movedim(-1, 1).float() / 255


class LivePortraitModel:
    """The networks on one device. Not thread-safe: one thread draws.

    Parameters
    ----------
    networks
        As loaded.
    policy
        Device and precision.
    """

    def __init__(self, networks: Networks, policy: Policy) -> None:
        self.policy = policy
        self._networks = networks
        for module in (networks.appearance, networks.motion, networks.warping, networks.generator):
            module.to(policy.device)

    @torch.inference_mode()
    def read_motion(self, pictures: PictureU8) -> tuple[FaceMotion, ...]:
        """Pose, expression, scale, place and identity of each picture.

        Parameters
        ----------
        pictures
            [N, 256, 256, 3] uint8 RGB, crops of faces, resized with pixel areas.
        """
        raw = self._networks.motion(_planes(pictures, self.policy.device))
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

    @torch.inference_mode()
    def study(self, picture: PictureU8) -> StudiedFace:
        """Extract the appearance of [S, S, 3] uint8 RGB, S a multiple of 128 (256; 128 for drafts)."""
        return StudiedFace(self._networks.appearance(_planes(picture[None], self.policy.device)))

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
        driving = torch.from_numpy(k_driving).to(self.policy.device)
        source = torch.from_numpy(k_source).to(self.policy.device)[None].expand_as(driving)
        volume = face.volume.expand(len(driving), -1, -1, -1, -1)
        warped = self._networks.warping(volume, k_driving=driving, k_source=source)
        out: Tensor = self._networks.generator(warped.features)
        return out

    @torch.inference_mode()
    def stitch(self, k_source: ArrayF32, k_driving: ArrayF32) -> ArrayF32:
        """Correct driven keypoints [N, 21, 3] so that the crop's border joins the picture; k_source [21, 3]."""
        return stitched(self._networks.stitching, torch.from_numpy(k_source)[None], torch.from_numpy(k_driving)).numpy()

    @torch.inference_mode()
    def eye_shift(self, k_source: ArrayF32, ratios: tuple[float, float], wanted: float) -> ArrayF32:
        """Shift [21, 3] that opens the eyes from ``ratios`` (opening over width, eye 0 and 1) to ``wanted``."""
        return opening_shift(self._networks.eye, torch.from_numpy(k_source)[None], torch.tensor([[*ratios, wanted]]))[0].numpy()

    @torch.inference_mode()
    def lip_shift(self, k_source: ArrayF32, ratio: float, wanted: float) -> ArrayF32:
        """Shift [21, 3] that opens the lips from ``ratio`` (opening over width) to ``wanted``."""
        return opening_shift(self._networks.lip, torch.from_numpy(k_source)[None], torch.tensor([[ratio, wanted]]))[0].numpy()


def to_bytes(frames: Tensor) -> PictureU8:
    """Frames [N, 3, H, W] 0 to 1 as [N, H, W, 3] uint8, cut off below the decimal point as the original does."""
    return (frames.clamp(0, 1) * 255).to(torch.uint8).movedim(1, -1).contiguous().cpu().numpy()
