"""D_e = P(emotion, phones) - P(neutral, phones), at the MESH keypoints.

P is the articulation of lac/ carried out under an emotion: its openness and width change with the emotion, and the emotion's
action units are added. The difference, not the emotional face itself, is added to D_l, so that no articulation is counted twice.
An emotion also ends what the photo shows by itself, as far as that is not its own: P(neutral) is spoken with the photo's face.
Where the lips must be together they still are: the closure is repeated on the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.deformation.emc.mood import FeltEmotion, lasting
from pctalk_studio.deformation.emc.resting import taken_back
from pctalk_studio.deformation.emc.tables import REGIONS, EmotionTables
from pctalk_studio.deformation.lac.articulation import Articulation
from pctalk_studio.deformation.lac.constraints import VOWEL_FLOOR
from pctalk_studio.deformation.lac.dominance import Tracks
from pctalk_studio.deformation.lac.mapping import COLUMNS, MouthGeometry, gap_of, lip_deformation
from pctalk_studio.document.project import EmotionRegion

ArrayF64 = npt.NDArray[np.float64]

_KEPT_GAP = 0.7
"""Least part of the neutral aperture that an emotion leaves to speech."""

_PARTED_IN_SPEECH = 0.35
"""Part that speech keeps of how an emotion by itself moves the lips apart or together. A lip raised in disgust stays raised and
the lower lip follows it: the mouth is where the emotion has it, and its opening tells what is said."""

_LOWER_LIP = tuple(lower for _, lower, _ in COLUMNS)

_UPPER_MEETS = 0.4
"""Share of a correction of the gap that the upper lip takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """What the emotions of a clip add.

    Parameters
    ----------
    deformation
        D_e, [T, 21, 3] face frame, unit E.
    press
        [T] how far the lips are rolled in.
    gap
        [T] gap of the inner lips with speech and emotion, unit E; exactly 0 where they meet.
    """

    deformation: ArrayF64
    press: ArrayF64
    gap: ArrayF64


def neutral_gap(art: Articulation, mouth: MouthGeometry) -> ArrayF64:
    """Inner-lip gap of neutral articulation, closures included, [T] unit E."""
    return gap_of(art.shape.open, mouth) * art.free


def _in_mouth(felt: FeltEmotion) -> ArrayF64:
    """How strongly an emotion is felt in the mouth, [T]."""
    mouth = REGIONS.index(EmotionRegion.MOUTH)
    return np.asarray(felt.strength[:, mouth] * felt.painted[mouth])


def _units_moved(felt: FeltEmotion, tables: EmotionTables, art: Articulation, times: ArrayF64) -> tuple[ArrayF64, ArrayF64]:
    """Displacement [T, 21, 3] and press [T] of one emotion's action units, and of what a network has learned of it."""
    weights = felt.spec.weights * felt.asymmetry
    effects = np.einsum("us,uskc->ukc", weights, tables.units.effects)
    press = weights.mean(axis=1) * tables.units.press
    steady = (felt.spec.in_speech == 1.0) & (felt.spec.lasting == 1.0)
    moved = np.broadcast_to(effects[steady].sum(axis=0), (len(times), KEYPOINT_COUNT, 3)).copy()
    pressed = np.full(len(times), press[steady].sum())
    for u in np.flatnonzero(~steady & weights.any(axis=1)):
        spoken = 1.0 + art.active * (felt.spec.in_speech[u] * art.free - 1.0) if felt.spec.in_speech[u] < 1.0 else 1.0
        level = spoken * lasting(felt, int(u), times)
        moved += level[:, None, None] * effects[u]
        pressed += level * press[u]
    if felt.learned is not None:
        moved = (1.0 - felt.share) * moved + felt.share * felt.learned
    local = (felt.strength @ tables.regions.T) * felt.mask
    return moved * local[:, :, None], pressed * _in_mouth(felt)


