"""Metrics that need two clips of one face and one recording: what an emotion changed, and what it left alone.

What it changed is read from the skin's own displacement (:mod:`pctalk_studio.evaluation.skin_motion`): on 63 clips of nine faces
that names every emotion, where the landmark network confuses one in twenty. What it left alone is the mouth's opening, for which
landmarks and the pixels between the lips are the measure, as they are in all metrics of speech.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.core.speech import BILABIALS, SILENCE, Alignment
from pctalk_studio.core.topology import keypoint_partners
from pctalk_studio.deformation.emc.tables import REGIONS, emotion_tables
from pctalk_studio.document.project import Emotion, EmotionRegion
from pctalk_studio.evaluation.report import ClipReport, Metric, at_least, at_most, told
from pctalk_studio.evaluation.signals import pearson
from pctalk_studio.evaluation.skin_motion import Shift, SkinMotion, skin_motion
from pctalk_studio.evaluation.speech_metrics import closed_frames
from pctalk_studio.evaluation.track import ClipTrack, track_clip

ArrayF64 = npt.NDArray[np.float64]

_VISIBLE = 0.01
"""Root mean square of keypoint shifts below which a face counts as neutral, E; readings of one face vary by 0.002."""
_READING = 0.006
"""Shift of a keypoint that two clips without emotion show when only the head moves otherwise, E; mostly 0.003."""
_LEAST_SILENT = 4
"""Compared frames in silence in which an emotion can be read without speech."""
_CLOSING, _OPENING = 0.16, 0.12
"""Seconds that the mouth needs to close and to open at the edges of silence."""


def silent_at(times: ArrayF64, alignment: Alignment) -> npt.NDArray[np.bool_]:
    """[N] which of some times lie in silence, without the time that the mouth needs to close and to open."""
    silence = np.zeros(len(times), bool)
    for phone in alignment.phones:
        if phone.label == SILENCE:
            first = phone.start + (_CLOSING if phone.start > 0 else 0.0)
            last = phone.end - (_OPENING if phone.end < alignment.duration - 1e-6 else 0.0)
            silence |= (times >= first) & (times < last)
    return silence


def prototype(emotion: Emotion) -> ArrayF64:
    """What an emotion does to the keypoints by the table of action units, [21, 2], unit E."""
    tables = emotion_tables()
    moved = np.einsum("us,uskc->kc", tables.emotions[emotion].weights, tables.units.effects)
    return np.asarray(moved[:, :2], np.float64)


def _likeness(shift: ArrayF64, expected: ArrayF64) -> float:
    size = float(np.linalg.norm(shift) * np.linalg.norm(expected))
    return float((shift * expected).sum()) / size if size > 0 else 0.0


def _mirrored(keypoints: ArrayF64) -> ArrayF64:
    """The same displacement on the other side of the face."""
    return np.asarray(keypoints[list(keypoint_partners())] * (-1, 1))


def read_back(shift: Shift) -> tuple[Emotion, dict[Emotion, float]]:
    """The emotion whose table a shift is most like, and the cosine with each; small shifts are neutral.

    One-sided emotions may be on either side.
    """
    scores = {}
    for emotion in Emotion:
        expected = prototype(emotion)
        scores[emotion] = max(_likeness(shift.keypoints, expected), _likeness(shift.keypoints, _mirrored(expected)))
    if shift.size < _VISIBLE:
        return Emotion.NEUTRAL, scores
    return max((e for e in Emotion if e is not Emotion.NEUTRAL), key=lambda e: scores[e]), scores


def leakage(shift: Shift, regions: Collection[EmotionRegion]) -> float:
    """Share of a shift that lies outside of regions, 0 to 1; what the reading alone may shift by is taken off each keypoint."""
    outside = 1.0 - emotion_tables().regions[:, [REGIONS.index(region) for region in regions]].sum(axis=1)
    size = np.maximum(np.linalg.norm(shift.keypoints, axis=1) - _READING, 0.0)
    whole = float(np.linalg.norm(size))
    return float(np.linalg.norm(outside * size)) / whole if whole > 0 else 0.0


def _closed_phones(track: ClipTrack, alignment: Alignment) -> list[bool]:
    closed = closed_frames(track)
    return [
        bool(closed[(track.times >= p.start - 0.04) & (track.times <= p.end + 0.02)].any())
        for p in alignment.phones
        if p.label in BILABIALS
    ]


def lip_metrics(neutral: ClipTrack, other: ClipTrack, alignment: Alignment | None = None) -> list[Metric]:
    """M17: whether lips do the same in both clips; closures of P, B and M where an alignment tells them."""
    count = min(len(neutral), len(other))
    alike = pearson(neutral.opening[:count], other.opening[:count])
    out = [at_least("M17", "Emotion leaves lips alone", alike, 0.95, "", f"Openings agree with r = {alike:.2f}.")]
    if alignment is not None:
        before, after = _closed_phones(neutral, alignment), _closed_phones(other, alignment)
        changed = sum(a != b for a, b in zip(before, after, strict=True))
        sentence = f"Of {len(before)} P, B and M, {sum(before)} are closed without the emotion and {sum(after)} with it."
        out.append(at_most("M17closures", "Closures changed", float(changed), 0, "", sentence))
    return out


def emotion_metrics(
    moved: SkinMotion,
    alignment: Alignment | None = None,
    emotion: Emotion | None = None,
    regions: Collection[EmotionRegion] = (),
) -> list[Metric]:
    """M15 and M16: which emotion a clip shows beside a neutral one, how much like its table, and where.

    Parameters
    ----------
    moved
        From the neutral clip to the other.
    alignment, emotion, regions
        As for :func:`compare_clips`.
    """
    shift = moved.shift()
    nearest, _ = read_back(shift)
    out = [
        told("shift", "Visible change", shift.size, "E", f"Keypoints differ by {shift.size:.3f} E (RMS); nearest is {nearest}.")
    ]
    if emotion is not None:
        right = float(nearest is emotion)
        sentence = f"The face reads as {nearest}, {emotion} was meant."
        out.append(at_least("M15", "Emotion read back", right, 1.0, "", sentence))
        out += _likeness_in_silence(moved, alignment, emotion)
    if regions:
        leak = leakage(shift, regions)
        out.append(at_most("M16", "Region leakage", leak, 0.05, "", f"{leak:.1%} of the change lies outside the chosen regions."))
    return out


def _likeness_in_silence(moved: SkinMotion, alignment: Alignment | None, emotion: Emotion) -> list[Metric]:
    """M15's cosine where nobody speaks; with too little silence it is told over all frames, in which speech tones it down."""
    if emotion is Emotion.NEUTRAL:
        return []
    silence = silent_at(moved.times, alignment) if alignment is not None else np.zeros(len(moved.times), bool)
    if silence.sum() >= _LEAST_SILENT:
        value = read_back(moved.shift(silence))[1][emotion]
        sentence = f"Cosine with {emotion} is {value:.2f} in {silence.sum()} silent frames."
        return [at_least("M15cos", "Likeness to the emotion", value, 0.9, "", sentence)]
    value = read_back(moved.shift())[1][emotion]
    return [told("M15cos", "Likeness to the emotion", value, "", f"Cosine with {emotion} is {value:.2f} over speech and all.")]


