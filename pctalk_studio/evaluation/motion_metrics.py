"""Metrics of the face as such, without what is said: how far the mouth opens, jitter, identity, blinks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core import topology
from pctalk_studio.core.speech import SILENCE, Alignment
from pctalk_studio.evaluation.report import Metric, at_least, at_most, between, told
from pctalk_studio.evaluation.signals import band, blinks
from pctalk_studio.evaluation.track import ClipTrack

ArrayF64 = npt.NDArray[np.float64]

_NATURAL = (0.10, 0.16)
"""95th percentile of the inner-lip gap of real talkers, E."""
_FAST = (8.0, 12.0)
_STILL_POINTS = (4, 6, 168, 197, 10, 151, 33, 133, 263, 362, 234, 454, 127, 356)
_LIP_POINTS = tuple(sorted({i for ring in (*topology.LIP_UPPER_RINGS, *topology.LIP_LOWER_RINGS) for i in ring}))
_READING_NOISE = 0.0012
"""What the network's reading of a still face varies by from frame to frame, RMS, E; no jitter of the clip."""
_TALKING_BLINKS = (10.0, 33.0)
_OPEN_SHARE = 0.85
"""Share of the usual eye opening from which on eyes count as open."""
_LEAST_BLINK_SECONDS = 10.0


def natural_size(track: ClipTrack, alignment: Alignment | None) -> list[Metric]:
    """Whether lips open as far as those of real talkers."""
    gap = track.gap
    if alignment is not None:
        silent = [p for p in alignment.phones if p.label == SILENCE]
        speaking = np.ones(len(gap), bool)
        for pause in silent:
            speaking &= (track.times < pause.start) | (track.times >= pause.end)
        gap = gap[speaking] if speaking.sum() >= 10 else gap
    value = float(np.quantile(gap, 0.95))
    return [
        between(
            "size",
            "Natural size",
            value,
            _NATURAL,
            "E",
            f"Lips open to {value:.3f} E (95th percentile); real talkers to 0.10 to 0.16.",
        )
    ]


def found_share(track: ClipTrack) -> list[Metric]:
    """How many frames still show a face."""
    value = float(track.found.mean())
    return [
        at_least("found", "Face found", value, 0.99, "", f"A face is seen in {int(track.found.sum())} of {len(track)} frames.")
    ]


def jitter(track: ClipTrack) -> list[Metric]:
    """M9: share of motion power between 8 and 12 Hz, of parts that do not articulate and of the lips.

    The network's own noise, known from still faces, is taken off; shares below it read zero.
    """
    if len(track) < 2 * track.rate or track.rate < 2 * _FAST[0]:
        return [told("M9", "Jitter", None, "", "The clip is too short or too slow to show jitter.")]
    placed = track.shapes[:, :, :2]
    out = []
    for code, name, points, limit in (
        ("M9", "Jitter of the head", _STILL_POINTS, 0.03),
        ("M9lips", "Jitter of the lips", _LIP_POINTS, 0.12),
    ):
        fast = float((band(placed[:, points], track.rate, *_FAST) ** 2).sum(axis=2).mean())
        whole = float((band(placed[:, points], track.rate, 0.0, _FAST[1]) ** 2).sum(axis=2).mean())
        noise = _READING_NOISE**2
        ratio = max(0.0, fast - noise) / max(whole, noise)
        out.append(
            at_most(
                code,
                name,
                ratio,
                limit,
                "",
                f"{ratio:.1%} of the motion is faster than 8 Hz ({1000 * np.sqrt(fast):.1f} thousandths of E).",
            )
        )
    return out


def flicker(track: ClipTrack) -> list[Metric]:
    """M10: how much the skin's light changes from frame to frame where nothing articulates, in steps of 8-bit pictures."""
    if len(track) < 2:
        return [told("M10", "Flicker", None, "levels", "One frame cannot flicker.")]
    value = float(np.abs(np.diff(track.light, axis=0)).mean())
    worst = int(np.abs(np.diff(track.light, axis=0)).mean(axis=1).argmax()) + 1
    return [
        at_most("M10", "Flicker", value, 1.0, "levels", f"Skin changes by {value:.2f} levels a frame, most at frame {worst}.")
    ]


def identity_drift(track: ClipTrack) -> list[Metric]:
    """M12: how far proportions of what does not articulate drift within the clip: medians of parts against the whole.

    Parts are a fifth of the clip, but at least a second, so that a blink or a word does not count as another person.

    Nose width, which is often named too, is left out: nostrils take part in speech and move by 1 to 4 % in real talkers.
    """
    shapes = track.shapes

    def length(a: int, b: int) -> ArrayF64:
        return np.asarray(np.linalg.norm(shapes[:, a] - shapes[:, b], axis=1))

    e = length(*topology.OUTER_EYE_CORNERS)
    ratios = (
        np.stack([length(168, topology.NOSE_TIP), length(*topology.INNER_EYE_CORNERS), length(127, 356)], axis=1) / e[:, None]
    )
    ratios = ratios[_open_eyes(track)]  # lids that close pull the eye corners' readings along
    count = int(np.clip(len(ratios) / track.rate, 1, 5))
    parts = [np.median(part, axis=0) for part in np.array_split(ratios, count)]
    drift = float(np.abs(np.array(parts) / np.median(ratios, axis=0) - 1).max())
    return [
        at_most(
            "M12", "Identity drift", drift, 0.01, "", f"Nose length, eye distance and face width over E drift by {drift:.1%}."
        )
    ]


def _open_eyes(track: ClipTrack) -> npt.NDArray[np.bool_]:
    opening = track.eye_openings.mean(axis=1)
    return np.asarray(opening > _OPEN_SHARE * np.quantile(opening, 0.7))


def blinking(track: ClipTrack) -> list[Metric]:
    """M21: blinks a minute, whether each shuts the eyes on a frame, and whether they close faster than they open."""
    found = blinks(track.eye_openings.mean(axis=1))
    seconds = len(track) / track.rate
    if seconds < _LEAST_BLINK_SECONDS:
        return [told("M21", "Blink rate", None, "per minute", f"{len(found)} blinks; the clip is too short for a rate.")]
    rate = 60.0 * len(found) / seconds
    closing = float(np.median([b.closed - b.start for b in found])) if found else float("nan")
    opening = float(np.median([b.end - b.closed for b in found])) if found else float("nan")
    metrics = [between("M21", "Blink rate", rate, _TALKING_BLINKS, "per minute", f"{len(found)} blinks, {rate:.0f} a minute.")]
    if found:
        ratio = closing / max(opening, 1e-9)
        metrics.append(
            at_most(
                "M21shape",
                "Closing over opening time",
                ratio,
                1.0,
                "",
                f"Lids close in {closing:.0f} frames and open in {opening:.0f}.",
            )
        )
    return metrics
