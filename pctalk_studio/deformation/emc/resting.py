"""The expression that a photo shows by itself, in action units: what another emotion takes back before it is felt.

A laughing photo made sad is not a laugh plus sadness: the corners, cheeks and lids that laugh belong to AU12 and AU6, which
sadness does not have. Only smiles are told; they are the common case, and the one that contradicts all other emotions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.deformation.emc.tables import SIDES, ActionUnits, EmotionSpec

ArrayF64 = npt.NDArray[np.float64]

_SMILE, _CHEEKS = "AU12", "AU6"
_CHEEK_SHARE = 0.85
"""AU6 of a smile relative to its AU12: smiles for a portrait are mostly felt ones."""

_BROADEST = 1.5
"""Strongest smile that is taken back, in the units of AU12."""

RELAXED = 0.4
"""Share of a smile by which the rig's relaxed shape differs from the photo; the rest it holds for the person's own build. Speech
takes that share back in the lips before anything else moves them."""

_LIPS_LEFT = 0.8
"""Share of a smile that ends in the lips beside what speech takes back. More than what is left of it: corners of broad smiles,
found again in pictures, still stood 0.02 E above the middle of the lips with 0.6, and stand level with this."""


def resting_units(delta: ArrayF64, units: ActionUnits, told: float = RELAXED) -> ArrayF64:
    """Action units that a picture shows, [U, 2] right and left; a broad laugh exceeds 1.

    Parameters
    ----------
    delta
        [21, 3] its resting expression, E, which tells how far the corners of the mouth are drawn apart and up.
    units
        Action units.
    told
        Share of a smile that ``delta`` holds: 1 where the person's relaxed face is known from other moments of a movie.
    """
    shown = np.zeros((len(units.names), 2))
    smile, cheeks = units.names.index(_SMILE), units.names.index(_CHEEKS)
    for s, side in enumerate(SIDES):
        corner = MESH.index(f"lip_corner_{side}")
        drawn = delta[corner, :2] / (told * units.effects[smile, s, corner, :2])
        # A laugh lowers the corners with the jaw, so that of width and height the one that shows more of a smile is right.
        shown[smile, s] = np.clip(drawn.max(), 0.0, _BROADEST)
        shown[cheeks, s] = _CHEEK_SHARE * shown[smile, s]
    return shown


def taken_back(resting: ArrayF64, spec: EmotionSpec, units: ActionUnits) -> ArrayF64:
    """Displacement [..., 21, 3] that an emotion at full strength makes by ending the photo's expression, unit E.

    Parameters
    ----------
    resting
        [..., U, 2] of :func:`resting_units`.
    spec
        The emotion; units that it has itself stay.
    units
        Action units.
    """
    ended = np.maximum(resting - spec.weights, 0.0)
    effects = units.effects.copy()
    effects[:, :, list(MESH.indices(Region.LIPS, Region.JAW))] *= _LIPS_LEFT
    return np.asarray(-np.einsum("...us,uskc->...kc", ended, effects))
