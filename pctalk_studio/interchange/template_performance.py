"""From a motion template to a performance: the table of LivePortrait's controls, read backwards.

Forwards, every control adds its moves to the expression, and openings are set outright (``render/liveportrait/driving.py``).
Backwards, the change of expression since the first frame is taken apart by least squares: how much of each control, with what it
was bent towards its limit undone, and none of those below zero that only exist above it. Of 63 numbers 36 live; 16.y, 13.y, 11
and 15 are lids and gaze, 0, 4, 5 and 10 move with the head, and what no control explains is left.

Least squares alone would trade large amounts of controls that are nearly alike against one another, so it is told how much of
each is usual (``typical``) and how exact templates are: the estimate of greatest probability under both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import EYE_CHANNELS, POSE_CHANNELS
from pctalk_studio.core.performance import COUNTER, FacePerformance, angles_of
from pctalk_studio.core.topology import face_topology
from pctalk_studio.interchange.liveportrait_table import Aperture, ControlTable, control_table
from pctalk_studio.interchange.motion_template import MotionTemplate

ArrayF64 = npt.NDArray[np.float64]

EYES_APART = 0.32
"""E in units of expression: the distance of the outer eye corners over LivePortrait's scale of a face."""

_EXACT = 4e-4
"""Error of an expression's numbers from frame to frame."""
_STEPS = 400
"""Of the search; it has settled to a thousandth long before."""
_BENT = 0.8
"""Share of a control's limit beyond which bending is not undone: there it has no inverse."""

_LIDS, _CHEEKS = (11, 15), (3, 7)
"""Points of LivePortrait's layout: both upper lids, and the lower cheeks."""
_SAGGED = (0.0, 0.03)
"""How much a cheek may go down with the mouth's opening over width; that is the jaw's doing."""

_FLICKER = 0.035
"""Seconds, standard deviation, over which brows, cheeks and corners are averaged: they move more slowly, and their points flicker
by a pixel or two of a face that fills the picture."""

_SHUT = 0.02
"""Opening over width of a shut eye; detectors never quite see 0."""
_OPEN = 0.6
"""Share of the widest opening below which the first frame is no measure of open eyes."""
_USUAL = 0.30
"""Opening over width of an open eye where a template does not measure it."""
_WIDENED = 0.05
"""E; no lid rises further."""
_LID_SLOPES = (-0.075, -0.03)
"""How 11.y and 15.y can go with a measured opening; what a template shows beyond is gaze."""
_LOOKED = (20.0, 8.0)
"""Degrees, across and up, beyond which no gaze is believed."""
_HIDDEN = 0.6
"""Closure above which nothing is seen of the eye."""

_LIPS = (61, 291)
_EYES = ((33, 133), (263, 362))
"""Landmarks of the outer corners of the mouth, and of both corners of the right and the left eye."""


@dataclass(frozen=True, slots=True, eq=False)
class _Eyes:
    """Both eyes over time: lid closure [T, 2], gaze [T, 2] in degrees, and how far lids are raised [T, 2], E."""

    closure: ArrayF64
    gaze: ArrayF64
    raised: ArrayF64


def performance_of(template: MotionTemplate, table: ControlTable | None = None) -> FacePerformance:
    """What the head, the eyes and the face of a template do.

    Parameters
    ----------
    template
        At least one frame.
    table
        The shipped one unless another is given.
    """
    table = control_table() if table is None else table
    since = (template.expression - template.expression[0]).astype(np.float64)
    pose = _pose(template)
    eyes = _eyes(template, since, pose, table)
    lips = _parting(template, since, table)
    plain = _without_jaw(since, lips / _width(_LIPS))
    moved = _steady(_amounts(plain, table), float(template.rate))
    shown = _face(moved, table) + lips[:, None, None] * table.parting
    for eye, side in enumerate(("right", "left")):
        shown[:, MESH.index(f"lid_upper_{side}"), 1] -= eyes.raised[:, eye]
    first = (template.expression[:1] - table.neutral).astype(np.float64)
    # Cheeks differ between people more than they move: what one frame shows of them is whose they are.
    first[:, _CHEEKS] = 0.0
    begun = _face(_amounts(first, table), table) + _gap(table.lips, first)[:, None, None] * table.parting
    channels = np.zeros((len(template), len(EYE_CHANNELS)))
    channels[:, :2], channels[:, 2:] = eyes.closure, eyes.gaze
    return FacePerformance(
        template.rate, pose.astype(np.float32), channels.astype(np.float32), (begun + shown).astype(np.float32)
    )


# -- head ----------------------------------------------------------------------------------------------------------------------