def _emotional(shape: Tracks, emotions: Sequence[FeltEmotion], active: ArrayF64) -> Tracks:
    """Channels of the mouth as the emotions articulate them."""
    gain, opened, widened = np.ones(len(active)), np.zeros(len(active)), np.zeros(len(active))
    for felt in emotions:
        felt_here = _in_mouth(felt)
        gain = gain + felt_here * (felt.spec.open_gain - 1.0)
        opened = opened + felt_here * felt.spec.open_bias
        widened = widened + felt_here * felt.spec.width_bias
    return Tracks(shape.open * gain + opened * active, shape.width + widened * active, shape.purse, shape.jaw * gain)


def _calmed(felt: FeltEmotion, tables: EmotionTables, resting: ArrayF64) -> ArrayF64:
    """Displacement [T, 21, 3] by which one emotion ends what the photo shows."""
    local = (felt.instead @ tables.regions.T) * felt.mask
    return np.asarray(local[:, :, None] * taken_back(resting, felt.spec, tables.units))


def express(
    emotions: Sequence[FeltEmotion],
    tables: EmotionTables,
    resting: ArrayF64,
    art: Articulation,
    mouth: MouthGeometry,
    times: ArrayF64,
    played: ArrayF64 | None = None,
    *,
    spoken: bool = True,
) -> Expression:
    """Compute D_e.

    Parameters
    ----------
    emotions
        Composed clips; none gives exact zeros.
    tables
        Action units and regions.
    resting
        [U, 2] action units that the photo shows by itself; of a movie [T, U, 2].
    art
        Neutral articulation P(neutral, phones).
    mouth
        The face.
    times
        [T] seconds.
    played
        [T, 21, 3] what performances add, E; None: nothing. Like a feeling it gives way to speech, and to closures before all.
    spoken
        Speech closes the source's own mouth before it opens it; otherwise lips may come as near to each other as they are apart.
    """
    count = len(times)
    if not emotions and played is None:
        return Expression(np.zeros((count, KEYPOINT_COUNT, 3)), np.zeros(count), neutral_gap(art, mouth))
    units, press = np.zeros((count, KEYPOINT_COUNT, 3)), np.zeros(count)
    if played is not None:
        units = units + played
    for felt in emotions:
        moved, pressed = _units_moved(felt, tables, art, times)
        units, press = units + moved + _calmed(felt, tables, resting), press + pressed
    for name in _LOWER_LIP:
        # F and V keep the lower lip on the teeth, whatever the emotion does to it.
        units[:, MESH.index(name), 1] -= art.tuck * np.maximum(units[:, MESH.index(name), 1], 0.0)
    shape = _emotional(art.shape, emotions, art.active)
    wanted, asked = gap_of(shape.open, mouth), gap_of(art.shape.open, mouth)
    floor = gap_of(np.array(VOWEL_FLOOR), mouth)
    felt_spoken = lip_deformation(shape, wanted * art.free, mouth)
    plain = lip_deformation(art.shape, neutral_gap(art, mouth), mouth)
    total = units + felt_spoken - plain
    widest = np.zeros(count)
    for upper, lower, part in COLUMNS:
        up, down = MESH.index(upper), MESH.index(lower)
        parted = units[:, down, 1] - units[:, up, 1]
        followed = (1.0 - _PARTED_IN_SPEECH) * art.active * parted
        total[:, down, 1] -= followed
        added = parted - followed
        articulated = part * wanted
        kept = np.maximum(_KEPT_GAP * articulated, part * np.minimum(asked, floor))
        if not spoken:
            kept = kept + mouth.closing[..., down, 1] - mouth.closing[..., up, 1]
        gap = np.maximum(articulated + added, kept) * art.free
        correction = gap - (articulated * art.free + added)
        total[:, up, 1] -= _UPPER_MEETS * correction
        total[:, down, 1] += (1.0 - _UPPER_MEETS) * correction
        widest = np.maximum(widest, gap)
    return Expression(total, np.clip(press, 0.0, 1.0), widest)
