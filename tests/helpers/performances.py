"""Small performances, and templates of a made-up person, for tests."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.performance import FacePerformance
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.performance import Take
from pctalk_studio.interchange.liveportrait_table import control_table
from pctalk_studio.interchange.motion_template import MotionTemplate

RATE = FrameRate(Fraction(25))


def performance(frames: int = 26, rate: FrameRate = RATE, **changes: float) -> FacePerformance:
    """A head that turns ten degrees while it nods once, brows that rise, eyes that shut in the middle, a mouth that opens.

    Parameters
    ----------
    frames, rate
        How long.
    **changes
        ``yaw``, ``brows`` (E), ``gap`` (E), ``gaze`` (degrees), ``start`` (yaw of the first frame): other amounts.
    """
    along = np.linspace(0, 1, frames)
    swing = np.sin(np.pi * along)
    pose, eyes, face = np.zeros((frames, 6)), np.zeros((frames, 4)), np.zeros((frames, 21, 3))
    pose[:, 0], pose[:, 5] = 4 * swing, 1 + 0.02 * swing
    pose[:, 1] = changes.get("start", 0) + changes.get("yaw", 10) * along
    eyes[:, :2] = (np.abs(along - 0.5) < 0.1)[:, None]
    eyes[:, 2] = changes.get("gaze", 6) * along
    for name in ("brow_inner_right", "brow_inner_left", "brow_outer_right", "brow_outer_left"):
        face[:, MESH.index(name), 1] = -changes.get("brows", 0.05) * swing
    face[:, MESH.index("lip_lower_mid"), 1] = changes.get("gap", 0.1) * swing
    return FacePerformance(rate, pose.astype(np.float32), eyes.astype(np.float32), face.astype(np.float32))


def take(frames: int = 26, name: str = "nod", **changes: float) -> Take:
    """The same as a take."""
    return Take.of(name, performance(frames, **changes))


def template(frames: int = 20, *, measured: bool = True) -> MotionTemplate:
    """LivePortrait's view of somebody who turns to the picture's left, nods, blinks once, smiles and opens the mouth."""
    table, along = control_table(), np.linspace(0, 1, frames)
    smile = next(control for control in table.controls if control.name == "smile")
    shut, gap = (np.abs(along - 0.5) < 0.12).astype(float), 0.3 * along
    expression = np.repeat(table.neutral[None], frames, axis=0).astype(np.float64)
    expression += (0.6 * along)[:, None, None] * smile.moves
    for eye in table.eyes:
        expression += (-0.3 * shut)[:, None, None] * eye.along
    for t in range(frames):
        expression[t] += table.lips.set_to(float(gap[t]), (expression[t] - table.neutral).astype(np.float32)) - (
            expression[t] - table.neutral
        )
    turns = np.stack([rotation_of(3 * np.sin(6 * a), -12 * a, 2.0) for a in along])
    ratios = np.stack([0.3 - 0.28 * shut] * 2, axis=1).astype(np.float32) if measured else None
    return MotionTemplate(
        FrameRate(Fraction(25)),
        turns.astype(np.float32),
        expression.astype(np.float32),
        np.full(frames, 1.55, np.float32),
        np.stack([0.05 * along, -0.02 * along, np.zeros(frames)], axis=1).astype(np.float32),
        eyes=ratios,
        lips=gap.astype(np.float32) if measured else None,
    )
