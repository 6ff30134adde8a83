"""Which emotion is felt where and when: the composition of emotion clips over time and regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.topology import face_topology
from pctalk_studio.deformation.chance import Purpose, draws
from pctalk_studio.deformation.emc.tables import REGIONS, EmotionSpec, EmotionTables
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Side

ArrayF64 = npt.NDArray[np.float64]

_DRIFT, _DRIFT_PERIOD = 0.08, (4.5, 7.5)
_ASYMMETRY = 0.06
_WORN_OFF = 0.4
_SHORTEST_FADE = 1e-3
_PARTING, _LOOK_IN_SPEECH = ("AU25", "AU26"), 0.35
"""An emotion held for seconds breathes: slow change of strength and its period in seconds; no face is quite symmetrical; the
time constant in which what does not last wears off; seconds that stand for a fade of none; the action units that part lips and
jaw, and what speech leaves of them in a look, which was seen on a face that said something else."""


@dataclass(frozen=True, slots=True, eq=False)
class FeltEmotion:
    """One clip's emotion, ready to be summed.

    Parameters
    ----------
    spec
        Its table entry, mirrored when the clip's side asks for it.
    asymmetry
        [2] factors of the right and left half of the face.
    strength
        [T, 5] intensity in each region after composition with later clips.
    instead
        [T, 5] how far it takes the place of what the photo shows by itself, 0 to 1: at intensity 1 wholly.
    whole
        [T] the same for attitudes of the head, which belong to no region; 0 unless the clip covers all regions.
    onset
        Seconds at which it begins; minus infinity when it was felt before the recording began.
    mask
        [21] painted weight at each keypoint; 1 where nothing was painted.
    painted
        [5] mean painted weight of each region.
    learned
        [T, 21, 3] what a network makes of the emotion at intensity 1; None where the tables alone do.
    share
        0 to 1, the network's part.
    """

    spec: EmotionSpec
    asymmetry: ArrayF64
    strength: ArrayF64
    instead: ArrayF64
    whole: ArrayF64
    onset: float
    mask: ArrayF64
    painted: ArrayF64
    learned: ArrayF64 | None = None
    share: float = 0.0


def _smooth(x: ArrayF64) -> ArrayF64:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


def presence(clip: EmotionClip, spec: EmotionSpec, times: ArrayF64) -> ArrayF64:
    """How far a clip is faded in, [T] 0 to 1; fades lie inside the clip, and an open end has none.

    A clip without fades of its own comes and goes at the pace of its emotion.
    """
    rise = spec.rise if clip.fade_in is None else clip.fade_in
    fall = spec.fall if clip.fade_out is None else clip.fade_out
    start = -np.inf if clip.start is None else clip.start
    end = np.inf if clip.end is None else clip.end
    if end <= start:
        return np.zeros(len(times))
    # A clip too short for both fades gives each its share.
    squeeze = min(1.0, (end - start) / max(rise + fall, _SHORTEST_FADE))
    rise, fall = max(rise * squeeze, _SHORTEST_FADE), max(fall * squeeze, _SHORTEST_FADE)
    rising = np.ones(len(times)) if clip.start is None else _smooth((times - start) / rise)
    falling = np.ones(len(times)) if clip.end is None else _smooth((end - times) / fall)
    return rising * falling


def _mirrored(spec: EmotionSpec) -> EmotionSpec:
    flat = {name: getattr(spec, name) for name in EmotionSpec.__slots__}
    flat.update(weights=spec.weights[:, ::-1], yaw=-spec.yaw, roll=-spec.roll, gaze_x=-spec.gaze_x)
    return EmotionSpec(**flat)


def spec_of(clip: EmotionClip, tables: EmotionTables) -> EmotionSpec:
    """What a clip shows at intensity 1.

    That is its emotion's entry; a look of its own takes the place of the emotion's action units, comes and goes at the emotion's
    pace, and leaves articulation, head and gaze alone, since those were not seen on the other face.
    """
    emotion = tables.emotions[clip.emotion]
    if not clip.look:
        return emotion
    weights = np.zeros_like(emotion.weights)
    for strength in clip.look:
        weights[tables.units.names.index(strength.unit)] = strength.right, strength.left
    shown = tables.emotions[Emotion.NEUTRAL]
    spoken = np.where(np.isin(tables.units.names, _PARTING), _LOOK_IN_SPEECH, 1.0)
    return replace(shown, weights=weights, in_speech=spoken, lasting=np.ones(len(weights)), rise=emotion.rise, fall=emotion.fall)


def _painted(clip: EmotionClip, tables: EmotionTables) -> tuple[ArrayF64, ArrayF64]:
    """Painted weight at each keypoint [21], and the mean over each region [5]."""
    if clip.mask is None:
        return np.ones(KEYPOINT_COUNT), np.ones(len(REGIONS))
    mask = clip.mask.at(MESH.of_landmarks(face_topology().vertices).astype(np.float64))
    return mask, mask @ tables.regions / tables.regions.sum(axis=0)


def felt_emotions(clips: Sequence[EmotionClip], tables: EmotionTables, times: ArrayF64, seed: int) -> tuple[FeltEmotion, ...]:
    """Compose clips: where regions overlap, a later clip fades over the earlier ones.

    Parameters
    ----------
    clips
        In order; later ones lie on top.
    tables
        The emotions.
    times
        [T] seconds.
    seed
        Of drift and asymmetry.
    """
    out: list[FeltEmotion] = []
    uncovered = np.ones((len(times), len(REGIONS)))
    uncovered_whole = np.ones(len(times))
    for number in range(len(clips) - 1, -1, -1):
        clip = clips[number]
        spec = spec_of(clip, tables)
        random = draws(seed, Purpose.EMOTION, clip.id or number)
        drift = 1.0 + _DRIFT * np.sin(2 * np.pi * (times / random.uniform(*_DRIFT_PERIOD) + random.uniform()))
        asymmetry = 1.0 + random.uniform(-_ASYMMETRY, _ASYMMETRY) * np.array([0.5, -0.5])
        faded = presence(clip, spec, times)
        level = clip.intensity * clip.envelope.values(times)
        covers = np.array([region in clip.regions for region in REGIONS], np.float64) * uncovered
        everywhere = float(clip.regions == frozenset(EmotionRegion) and clip.mask is None)
        mask, painted = _painted(clip, tables)
        out.append(
            FeltEmotion(
                _mirrored(spec) if clip.side is Side.LEFT else spec,
                asymmetry,
                (level * faded * drift)[:, None] * covers,
                (np.minimum(level, 1.0) * faded)[:, None] * covers,
                level * everywhere * faded * uncovered_whole,
                -np.inf if clip.start is None else clip.start,
                mask,
                painted,
            )
        )
        uncovered = uncovered - faded[:, None] * covers * painted
        uncovered_whole = uncovered_whole * (1.0 - everywhere * faded)
    return tuple(reversed(out))


def lasting(felt: FeltEmotion, unit: int, times: ArrayF64) -> ArrayF64:
    """What is left of a unit over time, [T]: it wears off after the onset."""
    rest = felt.spec.lasting[unit]
    since = np.maximum(times - felt.onset - felt.spec.rise, 0.0)
    return np.asarray(rest + (1.0 - rest) * np.exp(-since / _WORN_OFF))


@dataclass(frozen=True, slots=True, eq=False)
class Attitude:
    """What emotions do to head and eyes, each [T] float64; names as in EmotionSpec.

    ``blinking`` is 0 where an onset holds blinks off, else the factor of the blink rate.
    """

    pitch: ArrayF64
    yaw: ArrayF64
    roll: ArrayF64
    zoom: ArrayF64
    amplitude: ArrayF64
    tempo: ArrayF64
    gaze_x: ArrayF64
    gaze_y: ArrayF64
    blinking: ArrayF64


def attitude(emotions: Sequence[FeltEmotion], times: ArrayF64) -> Attitude:
    """Sum the attitudes of all emotions."""
    zero, one = np.zeros(len(times)), np.ones(len(times))
    eyes = REGIONS.index(EmotionRegion.EYES)
    out = dict.fromkeys(("pitch", "yaw", "roll", "zoom", "gaze_x", "gaze_y"), zero)
    amplitude, tempo, blinking = one, one, one
    for felt in emotions:
        spec, seen = felt.spec, felt.strength[:, eyes]
        for name in ("pitch", "yaw", "roll", "zoom"):
            out[name] = out[name] + felt.whole * getattr(spec, name)
        for name in ("gaze_x", "gaze_y"):
            out[name] = out[name] + seen * getattr(spec, name)
        amplitude = amplitude + np.minimum(felt.whole, 1.0) * (spec.amplitude - 1.0)
        tempo = tempo + np.minimum(felt.whole, 1.0) * (spec.tempo - 1.0)
        held_off = (seen > 0.1) & (times >= felt.onset) & (times < felt.onset + spec.blink_hold)
        blinking = blinking * np.where(held_off, 0.0, 1.0 + np.minimum(seen, 1.0) * (spec.blink_rate - 1.0))
    return Attitude(**out, amplitude=amplitude, tempo=tempo, blinking=blinking)