def _pose(template: MotionTemplate) -> ArrayF64:
    """POSE_CHANNELS over time: both conventions turn row vectors, so that signs take care of themselves."""
    out = np.zeros((len(template), len(POSE_CHANNELS)))
    out[:, :3] = angles_of(template.rotation.astype(np.float64))
    # A scale that is zero or negative is no face's; such a template keeps its size.
    scale = np.where(template.scale > 0.05, template.scale, 1.0).astype(np.float64)
    moved = (template.translation - template.translation[0])[:, :2].astype(np.float64)
    out[:, 3:5] = moved / (EYES_APART * scale[:, None])
    out[:, 5] = scale / scale[0]
    return out


# -- eyes ----------------------------------------------------------------------------------------------------------------------


def _eyes(template: MotionTemplate, since: ArrayF64, pose: ArrayF64, table: ControlTable) -> _Eyes:
    if template.eyes is not None:
        ratios = np.maximum(template.eyes.astype(np.float64), 0.0)
        lids = np.stack([_lid_track(since, table.eyes[e], ratios[:, e] - ratios[0, e]) for e in (0, 1)], axis=1)
    else:
        opened = np.stack([np.tensordot(since, eye.measure, ((1, 2), (0, 1))) for eye in table.eyes], axis=1)
        ratios = np.maximum(_USUAL + opened - np.maximum(opened.max(axis=0), 0.0), 0.0)
        # Height of the lids is all there is to tell closing from looking down by.
        lids = since[:, _LIDS, 1]
    rest = np.array([_open_eye(ratios[:, eye]) for eye in (0, 1)])
    closure = np.clip((rest - ratios) / np.maximum(rest - _SHUT, 1e-3), 0.0, 1.0)
    wide = np.array([_width(corners) for corners in _EYES])
    raised = np.minimum(np.maximum(ratios - rest, 0.0) * wide, _WIDENED)
    across = _across(since, table)
    up = ((since[:, _LIDS, 1] - lids) / table.gaze_up[_LIDS, 1]) / np.maximum(1.0 - closure, 1.0 - _HIDDEN)
    visible = np.flatnonzero(closure.max(axis=1) < _HIDDEN)
    # Yaw is to the right as x is, pitch up as y is.
    each = zip((across, up), (pose[:, 1], pose[:, 0]), _LOOKED, strict=True)
    gaze = np.stack([_agreed(told, turned, visible, limit) for told, turned, limit in each], axis=1)
    return _Eyes(closure, gaze, raised)


def _lid_track(since: ArrayF64, eye: Aperture, opened: ArrayF64) -> ArrayF64:
    """The part [T] of an upper lid's height that goes with the opening of its eye; the rest is where the eye looks."""
    point = int(np.argmax(np.abs(eye.along[:, 1])))
    height = since[:, point, 1]
    spread = float(((opened - opened.mean()) ** 2).sum())
    slope = float(eye.along[point, 1])
    if spread > 1e-3:
        slope = float(np.clip(((opened - opened.mean()) * (height - height.mean())).sum() / spread, *_LID_SLOPES))
    return slope * opened


def _without_jaw(since: ArrayF64, opened: ArrayF64) -> ArrayF64:
    """The expression [T, 21, 3] without what the jaw does to the cheeks as it opens the mouth; ``opened`` [T] over width."""
    out, varied = since.copy(), opened - opened.mean()
    spread = float((varied**2).sum())
    if spread > 1e-3:
        for point in _CHEEKS:
            slope = float((varied * since[:, point, 1]).sum()) / spread
            out[:, point, 1] -= np.clip(slope, *_SAGGED) * opened
    return out


def _open_eye(ratios: ArrayF64) -> float:
    """Opening of an eye that is simply open: that of the first frame, unless it begins half shut."""
    widest = float(np.percentile(ratios, 90))
    if ratios[0] >= _OPEN * widest:
        return max(float(ratios[0]), 2 * _SHUT)
    return max(float(np.median(ratios[ratios >= _OPEN * widest])), 2 * _SHUT)


def _across(since: ArrayF64, table: ControlTable) -> ArrayF64:
    """Gaze to the picture's right as each eye tells it, [T, 2] degrees."""
    moved = since[:, _LIDS, 0]
    return np.asarray(np.where(moved > 0, moved / table.gaze_right[_LIDS, 0], -moved / table.gaze_left[_LIDS, 0]))