def compare_clips(
    neutral: Path,
    emotional: Path,
    alignment: Alignment | None = None,
    emotion: Emotion | None = None,
    regions: Collection[EmotionRegion] = (),
    progress: ProgressListener = silent,
) -> ClipReport:
    """Measure what an emotion changed between two clips of the same face and recording.

    Parameters
    ----------
    neutral, emotional
        The clips, equal in length.
    alignment
        Phones, to tell whether closures are kept.
    emotion
        The one that was meant; without it only the nearest is told.
    regions
        Those in which it was meant; without them leakage is not measured.
    progress
        Hears of every frame.

    Raises
    ------
    MediaError, FaceError
        When a clip cannot be read, or shows too few faces.
    UsageError
        When the clips differ in length or size.
    """
    moved = skin_motion(neutral, emotional, progress)
    base, other = track_clip(neutral, progress), track_clip(emotional, progress)
    metrics = (*emotion_metrics(moved, alignment, emotion, regions), *lip_metrics(base, other, alignment))
    return ClipReport(str(emotional), len(other), other.rate, len(other) / other.rate, metrics)


def intensity_order(graded: Sequence[tuple[float, Shift]]) -> Metric:
    """M18: whether clips of growing intensity differ more and more from the neutral one (Spearman's rank correlation)."""
    sizes = np.array([shift.size for _, shift in sorted(graded, key=lambda pair: pair[0])])
    ranks = np.argsort(np.argsort(sizes)).astype(np.float64)
    value = round(pearson(ranks, np.arange(len(ranks), dtype=np.float64)), 9) if len(ranks) > 1 else None
    steps = ", ".join(f"{size:.3f}" for size in sizes)
    return at_least("M18", "Intensity is monotonic", value, 1.0, "", f"Keypoints differ by {steps} E from weak to strong.")
