"""What the frames of a movie have in common: how the person's skin moves, and what the mouth looks like inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pctalk_studio.core.topology import face_topology
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.mesh.eyewear import wears_glasses
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import MouthFrame
from pctalk_studio.render.mesh.mouth_light import FRONT_LIGHT, ThroughLight, edge_light
from pctalk_studio.render.mesh.mouth_look import MouthLook
from pctalk_studio.render.mesh.own_teeth import OwnMouth
from pctalk_studio.render.mesh.weights import HandleWeights

_WHITEST = 250.0
"""Brightest channel of teeth, 0 to 255."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person in all frames of a movie.

    Parameters
    ----------
    weights
        How the mesh's vertices follow the handles.
    look
        What is painted in the mouth is painted by this in every frame, or it would flicker.
    """

    weights: HandleWeights
    look: MouthLook

    @classmethod
    def of(cls, frames: Sequence[RenderSource]) -> Person:
        """Learn from some frames: the first shows the person best, and others the teeth."""
        best = frames[0]
        weights = HandleWeights.solve(face_topology())
        glasses = [wears_glasses(each.picture, each.rig.landmarks[:, :2]) for each in frames]
        if 2 * sum(glasses) > len(glasses):
            weights = weights.behind_glasses(best.rig.shape)
        look = _middle([MouthLook.of(each.picture, each.rig) for each in frames])
        shown = [_with_teeth(each, look) for each in frames]
        bared = [each for each in shown if each is not look]
        return cls(weights, _middle(bared) if bared else look)


def _with_teeth(frame: RenderSource, look: MouthLook) -> MouthLook:
    """The look with the colour of the teeth that a frame shows; the same where it shows none."""
    mouth = MouthFrame.of(frame.rig)
    if mouth.roi.empty:
        return look
    curves = LipCurves.of(frame.rig, mouth)
    own = OwnMouth.of(frame.picture, mouth, curves, look)
    if own is None or own.colour is None:
        return look
    # Teeth are seen in the shade of the lips, and will be painted in the same.
    gap = curves.lower - curves.upper
    half = gap.max(keepdims=True) / 2
    edge = float(edge_light(half, half, mouth.unit)[0])
    light = float(ThroughLight.of(gap, mouth.unit).teeth.max()) * (FRONT_LIGHT + (1 - FRONT_LIGHT) * edge)
    seen = own.recoloured(look)
    return replace(seen, enamel=np.minimum(seen.enamel / light, _WHITEST))


def _middle(looks: Sequence[MouthLook]) -> MouthLook:
    """The median of several looks: a blink, a shadow or a blur in one of them counts for nothing."""
    return replace(
        looks[0],
        lips=np.median([look.lips for look in looks], axis=0),
        skin=np.median([look.skin for look in looks], axis=0),
        enamel=np.median([look.enamel for look in looks], axis=0),
        sclera_luma=float(np.median([look.sclera_luma for look in looks])),
        chroma=float(np.median([look.chroma for look in looks])),
        light=float(np.median([look.light for look in looks])),
        blur=float(np.median([look.blur for look in looks])),
        grain=float(np.median([look.grain for look in looks])),
    )
