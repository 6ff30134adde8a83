"""Performances from files: read, converted, and laid where they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.core.errors import EditRejected, InterchangeError
from pctalk_studio.core.speech import SILENCE
from pctalk_studio.document.performance import BESIDE_SPEECH, PerformanceClip, PerformancePart, Take
from pctalk_studio.document.project import Project
from pctalk_studio.interchange.motion_template import read_template
from pctalk_studio.interchange.template_performance import performance_of
from pctalk_studio.jobs import Control

SUFFIX = ".pkl"
"""Of LivePortrait's motion templates."""

_FADE, _FADE_SHARE = 0.2, 0.25
"""Seconds of a fade, and the share of a short clip that it takes at most."""


def read_take(path: Path) -> Take:
    """Read a motion template as a take.

    Raises
    ------
    InterchangeError
        When it is none, asks for anything but numbers, or is too long.
    """
    performance = performance_of(read_template(path))
    try:
        return Take.of(path.stem, performance)
    except EditRejected as rejection:
        raise InterchangeError(rejection.user_text) from rejection


def clip_of(take: Take, project: Project, start: float = 0.0) -> PerformanceClip:
    """A clip that plays a take once from a moment on; where nothing is said it drives the mouth too."""
    spoken = any(phone.label != SILENCE for phone in project.speech.phones)
    fade = min(_FADE, _FADE_SHARE * take.duration)
    return PerformanceClip(
        name=take.name,
        start=start,
        end=start + max(take.duration, 1.0 / float(project.rate)),
        parts=BESIDE_SPEECH if spoken else frozenset(PerformancePart),
        fade_in=fade,
        fade_out=fade,
    )


@dataclass(frozen=True, slots=True)
class ImportPerformances:
    """Read motion templates, for a worker."""

    paths: tuple[Path, ...]

    def __call__(self, control: Control) -> tuple[Take, ...]:
        """Do it; all of them or none.

        Raises
        ------
        InterchangeError
            As :func:`read_take`.
        """
        takes = []
        for path in self.paths:
            control.checkpoint()
            takes.append(read_take(path))
        return tuple(takes)
