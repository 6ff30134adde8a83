"""P(phones): how the mouth articulates a recording, frame by frame, still independent of any face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.speech import Alignment, SpeechFacts
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.direction import lip_scale, style_gains
from pctalk_studio.deformation.lac.constraints import Window, activity, closures, contact, held, limits_of
from pctalk_studio.deformation.lac.dominance import Tracks, blended, sampled
from pctalk_studio.deformation.lac.loudness import jaw_gains
from pctalk_studio.deformation.lac.segments import Segment, rests, segments_of
from pctalk_studio.deformation.lac.targets import Kind, LipTargets, lip_targets
from pctalk_studio.deformation.style import styled
from pctalk_studio.document.project import Project

ArrayF64 = npt.NDArray[np.float64]

_STYLED = frozenset({Kind.VOWEL, Kind.GLIDE, Kind.POSTALVEOLAR, Kind.RHOTIC})
"""Classes with a lip shape of their own; the others borrow theirs from these and need no style."""

_WIDEST_OPEN = 2.0
"""Openness at which the jaw's joint ends it; approached softly."""

_TONGUE_RAMP = 0.045

_ASKED_BLUR, _ASKED_RAMP, _ASKED_CLOSURE = 0.030, 0.050, 0.75
"""Of the openness that phones ask for: blur and ramp of closures in seconds, and the closed share of a bilabial's label."""


@dataclass(frozen=True, slots=True, eq=False)
class Articulation:
    """The mouth at each output frame, each [T] float64.

    Parameters
    ----------
    shape
        Channels after style, loudness, scale and limits, before lip closure.
    free
        0 where P, B or M hold the lips together, 1 where nothing does.
    active
        1 in speech, 0 where the mouth rests.
    press, tuck, tongue
        Amounts for the mouth channels of the same names.
    asked
        [T] float32, :func:`target_openness`.
    """

    shape: Tracks
    free: ArrayF64
    active: ArrayF64
    press: ArrayF64
    tuck: ArrayF64
    tongue: ArrayF64
    asked: npt.NDArray[np.float32]

    def silent(self) -> Articulation:
        """The mouth at rest throughout, for a clip in which nothing is heard of the lips."""
        none = np.zeros(len(self.free))
        return Articulation(Tracks(none, none, none, none), np.ones(len(none)), none, none, none, none, self.asked)


def frame_times(duration: float, rate: FrameRate, lead: float = 0.0) -> ArrayF64:
    """Moments of the recording that the frames show, [T] seconds.

    Parameters
    ----------
    duration
        Seconds of the recording.
    rate
        Frames a second.
    lead
        Seconds by which the picture is ahead of the sound.
    """
    count = rate.frames_in(duration)
    step = rate.value
    # Divided as integers, so that a frame's time is the same float however many frames there are.
    return np.asarray(np.arange(count) * step.denominator / step.numerator + lead, np.float64)


def voiced(segments: Sequence[Segment], speech: SpeechFacts, follow: float) -> list[Segment]:
    """Segments as loud as they are spoken, as far as the lips follow loudness (0 to 1)."""
    vowels = [i for i, s in enumerate(segments) if s.vowel]
    if follow == 0 or not vowels:
        return list(segments)
    spans = np.array([(segments[i].start, segments[i].end) for i in vowels])
    out = list(segments)
    for i, gain in zip(vowels, jaw_gains(speech, spans, follow), strict=True):
        out[i] = replace(out[i], open=out[i].open * gain, jaw=out[i].jaw * gain)
    return out


def _with_style(segments: Sequence[Segment], project: Project, targets: LipTargets) -> list[Segment]:
    shaped = [i for i, s in enumerate(segments) if s.kind in _STYLED]
    gains = style_gains(project, np.array([(segments[i].start + segments[i].end) / 2 for i in shaped]))
    if np.all(gains == 1.0):
        return list(segments)
    shapes = np.array([[segments[i].open, segments[i].width, segments[i].purse] for i in shaped])
    out = list(segments)
    for i, (opening, width, purse) in zip(shaped, styled(shapes, gains, targets), strict=True):
        jaw = max(0.0, out[i].jaw + 0.9 * (opening - out[i].open))
        out[i] = replace(out[i], open=opening, width=width, purse=purse, jaw=jaw)
    return out


def _soft_top(values: ArrayF64, top: float) -> ArrayF64:
    """Leave values below 0.8 top as they are and bend larger ones so that they never reach it."""
    knee = 0.8 * top
    over = np.maximum(values - knee, 0.0)
    room = top - knee
    return np.asarray(np.minimum(values, knee) + room * np.tanh(over / room))


def _scaled(tracks: Tracks, segments: Sequence[Segment], scale: ArrayF64, times: ArrayF64) -> Tracks:
    """Lip scale [T], then the limits of consonants and the floor of vowels."""
    limits = limits_of(segments, times)
    opening = np.maximum(tracks.open * scale, np.minimum(1.0, scale) * limits.floor)
    opening = _soft_top(np.minimum(opening, limits.open), _WIDEST_OPEN)
    jaw = _soft_top(np.minimum(tracks.jaw * scale, limits.jaw), _WIDEST_OPEN)
    return Tracks(opening, np.clip(tracks.width * scale, -1.8, 1.8), np.clip(tracks.purse * scale, 0.0, 1.8), jaw)


