"""Emotion clips out of other things than a person's choice: the transcript, the voice, another face, another film.

What is found are clips like any other, with what found them and how sure it is; nothing is put into the document here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.emotion import EmotionGuess, emotions_of_text, emotions_of_voice
from pctalk_studio.core.errors import FaceError, SpeechError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.deformation.direction import directed_speech
from pctalk_studio.deformation.emc.seeing import (
    SeenExpression,
    expression_of,
    expression_of_rig,
    mean_expression,
    one_person,
)
from pctalk_studio.document.curves import Curve, Key
from pctalk_studio.document.looks import ActionUnit, Look
from pctalk_studio.document.project import EmotionClip, EmotionRegion, EmotionSource, Project
from pctalk_studio.jobs import Control
from pctalk_studio.jobs.apart import Apart, Run, here
from pctalk_studio.session.portraits import face_in

ArrayF64 = npt.NDArray[np.float64]

EVERYWHERE = frozenset(EmotionRegion)

_LEAST_SURE = 0.3
"""Confidence below which a phrase is left without a clip."""
_BEFORE, _AFTER, _APART = 0.2, 0.35, 0.02
"""Seconds by which a feeling shows before a phrase and outlasts it, and that stay between two clips."""
_SPOKEN = frozenset({ActionUnit.AU25, ActionUnit.AU26})
"""Units that a talking face moves to speak; the look of a film leaves them out."""
_PRESENT = 0.5
"""Presence of a face below which a film's frame counts for nothing."""
_BLUR = 0.12
"""Standard deviation in seconds by which expression over time is smoothed."""
_STEP, _COARSE = 0.04, 0.05
"""Seconds between moments that may become keys, and how far the curve between keys may be off."""


def from_text(project: Project, speech: SpeechFacts) -> tuple[EmotionClip, ...]:
    """What the words say.

    Raises
    ------
    SpeechError
        When no words are known.
    """
    alignment = directed_speech(project, speech).alignment
    if not any(word.said for word in alignment.words):
        raise SpeechError("No words of the recording are known; type what is said, then read emotions from it.")
    return _clips(emotions_of_text(alignment.words, project.media.transcript), EmotionSource.TEXT, alignment.duration)


def from_voice(project: Project, speech: SpeechFacts) -> tuple[EmotionClip, ...]:
    """What the voice sounds like.

    Raises
    ------
    SpeechError
        When nothing is spoken.
    """
    facts = directed_speech(project, speech)
    if not facts.speaking.any():
        raise SpeechError("Nobody speaks in the recording; emotions cannot be heard in it.")
    return _clips(emotions_of_voice(facts, project.media.transcript), EmotionSource.AUDIO, facts.alignment.duration)


def _clips(guesses: Sequence[EmotionGuess], source: EmotionSource, duration: float) -> tuple[EmotionClip, ...]:
    """Guesses as clips that do not overlap; one that goes on is one clip."""
    sure = [guess for guess in guesses if guess.confidence >= _LEAST_SURE]
    clips: list[EmotionClip] = []
    for number, guess in enumerate(sure):
        start = max(0.0, guess.start - _BEFORE, (clips[-1].end or 0.0) + _APART if clips else 0.0)
        end = min(duration, guess.end + _AFTER)
        if number + 1 < len(sure):
            end = min(end, max(guess.end, sure[number + 1].start - _BEFORE) - _APART)
        if end - start >= 2 * _STEP:
            clips.append(
                EmotionClip(
                    guess.emotion, round(guess.intensity, 2), start=start, end=end, source=source, confidence=guess.confidence
                )
            )
    return tuple(clips)


