"""What an open project tells whoever shows it, as values."""

from __future__ import annotations

import logging
import textwrap
from dataclasses import dataclass

from pctalk_studio.core.errors import Cancelled, StudioError
from pctalk_studio.core.problems import Problem
from pctalk_studio.document.project import Project
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.session.selection import Selection

_log = logging.getLogger(__name__)

_LONGEST = 160
"""Letters that are told of a fault."""


@dataclass(frozen=True, slots=True, eq=False)
class ProjectChanged:
    """The document, or the way back to it, is another."""

    before: Project
    after: Project


@dataclass(frozen=True, slots=True)
class SelectionChanged:
    """Something else is selected."""

    selection: Selection


@dataclass(frozen=True, slots=True, eq=False)
class MotionChanged:
    """The clip moves as the document now says."""

    clip: ClipFrames


@dataclass(frozen=True, slots=True)
class SourcesChanged:
    """Portrait, recording or engine are others; all that was drawn from them is to be drawn anew."""


@dataclass(frozen=True, slots=True)
class FramesChanged:
    """Frames were drawn, or gave way to others; the picture under the playhead may be among them."""


@dataclass(frozen=True, slots=True)
class PlayheadMoved:
    """The playhead is on another frame, or plays or rests."""

    frame: int
    playing: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """The document was saved, or differs from what was saved."""

    modified: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a person should read.

    Parameters
    ----------
    problem
        What.
    error
        Whether something failed; otherwise it is a remark.
    """

    problem: Problem
    error: bool = True


Notice = ProjectChanged | SelectionChanged | MotionChanged | SourcesChanged | FramesChanged | PlayheadMoved | Saved | Told
"""All of them."""


def problem_of(error: BaseException, *, logged: bool = False) -> Problem:
    """An error as something to read. What is no :class:`StudioError` is a fault of the program, and said to be one.

    Parameters
    ----------
    error
        What was raised.
    logged
        The log has it already; otherwise a fault is written there.
    """
    if isinstance(error, Cancelled):
        return Problem("cancelled", error.user_text)
    if isinstance(error, StudioError):
        return Problem(type(error).__name__, error.user_text)
    if isinstance(error, MemoryError):
        return Problem("memory", "There is not enough memory for this; choose a smaller frame size in the project's settings.")
    # On one line and not longer than a bar has room for; the log has all of it.
    if not logged:
        _log.error("A fault.", exc_info=error)
    said = textwrap.shorten(f"{type(error).__name__}: {error}", _LONGEST, placeholder=" ...")
    return Problem("fault", f"Something went wrong inside the program ({said}); save a copy of the project and start anew.")
