"""Draw portraits through LivePortrait's networks so that gradients pass, for L_sync in image space (paper equations 8 and 13).

The engine in ``render/liveportrait`` draws the same pictures faster and without gradients; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.analysis.face import FaceNetworks, find_face
from pctalk_studio.core.errors import FaceError, MediaError, TrainingError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.interchange.liveportrait_table import ControlTable, control_table
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.nets.liveportrait import Networks, load_networks, planes, read_motions
from pctalk_studio.nets.liveportrait.retargeting import stitched
from pctalk_studio.nets.speech.wav2lip import load_picture_sync
from pctalk_studio.nets.store import ModelStore
from pctalk_studio.render.liveportrait.apertures import LipOpening
from pctalk_studio.render.liveportrait.engine import READ_SIDE
from pctalk_studio.render.liveportrait.opening import FACES
from pctalk_studio.render.liveportrait.placing import CropPlace
from pctalk_studio.training.identities import Identity
from pctalk_studio.training.refining import PictureSynchrony

PictureU8 = npt.NDArray[np.uint8]

FACE_SIDE = 192
"""Side of the faces that are cut out of drawn frames, pixels: twice what the expert looks at, so that it is averaged down."""

_UPPER_Y, _LOWER_Y = (3 * MESH.index(name) + 1 for name in ("lip_upper_mid", "lip_lower_mid"))


class ExpressionChange(nn.Module):
    """What a deformation of lips and jaw does to LivePortrait's expression, with gradients.

    The same as :class:`pctalk_studio.render.liveportrait.driving.ExpressionMap` for rows without channels, glances and blinks.

    Parameters
    ----------
    table
        What moves what.
    """

    def __init__(self, table: ControlTable) -> None:
        super().__init__()

        def stacked(rows: Sequence[npt.NDArray[np.float32]]) -> Tensor:
            return torch.from_numpy(np.stack(rows).reshape(len(rows), -1))

        self.register_buffer("reads", stacked([control.reads for control in table.controls]))
        self.register_buffer("moves", stacked([control.moves for control in table.controls]))
        self.register_buffer("limit", torch.tensor([control.limit for control in table.controls]))
        self.register_buffer("one_sided", torch.tensor([control.one_sided for control in table.controls]))
        self.register_buffer("measure", stacked([table.lips.measure])[0])
        self.register_buffer("along", stacked([table.lips.along])[0])

    def forward(self, deformation: Tensor, gap: Tensor, width: Tensor) -> Tensor:
        """Change of expression [N, 63], crop frame inside the scale.

        Parameters
        ----------
        deformation
            [N, 63] in the MESH layout, face frame, unit E.
        gap, width
            [N] of the lips in each portrait, E; see :class:`pctalk_studio.render.liveportrait.apertures.LipOpening`.
        """
        limit, measure, along = (self.get_buffer(name) for name in ("limit", "measure", "along"))
        asked = deformation @ self.get_buffer("reads").T
        asked = torch.where(self.get_buffer("one_sided"), asked.clamp(min=0.0), asked)
        change = limit * torch.tanh(asked / limit) @ self.get_buffer("moves")
        parted = (gap + deformation[:, _LOWER_Y] - deformation[:, _UPPER_Y]).clamp(min=0.0)
        lacking = ((parted - gap) / width - change @ measure) / (measure @ along)
        return change + lacking[:, None] * along


@dataclass(frozen=True, slots=True, eq=False)
class Sitter:
    """A portrait that training draws.

    Parameters
    ----------
    identity
        The face.
    crop
        [S, S, 3] uint8 that is drawn from.
    k_source
        [21, 3] float32 K_ori in LivePortrait's layout, crop frame.
    scale
        Of the face in the crop.
    lips
        The lips in the portrait.
    box
        Crop frame (x0, y0, x1, y1) of what face detectors would call the face.
    """

    identity: Identity
    crop: PictureU8
    k_source: npt.NDArray[np.float32]
    scale: float
    lips: LipOpening
    box: tuple[float, float, float, float]

    @classmethod
    def of(cls, picture: PictureU8, rig: FaceRig, networks: Networks, side: int = READ_SIDE) -> Sitter:
        """Study a portrait, drawn from ``side`` pixels (a multiple of 128)."""
        place = CropPlace.of(rig.landmarks)
        crop = place.cut(picture, READ_SIDE)
        (motion,) = read_motions(networks.motion, crop[None], torch.device("cpu"))
        marks = place.in_crop(rig.landmarks[:, :2].astype(np.float64))
        (left, top), (right, bottom) = marks.min(axis=0).tolist(), marks.max(axis=0).tolist()
        drawn_from = crop if side == READ_SIDE else place.cut(picture, side)
        box = (left, top, right, bottom)
        return cls(Identity.of(rig), drawn_from, motion.keypoints, motion.scale, LipOpening.of(rig), box)


class PortraitPainter(nn.Module):
    """A :class:`pctalk_studio.training.refining.Painter`: portraits through the frozen networks, float32.

    Parameters
    ----------
    networks
        LivePortrait's; frozen, and moved to a device with this.
    sitters
        Whom it draws, at least one, all with crops of one side.
    """

    def __init__(self, networks: Networks, sitters: Sequence[Sitter]) -> None:
        super().__init__()
        self._sitters = tuple(sitters)
        self._warping, self._generator, self._stitching = networks.warping, networks.generator, networks.stitching
        self.change = ExpressionChange(control_table())
        crops = planes(np.stack([sitter.crop for sitter in sitters]), torch.device("cpu"))
        source = torch.from_numpy(np.stack([sitter.k_source for sitter in sitters]))
        with torch.no_grad():
            self.register_buffer("volumes", torch.cat([networks.appearance(crop[None]) for crop in crops]))
            # What stitching would do to the portrait itself is left out, as the engine leaves it out.
            self.register_buffer("rest", stitched(networks.stitching, source, source) - source)
        self.register_buffer("k_source", source)
        self.register_buffer("k_ori", torch.from_numpy(np.stack([sitter.identity.k_ori.reshape(-1) for sitter in sitters])))
        self.register_buffer("scale", torch.tensor([sitter.scale for sitter in sitters]))
        self.register_buffer("gap", torch.tensor([sitter.lips.gap for sitter in sitters]))
        self.register_buffer("width", torch.tensor([sitter.lips.width for sitter in sitters]))
        self.register_buffer("box", torch.tensor([sitter.box for sitter in sitters]))
        self.eval().requires_grad_(False)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The faces, by number."""
        return tuple(sitter.identity for sitter in self._sitters)

    def keypoints(self, sitters: Tensor, k_d: Tensor) -> Tensor:
        """Driven keypoints [N, 21, 3] in LivePortrait's layout, crop frame, stitched, of K_d [N, 63] of sitters [N]."""
        names = ("k_source", "rest", "k_ori", "scale", "gap", "width")
        source, rest, k_ori, scale, gap, width = (self.get_buffer(name)[sitters] for name in names)
        change = self.change(k_d - k_ori, gap, width)
        driven = source + scale[:, None, None] * change.view(-1, KEYPOINT_COUNT, 3)
        return stitched(self._stitching, source, driven) - rest

    def forward(self, sitters: Tensor, k_d: Tensor) -> Tensor:
        """Faces [B, T, 3, FACE_SIDE, FACE_SIDE] of sitters [B] with K_d [B, T, 63]; see ``Painter``."""
        rows, frames, _ = k_d.shape
        each = sitters.repeat_interleave(frames)
        pictures = self.drawn(each, k_d.flatten(0, 1))
        left, top, right, bottom = self.get_buffer("box")[each].T
        zero = torch.zeros_like(left)
        across = torch.stack([(right - left) / 2, zero, (left + right) / 2], dim=1)
        down = torch.stack([zero, (bottom - top) / 2, (top + bottom) / 2], dim=1)
        size = [len(pictures), 3, FACE_SIDE, FACE_SIDE]
        grid = functional.affine_grid(torch.stack([across, down], dim=1), size, align_corners=False)
        cut = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
        return cut.view(rows, frames, *cut.shape[1:])

    def drawn(self, sitters: Tensor, k_d: Tensor) -> Tensor:
        """Whole frames [N, 3, 2 S, 2 S] RGB 0 to 1 of sitters [N] with K_d [N, 63]."""
        volumes, source = self.get_buffer("volumes")[sitters], self.get_buffer("k_source")[sitters]
        warped = self._warping(volumes, k_driving=self.keypoints(sitters, k_d), k_source=source)
        out: Tensor = self._generator(warped.features)
        return out