def _tongue(segments: Sequence[Segment], times: ArrayF64) -> ArrayF64:
    raised = [s for s in segments if s.target.tongue > 0]
    windows = [Window(s.start + 0.15 * s.duration, s.start + 0.75 * s.duration, _TONGUE_RAMP, _TONGUE_RAMP) for s in raised]
    return held(windows, times, [s.target.tongue for s in raised])


def _contacts(segments: Sequence[Segment], times: ArrayF64) -> ArrayF64:
    tucked = [s for s in segments if s.kind is Kind.LABIODENTAL]
    return held([contact(s, times) for s in tucked], times, [s.target.tuck for s in tucked])


def _presses(segments: Sequence[Segment], windows: Sequence[Window], times: ArrayF64) -> ArrayF64:
    starts = np.array([s.start for s in segments])
    levels = []
    for window in windows:
        i = int(np.searchsorted(starts, (window.start + window.end) / 2, side="right")) - 1
        near = segments[max(0, i - 1) : i + 2]
        levels.append(max((s.target.press for s in near), default=0.0))
    return held(windows, times, levels)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the phones ask of the mouth at the output frames, before anything scales it.

    Parameters
    ----------
    segments
        Of the recording, with loudness and style.
    times
        [T] moments that the frames show, seconds.
    shape
        Channels as dominance blends them.
    active
        [T] 1 in speech, 0 where the mouth rests.
    windows
        Closures of P, B and M.
    asked
        [T] float32, :func:`target_openness`.
    """

    segments: Sequence[Segment]
    times: ArrayF64
    shape: Tracks
    active: ArrayF64
    windows: Sequence[Window]
    asked: npt.NDArray[np.float32]


def planned(project: Project, duration: float, plain: Sequence[Segment], loud: Sequence[Segment]) -> Plan:
    """Blend what the phones ask for, for a project's styles; its lip scale has no part in it.

    Parameters
    ----------
    project
        Controls.
    duration
        Seconds of the recording.
    plain, loud
        Segments of the recording, and the same as loud as they are spoken.
    """
    targets = lip_targets()
    frame = 1.0 / float(project.rate)
    times = frame_times(duration, project.rate, project.lead)
    asked = _with_style(loud, project, targets)
    dense = blended(asked, duration).stacked()
    return Plan(
        asked,
        times,
        Tracks.of_stacked(sampled(dense, times, frame)),
        activity(rests(plain, duration), duration, times),
        closures(plain, times, frame),
        _asked(plain, duration, frame_times(duration, project.rate)),
    )


def articulate(project: Project, plan: Plan) -> Articulation:
    """Solve P(phones) for a project's lip scale.

    Parameters
    ----------
    project
        Controls.
    plan
        Of the same project.
    """
    segments, times = plan.segments, plan.times
    scale = lip_scale(project, times)
    shape = _scaled(plan.shape, segments, scale, times)
    visible = np.minimum(1.0, scale)
    return Articulation(
        Tracks.of_stacked(shape.stacked() * plan.active[:, None]),
        1.0 - held(plan.windows, times),
        plan.active,
        visible * _presses(segments, plan.windows, times),
        visible * _contacts(segments, times),
        visible * _tongue(segments, times),
        plan.asked,
    )


def target_openness(alignment: Alignment, rate: FrameRate) -> npt.NDArray[np.float32]:
    """The aperture that the phones ask for, by the table alone: what a rendered mouth is measured against.

    Each segment asks for its own openness while it lasts; the steps are blurred to the bandwidth of lips (Gaussian, 30 ms), and
    P, B and M close the lips in the first three quarters of their label. Nothing of the solver's dominance, anticipation,
    limits, loudness or style is in it.

    Parameters
    ----------
    alignment
        Phones, by hand or by machine.
    rate
        Frames a second.

    Returns
    -------
    npt.NDArray[np.float32]
        [T], 0 closed to 1 widest conversational.
    """
    return _asked(segments_of(alignment, lip_targets()), alignment.duration, frame_times(alignment.duration, rate))


def _asked(segments: Sequence[Segment], duration: float, times: ArrayF64) -> npt.NDArray[np.float32]:
    if not segments:
        return np.zeros(len(times), np.float32)
    fine = 0.005
    grid = np.arange(int(np.ceil(duration / fine)) + 1) * fine
    owner = np.clip(np.searchsorted([s.start for s in segments], grid, side="right") - 1, 0, None)
    steps = np.array([s.open for s in segments])[owner]
    reach = round(3.5 * _ASKED_BLUR / fine)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * fine / _ASKED_BLUR) ** 2)
    smooth = np.convolve(np.pad(steps, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    shut = [s for s in segments if s.kind is Kind.BILABIAL]
    windows = [Window(s.start, s.start + _ASKED_CLOSURE * s.duration, _ASKED_RAMP, _ASKED_RAMP) for s in shut]
    return (np.interp(times, grid, smooth) * (1.0 - held(windows, times))).astype(np.float32)
