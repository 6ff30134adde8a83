"""Light between the lips: what the lips' edges, a narrow opening and protruded lips leave of it.

The inside of the mouth lies deep, so that a narrow opening keeps it dark. The upper teeth close the opening from right behind the
lips: they are lit nearly as well through a narrow one, and S and Z show bright teeth. All of it changes smoothly with the lips.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pctalk_studio.render.mesh.mouth_frame import F32

INSIDE_SLIT, TEETH_SLIT = (0.16, 0.060), (0.76, 0.050)
"""Part of the light that gets through the narrowest opening, and the gap, E, from which all does: into the mouth, and to the
upper teeth."""

PURSED_FROM, PURSED_AT = 0.90, 0.64
"""Widths of the mouth, as parts of the relaxed one, at which lips begin to be pursed, and at which they are fully."""

PURSED_GAP = (0.042, 0.112)
"""Gaps, E, up to which narrow lips are pursed, and from which they are not: as wide open as that they let light in."""

PURSED_INSIDE, PURSED_TEETH = 0.6, 0.5
"""How much of the light pursed lips keep out of the mouth, and from the upper teeth."""

FRONT_LIGHT = 0.42
"""Part of the light on the upper teeth that the lips' edges do not take away."""

WARM_SHADOW = np.array([0.26, -0.12, -0.20])
"""How much redder than grey the shade inside the mouth is, R, G, B: light gets there by way of lips and gums."""

MOST = 1.1
"""Layers from the photo become at most this much brighter than the photo has them."""


@dataclass(frozen=True, slots=True, eq=False)
class ThroughLight:
    """Light that gets through the opening, [n] float32, 0 to 1, at each column of the mouth frame: least at its corners.

    Parameters
    ----------
    inside, teeth
        What reaches the inside of the mouth, and what reaches the upper teeth.
    """

    inside: F32
    teeth: F32

    @classmethod
    def of(cls, gap: F32, unit: float, pursed: float = 0.0) -> ThroughLight:
        """Light through gaps [n], pixels, of which ``unit`` make an E; ``pursed`` as :func:`pursed` tells it."""
        inside = _through(gap, INSIDE_SLIT, unit) * np.float32(1 - PURSED_INSIDE * pursed)
        return cls(inside, _through(gap, TEETH_SLIT, unit) * np.float32(1 - PURSED_TEETH * pursed))


def _through(gap: F32, slit: tuple[float, float], unit: float) -> F32:
    least, full = slit
    ramp = np.clip(gap * np.float32(1 / (full * unit)), 0, 1)
    return np.asarray(least + (1 - least) * ramp * ramp * (3 - 2 * ramp), np.float32)


def pursed(width: float, gap: float) -> float:
    """How much lips are pursed.

    Parameters
    ----------
    width
        Distance of the inner corners as a part of the relaxed mouth's.
    gap
        Greatest gap of the lips, E.

    Returns
    -------
    0 for lips as wide as when relaxed or wider, or wide open, to 1 for an OO.
    """
    narrow = min(max((PURSED_FROM - width) / (PURSED_FROM - PURSED_AT), 0.0), 1.0)
    slight = min(max((PURSED_GAP[1] - gap) / (PURSED_GAP[1] - PURSED_GAP[0]), 0.0), 1.0)
    return narrow * narrow * (3 - 2 * narrow) * slight


def edge_light(under_upper: F32, over_lower: F32, unit: float, tuck: float = 0.0, purse: float = 0.0) -> F32:
    """Light that the lips leave close to them, 0 to 1: least under the upper one.

    Parameters
    ----------
    under_upper, over_lower
        Distances from the lips' edges, pixels, any shape.
    unit
        Pixels per E.
    tuck
        0 to 1, the lower lip under the upper teeth.
    purse
        0 to 1, lips protruded: the upper one overhangs and casts a longer and deeper shadow.
    """
    depth, reach = np.float32(0.42 + 0.45 * purse), np.float32(-1 / ((0.020 + 0.025 * purse) * unit))
    lip = 1 - depth * np.exp(np.maximum(under_upper, 0) * reach)
    foot = 1 - (0.28 + 0.2 * tuck) * np.exp(np.maximum(over_lower, 0) * np.float32(-1 / (0.016 * unit)))
    return np.asarray(lip * foot, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class RestLight:
    """The light in a photo that shows the inside of a mouth: layers made from it have their shade already.

    Parameters
    ----------
    edge
        [h, w] float32: half of what the lips take is in the layers, so 0.5 over what their edges leave.
    through
        What the opening lets through.
    """

    edge: F32
    through: ThroughLight

    @classmethod
    def of(cls, edge: F32, through: ThroughLight) -> RestLight:
        """From the light [h, w] that the lips' edges leave, and what gets through the opening."""
        return cls(np.float32(0.5) / edge, through)