def picture_synchrony(portraits: Path, expert: Path, device: str, store: ModelStore | None = None) -> PictureSynchrony:
    """L_sync in image space on the portraits of a folder.

    Parameters
    ----------
    portraits
        Folder of pictures, each with one face.
    expert
        Wav2Lip's published lip-sync expert.
    device
        Where it is computed.
    store
        The folder of LivePortrait's weights; None: this user's own.

    Raises
    ------
    WeightsError
        When LivePortrait's weights are missing or damaged, or the expert is none.
    TrainingError
        When a picture cannot be read or shows no usable face, or there is none.
    """
    store = ModelStore() if store is None else store
    networks = load_networks(store.network_files(FACES))
    judge = load_picture_sync(expert)
    painter = PortraitPainter(networks, sitters_in(portraits, networks))
    return PictureSynchrony(painter.to(device), judge.to(device))


def sitters_in(folder: Path, networks: Networks) -> tuple[Sitter, ...]:
    """Everybody whose picture lies in a folder, by file name.

    Raises
    ------
    TrainingError
        When a file is no picture of a usable face, or there is none.
    """
    files = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise TrainingError(f"'{folder}' holds no portraits; name a folder of pictures of faces.")
    sitters = []
    with FaceNetworks() as finder:
        for path in files:
            try:
                picture = read_picture(path)
                rig = find_face(picture.rgb, picture.content_hash, networks=finder)
            except (FaceError, MediaError) as error:
                raise TrainingError(f"'{path}' cannot sit for training: {error.user_text}") from error
            sitters.append(Sitter.of(picture.rgb, rig, networks))
    return tuple(sitters)
