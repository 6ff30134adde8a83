"""LivePortrait's motion templates (.pkl): head, expression and openings of a recorded face, in and out.

A pickled dictionary: ``n_frames``, ``output_fps``, ``motion`` (for each frame ``scale`` [1, 1], ``R`` or, older, ``R_d``
[1, 3, 3], ``exp`` [1, 21, 3], ``t`` [1, 3], newer also ``kp`` and ``x_s`` [1, 21, 3]), and where they were measured
``c_eyes_lst`` [1, 2] and ``c_lip_lst`` [1, 1] (older ``c_d_eyes_lst``, ``c_d_lip_lst``). Reading runs nothing: see
:mod:`plain_pickle`.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import InterchangeError, UsageError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.time import FrameRate
from pctalk_studio.interchange.bounded import read_bounded
from pctalk_studio.interchange.plain_pickle import read_plain_pickle

ArrayF32 = npt.NDArray[np.float32]

KIND = "motion template"
LARGEST = 256 << 20
"""Bytes; an hour of motion takes 50 MB."""
GREATEST = 100.0
"""No coordinate, scale or shift of a face in its crop comes near this."""
PROTOCOL = 4
"""The newest in which numpy needs no other names than the three that are read here."""


@dataclass(frozen=True, slots=True, eq=False)
class MotionTemplate:
    """Motion of one face, T frames, in the crop frame (x right, y down, z inward, -1 to 1 across the crop).

    Parameters
    ----------
    rate
        Frames a second.
    rotation
        [T, 3, 3] for row vectors.
    expression
        [T, 21, 3], added after the turn and inside the scale.
    scale
        [T], of the face in the crop.
    translation
        [T, 3]; z is never used.
    canonical
        [T, 21, 3] identity keypoints, where the file has them.
    keypoints
        [T, 21, 3] as they are in the crop, where the file has them.
    eyes
        [T, 2] opening over width of eye 0 and 1, where measured.
    lips
        [T] opening over width, where measured.
    """

    rate: FrameRate
    rotation: ArrayF32
    expression: ArrayF32
    scale: ArrayF32
    translation: ArrayF32
    canonical: ArrayF32 | None = None
    keypoints: ArrayF32 | None = None
    eyes: ArrayF32 | None = None
    lips: ArrayF32 | None = None

    def __len__(self) -> int:
        return len(self.scale)


def read_template(path: Path) -> MotionTemplate:
    """Read a template.

    Raises
    ------
    InterchangeError
        When it cannot be read, is damaged, asks for anything but numbers, or does not describe a face in motion.
    """
    content = read_plain_pickle(path, read_bounded(path, KIND, LARGEST), KIND)
    if not isinstance(content, dict) or not isinstance(content.get("motion"), list) or not content["motion"]:
        raise InterchangeError(f"The {KIND} '{path}' holds no motion; export it again from LivePortrait.")
    frames: list[object] = content["motion"]
    if any(not isinstance(frame, dict) for frame in frames) or content.get("n_frames", len(frames)) != len(frames):
        raise _wrong(path, "does not hold as many frames as it says")
    points = (KEYPOINT_COUNT, 3)
    return MotionTemplate(
        rate=_rate(path, content.get("output_fps", 25)),
        rotation=_rotations(path, frames),
        expression=_required(path, frames, ("exp",), points),
        scale=_required(path, frames, ("scale",), ()),
        translation=_required(path, frames, ("t",), (3,)),
        canonical=_each(path, frames, ("kp",), points),
        keypoints=_each(path, frames, ("x_s",), points),
        eyes=_listed(path, content, ("c_eyes_lst", "c_d_eyes_lst"), (2,), len(frames)),
        lips=_listed(path, content, ("c_lip_lst", "c_d_lip_lst"), (), len(frames)),
    )


def write_template(path: Path, template: MotionTemplate) -> None:
    """Write a template that LivePortrait and its relatives read.

    Raises
    ------
    MediaError
        When the file cannot be written.
    """
    parts = {
        "scale": template.scale.reshape(-1, 1, 1), "R": template.rotation[:, None], "exp": template.expression[:, None],
        "t": template.translation[:, None],
    }  # fmt: skip
    if template.canonical is not None:
        parts["kp"] = template.canonical[:, None]
    if template.keypoints is not None:
        parts["x_s"] = template.keypoints[:, None]
    rate = template.rate.value
    content: dict[str, object] = {
        "n_frames": len(template),
        "output_fps": rate.numerator if rate.denominator == 1 else float(rate),
        "motion": [{name: np.array(part[t], np.float32) for name, part in parts.items()} for t in range(len(template))],
    }
    if template.eyes is not None:
        content["c_eyes_lst"] = [np.array(row[None], np.float32) for row in template.eyes]
    if template.lips is not None:
        content["c_lip_lst"] = [np.full((1, 1), ratio, np.float32) for ratio in template.lips]
    with written_whole(path) as draft:
        draft.write_bytes(pickle.dumps(content, PROTOCOL))


def _wrong(path: Path, what: str) -> InterchangeError:
    return InterchangeError(f"The {KIND} '{path}' {what}; export it again from LivePortrait.")


def _rate(path: Path, value: object) -> FrameRate:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 240:
        raise _wrong(path, "has no frame rate from 1 to 240")
    try:
        return FrameRate(Fraction(value).limit_denominator(1001))
    except UsageError as error:
        raise _wrong(path, "has no frame rate from 1 to 240") from error


def _numbers(path: Path, values: list[object], name: str, shape: tuple[int, ...]) -> ArrayF32:
    """Values of one kind for all frames, [T, *shape]."""
    size = int(np.prod(shape))
    rows = []
    for value in values:
        row = np.asarray(value) if isinstance(value, np.ndarray | int | float) else None
        if row is None or row.dtype.kind not in "fiu" or row.size != size:
            raise _wrong(path, f"has a frame in which '{name}' is not {size} numbers")
        rows.append(row.reshape(shape))
    with np.errstate(invalid="ignore"):
        # Some values that are no numbers make numpy complain already when they are converted.
        table = np.stack([row.astype(np.float64) for row in rows])
    if not (np.abs(table) <= GREATEST).all():
        raise _wrong(path, f"has values of '{name}' that no face has")
    return table.astype(np.float32)


def _each(path: Path, frames: list[object], names: tuple[str, ...], shape: tuple[int, ...]) -> ArrayF32 | None:
    """One entry of every frame; None when no frame has it."""
    for name in names:
        values = [frame[name] for frame in frames if isinstance(frame, dict) and name in frame]
        if values and len(values) != len(frames):
            raise _wrong(path, f"has '{name}' in some frames only")
        if values:
            return _numbers(path, values, name, shape)
    return None


def _required(path: Path, frames: list[object], names: tuple[str, ...], shape: tuple[int, ...]) -> ArrayF32:
    found = _each(path, frames, names, shape)
    if found is None:
        raise _wrong(path, f"lacks '{names[0]}'")
    return found


def _rotations(path: Path, frames: list[object]) -> ArrayF32:
    turns = _required(path, frames, ("R", "R_d"), (3, 3))
    errors = np.abs(turns @ turns.transpose(0, 2, 1) - np.eye(3, dtype=np.float32))
    if errors.max() > 1e-2 or (np.linalg.det(turns) < 0).any():
        raise _wrong(path, "has head turns that are no rotations")
    return turns


def _listed(
    path: Path, content: dict[object, object], names: tuple[str, ...], shape: tuple[int, ...], count: int
) -> ArrayF32 | None:
    """A list beside the frames; None when there is none."""
    for name in names:
        values = content.get(name)
        if values is None or values == []:
            continue
        if not isinstance(values, list) or len(values) != count:
            raise _wrong(path, f"does not hold '{name}' for every frame")
        return _numbers(path, values, name, shape)
    return None
