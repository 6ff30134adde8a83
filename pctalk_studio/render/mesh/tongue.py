"""The tongue: a soft body that lies low, whose tip rises to the ridge (T D N L) or comes between the teeth (TH DH)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pctalk_studio.render.mesh.mouth_frame import F32, F64
from pctalk_studio.render.mesh.mouth_look import MouthLook

RIDGE = 0.45
"""Value of the ``tongue`` channel at which the tip touches the ridge."""

BETWEEN = 0.75
"""Value from which it lies between the teeth."""


BODY_WIDTH = 0.22
"""Half the width of the tongue's body, E: it lies between the lower teeth."""


TIP_WIDTH = 0.15
"""Half the width of the tip between the teeth, E."""

TIP_HEIGHT = 0.034
"""How much of it shows above the lower lip, E."""


@dataclass(frozen=True, slots=True)
class TonguePose:
    """Outline of the tongue in the mouth frame, pixels.

    Parameters
    ----------
    low
        v of the top of its body.
    top
        v of the top of its tip.
    half_width
        Of the tip, from the middle to the side.
    dome
        How far the tip's top falls off from the middle to the side.
    raised
        0 low to 1 with the tip up.
    forward
        0 behind the teeth to 1 between them.
    """

    low: float
    top: float
    half_width: float
    dome: float
    raised: float
    forward: float


def tongue_pose(tongue: float, unit: float, upper_edge: float, lower_edge: float) -> TonguePose:
    """Where the tongue lies.

    Parameters
    ----------
    tongue
        The channel, 0 to 1.
    unit
        Pixels per E.
    upper_edge, lower_edge
        v of the middle incisors' cutting edges.
    """
    raised = _smoothstep(tongue / RIDGE)
    between = _smoothstep((tongue - RIDGE) / (BETWEEN - RIDGE))
    # Its back lies higher than its tip and comes into view as the jaw goes down.
    low = lower_edge + 0.004 * unit - 0.48 * max(lower_edge - upper_edge, 0.0)
    ridge = min(upper_edge - 0.02 * unit, low)
    under = min(upper_edge - 0.018 * unit, low)
    top = low + (ridge - low) * raised
    top += (under - top) * between
    half_width = (BODY_WIDTH - 0.08 * raised + 0.04 * between) * unit
    dome = (0.045 + 0.02 * raised) * unit
    return TonguePose(float(low), float(top), float(half_width), float(dome), float(raised), float(between))


def _smoothstep(value: float) -> float:
    x = min(max(value, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def paint_tongue(pose: TonguePose, u: F32, v: F32, unit: float, softness: float) -> tuple[F32, F32]:
    """Shade and coverage of the tongue.

    Parameters
    ----------
    pose
        Outline.
    u, v
        [h, w] mouth coordinates of the pixels.
    unit
        Pixels per E.
    softness
        Width of the outline in pixels.

    Returns
    -------
    [h, w] float32 brightness, about 1 on the lit top, and [h, w] float32 coverage 0 to 1.
    """
    x = u * np.float32(1 / pose.half_width)
    x2 = np.minimum(x * x, 1.5)
    # The tip is an arch that is flat in the middle and steep at its sides; it grows out of the wider body.
    tip_line = pose.top + pose.dome * x2 * (0.55 + 0.45 * x2)
    y2 = np.minimum((u * np.float32(1 / (BODY_WIDTH * unit))) ** 2, 1.5)
    body_line = pose.low + 0.045 * unit * y2 * (0.55 + 0.45 * y2)
    blend = 0.03 * unit
    near = np.maximum(blend - np.abs(tip_line - body_line), 0) * np.float32(1 / blend)
    outline = np.minimum(tip_line, body_line) - near * near * np.float32(blend / 4)
    depth = v - outline
    sides = np.clip((1 - np.sqrt(y2)) * BODY_WIDTH * unit / softness + 0.5, 0, 1)
    cover = np.clip(depth * np.float32(1 / softness) + 0.5, 0, 1) * sides
    # A low tongue recedes into the dark at its top; a raised tip is near and lit, darker below where it turns under.
    far = np.clip(depth * (1 / (0.065 * unit)), 0, 1)
    near = np.clip(depth * (1 / (0.02 * unit)), 0, 1)
    low = 0.45 + 0.55 * far
    tip = 0.74 + 0.26 * near - 0.22 * (1 - pose.forward) * far
    groove = np.exp(-((x * 6) ** 2)) * (0.10 * far * (1 - pose.forward) + 0.05 * pose.forward)
    # Wet, it shines where it turns away from the light.
    wet = 0.10 * np.exp(-(((depth * np.float32(1 / unit) - 0.030) * np.float32(1 / 0.011)) ** 2) - (x * 1.6) ** 2)
    groove -= wet * max(pose.raised, pose.forward, 0.35)
    shade = (low + (tip - low) * max(pose.raised, pose.forward)) * (1 - 0.20 * x2) - groove
    return shade.astype(np.float32), cover.astype(np.float32)


def paint_tip(pose: TonguePose, u: F32, over_lower: F32, unit: float, softness: float) -> tuple[F32, F32]:
    """The tip where it comes out between the teeth and lies on the lower lip, in front of the upper teeth.

    Parameters
    ----------
    pose
        Outline; nothing is painted while ``forward`` is 0.
    u
        [h, w] mouth coordinate of the pixels.
    over_lower
        [h, w] their distance above the lower lip's edge, pixels.
    unit
        Pixels per E.
    softness
        Width of the outline in pixels.

    Returns
    -------
    [h, w] float32 brightness and [h, w] float32 coverage 0 to 1.
    """
    x2 = (u * np.float32(1 / (TIP_WIDTH * unit))) ** 2
    height = np.float32(TIP_HEIGHT * unit * pose.forward) * (1 - x2)
    depth = height - over_lower
    cover = np.clip(depth * np.float32(1 / softness) + 0.5, 0, 1) * np.clip(height * np.float32(1 / softness), 0, 1)
    near = np.clip(depth * np.float32(1 / (0.5 * TIP_HEIGHT * unit)), 0, 1)
    return (0.86 + 0.18 * near - 0.12 * np.minimum(x2, 1)).astype(np.float32), cover.astype(np.float32)


def tongue_colour(look: MouthLook) -> F64:
    """Colour of the tongue: the lips' hue, pinker where the picture has colour at all."""
    pink = np.array([1.0, 0.80, 0.82]) ** look.chroma
    return np.asarray((0.75 * look.lips + 0.25 * look.skin) * pink)