def _agreed(told: ArrayF64, turned: ArrayF64, visible: npt.NDArray[np.intp], limit: float) -> ArrayF64:
    """Gaze [T] of both eyes from that of each [T, 2], degrees; ``turned`` [T] is how far the head is turned that way.

    Eyes look together: what they do not agree in is no gaze, and as much of what they have in common is taken for chance
    (Wiener's filter). Behind shut lids they go straight on from what they looked at to what they look at next.
    """
    if not len(visible):
        return np.zeros(len(told))
    both, apart = told[visible].mean(axis=1), (told[visible, 0] - told[visible, 1]) / 2.0
    power = float(both.var())
    trust = max(0.0, 1.0 - float(apart.var()) / power) if power > 0 else 0.0
    target = np.clip(trust * both, -limit, limit) + COUNTER * turned[visible]
    frames = np.arange(len(told))
    return np.asarray(np.clip(np.interp(frames, visible, target) - COUNTER * turned, -limit, limit))


# -- face ----------------------------------------------------------------------------------------------------------------------


def _width(corners: tuple[int, int]) -> float:
    """Distance of two corners in the mean face, E."""
    shape = face_topology().vertices
    return float(np.linalg.norm(shape[corners[0]] - shape[corners[1]]))


def _gap(lips: Aperture, expression: ArrayF64) -> ArrayF64:
    """Change of the gap between the lips [T], E, that a change of expression [T, 21, 3] makes."""
    return np.asarray(np.tensordot(expression, lips.measure, ((1, 2), (0, 1))) * _width(_LIPS))


def _parting(template: MotionTemplate, since: ArrayF64, table: ControlTable) -> ArrayF64:
    """Gap between the lips [T] since the first frame, E."""
    if template.lips is None:
        return _gap(table.lips, since)
    return np.asarray((template.lips - template.lips[0]).astype(np.float64) * _width(_LIPS))


def _amounts(expression: ArrayF64, table: ControlTable) -> ArrayF64:
    """How much [T, C] of each control makes a change of expression [T, 21, 3], in units of its measure.

    The last unknowns are openings of the lips and the mouth's channels; they take their part of the expression, and are not told.
    """
    count = len(table.controls)
    low = [0.0 if control.one_sided else -_BENT * control.limit for control in table.controls]
    high = [_BENT * control.limit for control in table.controls]
    own = [table.lips.along[None], table.channels[np.flatnonzero(table.channels.any(axis=(1, 2)))]]
    ways = np.concatenate([np.stack([control.moves for control in table.controls]), *own]).reshape(-1, KEYPOINT_COUNT * 3)
    others = len(ways) - count
    usual = np.array([control.typical for control in table.controls] + [0.3] + [0.5] * (others - 1))
    lowest = np.array(low + [-2.0] + [0.0] * (others - 1)) / usual
    highest = np.array(high + [2.0] + [1.0] * (others - 1)) / usual
    live = np.flatnonzero(ways.any(axis=0))
    lengths = (ways[:, live] * usual[:, None]).astype(np.float64)
    found = _fitted(lengths, expression.reshape(len(expression), -1)[:, live], lowest, highest)[:, :count] * usual[:count]
    limits = np.array([control.limit for control in table.controls])
    return np.asarray(limits * np.arctanh(np.clip(found / limits, -_BENT, _BENT)))


def _steady(amounts: ArrayF64, rate: float) -> ArrayF64:
    """Amounts [T, C] without the flicker of single frames; lids and the gap of the lips, which are quick, are not among them."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(amounts, _FLICKER * rate, axis=0, mode="nearest"))


def _fitted(ways: ArrayF64, wanted: ArrayF64, low: ArrayF64, high: ArrayF64) -> ArrayF64:
    """Amounts [T, C] within bounds [C] that minimise ``|amounts ways - wanted|^2 / error^2 + |amounts|^2``.

    Accelerated projected gradient (Beck and Teboulle 2009), all frames at once.
    """
    square = ways @ ways.T / _EXACT**2 + np.eye(len(ways))
    target = wanted @ ways.T / _EXACT**2
    step = 1.0 / float(np.linalg.eigvalsh(square)[-1])
    here = np.clip(np.linalg.solve(square, target.T).T, low, high)
    ahead, pace = here, 1.0
    for _ in range(_STEPS):
        there = np.clip(ahead - step * (ahead @ square - target), low, high)
        quicker = (1.0 + np.sqrt(1.0 + 4.0 * pace * pace)) / 2.0
        ahead = there + (pace - 1.0) / quicker * (there - here)
        here, pace = there, quicker
    return here


def _face(amounts: ArrayF64, table: ControlTable) -> ArrayF64:
    """Deformation [T, 21, 3] in the MESH layout that amounts of controls stand for, E."""
    shows = np.stack([control.shows for control in table.controls]).astype(np.float64)
    return np.asarray(np.tensordot(amounts, shows, 1))