@dataclass(frozen=True, slots=True)
class FindOnFace:
    """The expression of another face, as one clip.

    Parameters
    ----------
    path
        A picture or a movie.
    regions
        Which regions of the face are taken over.
    start, end
        Where the clip goes, seconds; None: from the beginning, to the end.
    over_time
        Of a movie: how strongly the expression shows from moment to moment, instead of its average.
    """

    path: Path
    regions: frozenset[EmotionRegion] = EVERYWHERE
    start: float | None = None
    end: float | None = None
    over_time: bool = False

    def __call__(self, control: Control) -> EmotionClip:
        """Do it in a child process; raises as :meth:`find`."""
        control.checkpoint(ProgressEvent("face", 0, 1))
        return self.find(Apart(control.checkpoint), control.checkpoint)

    def find(self, run: Run = here, listen: ProgressListener = silent) -> EmotionClip:
        """Look at the face.

        Raises
        ------
        StudioError
            When the file cannot be read, shows no face, or a face without expression.
        """
        portrait = face_in(self.path, Project(), run, listen)
        if portrait.movie is None:
            seen, envelope, source = expression_of_rig(portrait.rig), Curve(1.0), EmotionSource.IMAGE
            look = seen.look
        else:
            seen, look, envelope = film_expression(portrait.movie.track, self.start or 0.0, over_time=self.over_time)
            source = EmotionSource.VIDEO
        if not look:
            raise FaceError(f"The face in '{self.path}' is at rest; choose one with an expression.")
        return EmotionClip(
            seen.emotion, 1.0, self.regions, start=self.start, end=self.end, source=source, envelope=envelope, look=look,
            confidence=round(seen.confidence, 3),
        )  # fmt: skip


def film_expression(track: FaceTrack, start: float, *, over_time: bool) -> tuple[SeenExpression, Look, Curve]:
    """What a film's face shows on the whole, and when.

    Parameters
    ----------
    track
        The face in the film.
    start
        Where the film begins on the recording's clock.
    over_time
        Whether the curve follows the film; otherwise it is constant.

    Returns
    -------
    tuple of SeenExpression, Look, Curve
        The average expression; its units without those that speech moves; the factor of the intensity over time.

    Raises
    ------
    FaceError
        When the face is seen in hardly any frame.
    """
    seen_at = np.flatnonzero(track.presence >= _PRESENT)
    if len(seen_at) < 2:
        raise FaceError("The film hardly shows a face; choose one that does.")
    neutral = MESH.of_landmarks(track.neutral).astype(np.float64)
    seen = [expression_of(MESH.of_landmarks(track.shape[frame]) - neutral, one_person()) for frame in seen_at]
    strengths = np.array([one.strengths for one in seen])
    power = strengths.sum(axis=(1, 2))
    mean = mean_expression(seen, np.maximum(power, 1e-6).tolist())
    look = tuple(unit for unit in mean.look if unit.unit not in _SPOKEN)
    if not over_time or not look:
        return mean, look, Curve(1.0)
    along = np.einsum("tus,us->t", strengths, mean.strengths) / float((mean.strengths**2).sum())
    return mean, look, _curve(track.times[seen_at] - track.times[0] + start, along)


def _curve(times: ArrayF64, values: ArrayF64) -> Curve:
    """A curve through smoothed values with as few keys as it takes."""
    grid = np.arange(times[0], times[-1] + _STEP / 2, _STEP)
    dense = np.interp(grid, times, values)
    reach = int(np.ceil(3 * _BLUR / _STEP))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _STEP / _BLUR) ** 2)
    smooth = np.clip(np.convolve(np.pad(dense, reach, mode="edge"), kernel / kernel.sum(), mode="valid"), 0.0, 2.0)
    kept = sorted(_needed(grid, smooth, 0, len(grid) - 1) | {0, len(grid) - 1})
    return Curve(1.0, tuple(Key(float(grid[k]), round(float(smooth[k]), 3)) for k in kept))


def _needed(times: ArrayF64, values: ArrayF64, first: int, last: int) -> set[int]:
    """Positions without which straight lines would be too far off (Ramer 1972; Douglas and Peucker 1973)."""
    needed: set[int] = set()
    open_parts = [(first, last)]
    while open_parts:
        a, b = open_parts.pop()
        if b - a < 2:
            continue
        line = np.interp(times[a : b + 1], times[[a, b]], values[[a, b]])
        away = np.abs(values[a : b + 1] - line)
        worst = int(away.argmax())
        if away[worst] > _COARSE:
            needed.add(a + worst)
            open_parts += [(a, a + worst), (a + worst, b)]
    return needed
