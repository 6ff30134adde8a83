"""Metrics of the mouth against what is said: timing, closures, openness, order of vowels.

The only thing taken from the alignment is its phones; what they ask for comes from the table of lip targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.speech import BILABIALS, LABIODENTALS, SILENCE, VOWELS, Alignment, Phone
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.lac.articulation import target_openness
from pctalk_studio.deformation.lac.targets import DIPHTHONGS, lip_targets
from pctalk_studio.evaluation.report import Metric, at_least, at_most, told
from pctalk_studio.evaluation.signals import GRID_RATE, band, best_lag, kendall, matched_offsets, pearson
from pctalk_studio.evaluation.track import ClipTrack

ArrayF64 = npt.NDArray[np.float64]

CLOSED = 0.03
"""Aperture up to which lips count as closed, over neutral mouth width."""

_LAG = (-0.4, 0.4)
_ENVELOPE_LAG = (-0.3, 0.1)
_SYLLABLES = (2.0, 7.0)
"""Frequencies at which mouth and voice move together, Hz (Chandrasekaran et al. 2009)."""
_BEFORE, _AFTER = 0.04, 0.02
"""Seconds by which lips may meet before a label begins and part after it ends."""
_SHORT_VOWEL = 0.06
_PAUSE = 0.35
_PAUSE_IN, _PAUSE_OUT = 0.2, 0.15
"""Seconds at the edges of a pause in which the mouth may still close and open again."""
_LEAST_PHONES, _LEAST_SPOKEN = 6, 40
"""Different vowels that an order needs, and vowels in all before it is judged."""


def asked_openness(alignment: Alignment) -> tuple[ArrayF64, ArrayF64]:
    """Times and openness that the phones ask for, 100 a second."""
    asked = np.asarray(target_openness(alignment, FrameRate.parse(str(GRID_RATE))), np.float64)
    return np.arange(len(asked)) / GRID_RATE, asked


def closed_frames(track: ClipTrack) -> npt.NDArray[np.bool_]:
    """[T] frames whose lips are closed: by landmarks, and by the pixels between them."""
    return (track.aperture <= CLOSED) & (track.slit <= CLOSED)


def _frames(track: ClipTrack, start: float, end: float) -> npt.NDArray[np.intp]:
    return np.flatnonzero((track.times >= start - 1e-9) & (track.times <= end + 1e-9))


def _inside(track: ClipTrack, alignment: Alignment, labels: Iterable[str]) -> list[Phone]:
    """Phones of some labels that lie within the clip."""
    wanted = frozenset(labels)
    return [p for p in alignment.phones if p.label in wanted and p.end <= track.times[-1] + 1.0 / track.rate]


def timing(track: ClipTrack, alignment: Alignment) -> list[Metric]:
    """M1 delay and likeness of aperture and asked openness; M22 delay of matched extrema."""
    times, asked = asked_openness(alignment)
    lag = best_lag(track.times, track.opening, times, asked, _LAG)
    at_frames = np.interp(track.times, times, asked)
    offsets = matched_offsets(track.opening, at_frames, track.rate) if len(track) >= 8 else np.zeros(0)
    mean = float(np.abs(offsets).mean()) * 1000 if len(offsets) else None
    size, side = abs(lag.seconds) * 1000, "behind" if lag.seconds > 0 else "ahead of"
    likeness = f"Aperture follows what the phones ask for with r = {lag.correlation:.2f} ({lag.at_zero:.2f} unshifted)."
    return [
        at_most("M1", "AV lag", size, 20, "ms", f"The lips are {size:.0f} ms {side} the phones."),
        at_least("M1r", "Openness correlation", lag.correlation, 0.85, "", likeness),
        at_most("M22", "Extrema offset", mean, 40, "ms", f"Openings and closings are {mean or 0:.0f} ms off on average."),
    ]


def envelope_sync(track: ClipTrack, mono: npt.NDArray[np.float32], rate: int) -> list[Metric]:
    """M2: aperture and loudness, both 2 to 7 Hz; needs no alignment."""
    hop = rate // GRID_RATE
    count = len(mono) // hop
    if count < GRID_RATE or len(track) < track.rate or not mono.any():
        return [told("M2", "Envelope sync", None, "", "The clip has too little sound to compare with.")]
    loud = np.sqrt(np.mean(mono[: count * hop].astype(np.float64).reshape(count, hop) ** 2, axis=1))
    times = (np.arange(count) + 0.5) / GRID_RATE
    envelope = band(loud, GRID_RATE, *_SYLLABLES)
    lag = best_lag(track.times, band(track.opening, track.rate, *_SYLLABLES), times, envelope, _ENVELOPE_LAG)
    sentence = f"Mouth and loudness move together with r = {lag.correlation:.2f}, the mouth {lag.seconds * 1000:+.0f} ms."
    return [
        told("M2", "Envelope sync", lag.correlation, "", sentence + " 0.35 or more is natural."),
        told("M2lag", "Envelope lag", lag.seconds * 1000, "ms", "Lips lead loudness when negative; -200 to 40 ms is natural."),
    ]


def closures(track: ClipTrack, alignment: Alignment) -> list[Metric]:
    """M3 closed lips for P, B, M; M4 open lips in vowels; M5 the lower lip at the upper teeth for F, V."""
    closed = closed_frames(track)
    held = np.array([int(closed[_around(track, p)].sum()) for p in _inside(track, alignment, BILABIALS)])
    middles = [_middle(track, p) for p in _inside(track, alignment, VOWELS) if p.duration >= _SHORT_VOWEL]
    vowel = np.concatenate([*middles, np.zeros(0, np.intp)])
    dark = np.array([track.dark_slit[_around(track, p)].min(initial=np.inf) for p in _inside(track, alignment, LABIODENTALS)])
    once, twice, touch = held >= 1, held >= 2, dark <= CLOSED
    met = f"Lips meet in {once.sum()} of {len(held)} P, B and M."
    kept = f"They stay together for two frames in {twice.sum()} of {len(held)}."
    shut = f"Lips are closed in {closed[vowel].sum()} of {len(vowel)} vowel frames."
    contact = f"No dark gap is left in {touch.sum()} of {len(dark)} F and V."
    return [
        at_least("M3", "Bilabial closure", _share(once), 0.98, "", met, len(held)),
        at_least("M3hold", "Closure of two frames", _share(twice), 0.6, "", kept, len(held)),
        at_most("M4", "False closure", _share(closed[vowel]), 0.01, "", shut, len(vowel)),
        at_least("M5", "Labiodental contact", _share(touch), 0.95, "", contact, len(dark)),
    ]


def _around(track: ClipTrack, phone: Phone) -> npt.NDArray[np.intp]:
    return _frames(track, phone.start - _BEFORE, phone.end + _AFTER)


def _middle(track: ClipTrack, phone: Phone) -> npt.NDArray[np.intp]:
    return _frames(track, phone.start + 0.25 * phone.duration, phone.end - 0.25 * phone.duration)


def _share(hits: npt.NDArray[np.bool_]) -> float | None:
    return float(hits.mean()) if len(hits) else None


def stillness(track: ClipTrack, alignment: Alignment) -> list[Metric]:
    """M6: the mouth in pauses of more than 350 ms, without the time it needs to close and to open."""
    frames = [
        _frames(
            track,
            p.start + (_PAUSE_IN if p.start > 0 else 0.0),
            p.end - (_PAUSE_OUT if p.end < alignment.duration - 1e-6 else 0.0),
        )
        for p in alignment.phones
        if p.label == SILENCE and p.duration > _PAUSE
    ]
    runs = [run for run in frames if len(run) >= 2]
    if not runs:
        return [told("M6", "Stillness", None, "", "There is no pause long enough to be still in.")]
    opening = track.opening
    level = float(np.sqrt(np.mean(np.concatenate([opening[run] for run in runs]) ** 2)))
    steps = np.concatenate([np.diff(opening[run]) for run in runs])
    speed = float(np.sqrt(np.mean(steps**2))) * track.rate / 25.0
    return [
        at_most("M6", "Aperture in pauses", level, 0.06, "", f"In pauses the lips are {level:.3f} mouth widths apart."),
        at_most(
            "M6speed", "Lip speed in pauses", speed, 0.01, "per 40 ms", f"In pauses they move {speed:.4f} mouth widths in 40 ms."
        ),
    ]


def vowel_order(clips: Sequence[tuple[ClipTrack, Alignment]]) -> list[Metric]:
    """M7: whether vowels that ask for more opening, width or roundness get more of it (Kendall's tau over phones).

    One sentence has too few vowels to judge by, so that its order is only reported; many clips together are judged. Each clip's
    own median is taken off, so that faces may differ.
    """
    targets = lip_targets()
    rows: dict[str, list[ArrayF64]] = {}
    for track, alignment in clips:
        axes = np.stack([track.gap, track.width, _roundness(track)], axis=1)
        axes = axes - np.median(axes, axis=0)
        for phone in _inside(track, alignment, VOWELS - DIPHTHONGS):
            frames = _middle(track, phone)
            if len(frames):
                peak, *means = axes[frames, 0].max(), axes[frames, 1].mean(), axes[frames, 2].mean()
                rows.setdefault(phone.label, []).append(np.array([peak, *means]))
    labels = sorted(rows)
    names = ("open", "width", "purse")
    if len(labels) < _LEAST_PHONES:
        return [told(f"M7{name}", f"Vowel order: {name}", None, "", "Too few different vowels are spoken.") for name in names]
    seen = np.array([np.mean(rows[label], axis=0) for label in labels])
    asked = np.array([(targets[label].open, targets[label].width, targets[label].purse) for label in labels])
    spoken = sum(len(rows[label]) for label in labels)
    out = []
    for axis, name in enumerate(names):
        tau = kendall(seen[:, axis], asked[:, axis])
        title, code = f"Vowel order: {name}", f"M7{name}"
        sentence = f"{len(labels)} vowels, {spoken} spoken, keep their order in {name} with tau = {tau:.2f}."
        judged = spoken >= _LEAST_SPOKEN
        out.append(at_least(code, title, tau, 0.8, "", sentence, spoken) if judged else told(code, title, tau, "", sentence))
    return out


def _roundness(track: ClipTrack) -> ArrayF64:
    """[T] how round the lips are: height over width of the outer lips less that of the opening."""
    outer = np.linalg.norm(track.shapes[:, 61, :2] - track.shapes[:, 291, :2], axis=1)
    height = np.linalg.norm(track.shapes[:, 0, :2] - track.shapes[:, 17, :2], axis=1)
    return np.asarray((height - track.gap) / outer)


def loudness_slope(track: ClipTrack, alignment: Alignment, mono: npt.NDArray[np.float32], rate: int) -> list[Metric]:
    """M8: correlation of a vowel's loudness with how far it opens, each against what its phone asks for; reported."""
    targets = lip_targets()
    loud, wide = [], []
    for phone in _inside(track, alignment, VOWELS - DIPHTHONGS):
        frames = _frames(track, phone.start, phone.end)
        piece = mono[int(phone.start * rate) : int(phone.end * rate)].astype(np.float64)
        if len(frames) and len(piece):
            loud.append(10 * np.log10(float(np.mean(piece**2)) + 1e-10))
            wide.append(float(track.opening[frames].max()) / targets[phone.label].open)
    if len(loud) < _LEAST_PHONES:
        return [told("M8", "Loudness slope", None, "", "Too few vowels are spoken.")]
    slope = pearson(np.array(loud), np.array(wide))
    return [
        told(
            "M8",
            "Loudness slope",
            slope,
            "",
            f"Louder vowels open wider with r = {slope:.2f} (0.5 or more when following volume).",
        )
    ]
