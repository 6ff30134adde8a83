"""Desk: an open project that is worked on, live. Everything that an editor's window does, without the window."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.problems import Problem
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.project import Project
from pctalk_studio.jobs import Abandoned, Done, Ended, Event, Failed, Priority, Request, Runner, Ticket
from pctalk_studio.jobs.notices import Deliver
from pctalk_studio.preview.audio_output import OutputDevices
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.preview.clock import PlaybackClock
from pctalk_studio.preview.scheduler import FrameFailed
from pctalk_studio.preview.wish import Stage
from pctalk_studio.render.api import PictureU8
from pctalk_studio.session.darkroom import Darkroom, FrameBudget
from pctalk_studio.session.desk_work import EvaluateClip, OpenSound
from pctalk_studio.session.easel import Engines, ViewingQuality
from pctalk_studio.session.hearing import evaluator
from pctalk_studio.session.notices import (
    FramesChanged,
    MotionChanged,
    Notice,
    ProjectChanged,
    Saved,
    SelectionChanged,
    SourcesChanged,
    Told,
    problem_of,
)
from pctalk_studio.session.selection import Selection
from pctalk_studio.session.sources import Sources
from pctalk_studio.session.staging import Staging
from pctalk_studio.session.studio import Studio
from pctalk_studio.session.transport import Transport

R = TypeVar("R")

_CLOSING = 5.0
"""Seconds that a worker gets to stop."""


class Desk:
    """A project on the desk: document, selection, playhead and frames, each change of which is told.

    All methods belong to one thread, that of the window, and none waits for work. Workers evaluate documents, draw (two, see
    :class:`pctalk_studio.session.darkroom.Darkroom`), and do what takes seconds.

    Parameters
    ----------
    studio
        The project; the desk owns it from now on.
    engines
        Makers of engines by name.
    devices
        Where sound can be heard.
    deliver
        Runs a callable on the window's thread, later, in order.
    tell
        Told of every change, on the window's thread.
    frames
        How many drawn frames are kept; None: as many as fit the usual memory, and none on disk.
    unsaved
        The project holds what no file has, such as an analysis that was just made, or what a crash left.
    """

    def __init__(
        self,
        studio: Studio,
        engines: Engines,
        devices: OutputDevices,
        deliver: Deliver,
        tell: Callable[[Notice], None],
        *,
        frames: FrameBudget | None = None,
        unsaved: bool = False,
    ) -> None:
        self.studio = studio
        self.engines = engines
        self.selection = Selection()
        self._devices = devices
        self._tell = tell
        self._saved = None if unsaved else studio.project
        self._clip: ClipFrames | None = None
        self._clip_of: Project | None = None
        self._quality = ViewingQuality.FULL
        self._evaluator = evaluator(studio.sources, engines)
        self.motion_runner = Runner("motion", deliver=deliver)
        self.slow_runner = Runner("slow", deliver=deliver)
        budget = frames or FrameBudget()
        self._darkroom = Darkroom(deliver, budget, changed=lambda: tell(FramesChanged()), failed=self._not_drawn)
        self.render_runner, self.store = self._darkroom.runner, self._darkroom.store
        self.scheduler = self._darkroom.scheduler
        self.staging = Staging(engines, self._darkroom, self.work, lambda: tell(FramesChanged()))
        self.transport = Transport(self.scheduler, tell)

    def start(self) -> None:
        """Begin to evaluate, to draw and to open the sound; tell the problems that the project came with."""
        for problem in self.studio.problems:
            self._tell(Told(problem, error=False))
        self._follow_sources()

    def close(self) -> None:
        """Stop all work and give the project's file free; what was not saved is lost, as the person has decided."""
        self.leave()
        self.studio.close()

    def leave(self) -> tuple[str, ...]:
        """Stop all work, but keep what could be recovered.

        Returns
        -------
        tuple[str, ...]
            Names of workers that did not stop in time; empty when all is well.
        """
        self.transport.close()
        others = tuple(runner.name for runner in (self.motion_runner, self.slow_runner) if runner.close(_CLOSING))
        return (*others, *self._darkroom.close(_CLOSING))

    # -- document ------------------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        """The document as it is now."""
        return self.studio.project

    @property
    def sources(self) -> Sources:
        """What it is made from."""
        return self.studio.sources

    @property
    def modified(self) -> bool:
        """Whether it differs from what was saved."""
        return self.project is not self._saved

    def apply(self, edit: str, *, gesture: str = "", selecting: Selection | None = None, **arguments: Any) -> None:
        """Apply a named edit; see :data:`pctalk_studio.document.edits.EDITS`.

        Parameters
        ----------
        edit
            Its name.
        gesture
            Edits of one gesture, such as one drag of one slider, are one step to undo, until :meth:`settle`.
        selecting
            What is selected afterwards; None: what was, as far as it is still there.
        **arguments
            Of the edit.

        Raises
        ------
        EditRejected
            When it cannot be done; nothing has changed then.
        """
        self._change(lambda: self.studio.apply(edit, gesture=gesture, **arguments), selecting)

    def apply_all(
        self, label: str, edits: list[tuple[str, dict[str, Any]]], *, gesture: str = "", selecting: Selection | None = None
    ) -> None:
        """Apply several named edits as one step to undo; all of them or, when one cannot be done, none.

        Raises
        ------
        EditRejected
            When one of them cannot be done.
        """
        self._change(lambda: self.studio.apply_all(label, edits, gesture=gesture), selecting)

    def settle(self) -> None:
        """A gesture has ended: the next edit is a step of its own."""
        self.studio.settle()

    def undo(self) -> None:
        """Go one step back.

        Raises
        ------
        EditRejected
            When there is none.
        """
        self._change(self.studio.undo)

    def redo(self) -> None:
        """Go one step forth.

        Raises
        ------
        EditRejected
            When there is none.
        """
        self._change(self.studio.redo)

    def go_to(self, position: int) -> None:
        """Go back or forth to a step of the history, counted from the oldest that is remembered.

        Raises
        ------
        EditRejected
            When there is no such step.
        """
        self._change(lambda: self.studio.go_to(position))

    def _change(self, action: Callable[[], None], selecting: Selection | None = None) -> None:
        before = self.project
        action()
        after = self.project
        if after is before:
            return
        self.select((self.selection if selecting is None else selecting).within(after))
        self._tell(ProjectChanged(before, after))
        self._tell(Saved(self.modified))
        if after.render != before.render:
            self._prepare()
        self._evaluate()

    def select(self, selection: Selection) -> None:
        """Select this and nothing else."""
        if selection != self.selection:
            self.selection = selection
            self._tell(SelectionChanged(selection))

    # -- saving --------------------------------------------------------------------------------------------------------

    def save(self, path: Path | None = None, then: Callable[[], None] = lambda: None) -> None:
        """Save the project, over its own file or to another; failure is told.

        Parameters
        ----------
        path
            Where; None: its own file.
        then
            Called once it is saved.

        Raises
        ------
        StudioError
            When it has no file yet and none is named.
        """
        request = self.studio.saving(path)

        def saved(_: object) -> None:
            self.studio.was_saved(request)
            self._saved = request.original
            self._tell(Saved(self.modified))
            then()

        self.work(request, saved)

    # -- sources -------------------------------------------------------------------------------------------------------

    def use_sources(self, sources: Sources) -> None:
        """Go on with other sources, such as a portrait that was found again; the document does not change by it."""
        self.studio.use_sources(sources)
        self._evaluator = evaluator(sources, self.engines)
        self._follow_sources()

    def _follow_sources(self) -> None:
        self._tell(SourcesChanged())
        self._prepare()
        self._evaluate()
        self.open_sound()

    @property
    def quality(self) -> ViewingQuality:
        """Size of the frames in the preview."""
        return self._quality

    def set_quality(self, quality: ViewingQuality) -> None:
        """Draw the preview at another size from now on; what is exported stays as it is."""
        if quality is not self._quality:
            self._quality = quality
            self._prepare()

    def _prepare(self) -> None:
        self.staging.prepare(self.sources, self.project.render, self._quality)

    def _evaluate(self) -> None:
        request = EvaluateClip(self._evaluator, self.project, self._clip)
        project = self.project
        self.work(request, lambda clip: self._evaluated(clip, project), runner=self.motion_runner, replaces="clip")

    def _evaluated(self, clip: ClipFrames, project: Project) -> None:
        self._clip, self._clip_of = clip, project
        self.scheduler.show(clip)
        self.transport.follow(len(clip), self.project)
        self._tell(MotionChanged(clip))
        self._tell(FramesChanged())

    def open_sound(self) -> None:
        """Open the sound output, anew when it was lost."""

        def opened(result: tuple[PlaybackClock, Problem | None]) -> None:
            clock, problem = result
            self.transport.set_clock(clock)
            if problem is not None:
                self._tell(Told(problem, error=False))

        self.work(OpenSound(self.sources.sound, self._devices), opened, replaces="sound")

    def work(
        self,
        request: Request[R],
        done: Callable[[R], None],
        *,
        runner: Runner | None = None,
        priority: int = Priority.NORMAL,
        replaces: Hashable = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> Ticket[R]:
        """Let a worker do something; what fails is told, unless ``failed`` takes it.

        Parameters
        ----------
        request
            What to do, a frozen value.
        done
            Gets the result, on the window's thread.
        runner
            Who does it; None: the worker for what takes seconds.
        priority, replaces
            As for :meth:`pctalk_studio.jobs.Runner.submit`.
        failed
            Gets what was raised.
        """

        def hear(event: Event[Any]) -> None:
            if not isinstance(event, Ended):
                return
            match event.outcome:
                case Done(result):
                    done(result)
                case Failed(error) if failed is not None:
                    failed(error)
                case Failed(error):
                    self._tell(Told(problem_of(error)))
                case Abandoned():
                    pass

        return (runner or self.slow_runner).submit(request, priority=priority, replaces=replaces, listeners=(hear,))

    def _not_drawn(self, failure: FrameFailed) -> None:
        self._tell(Told(problem_of(failure.error)))

    # -- frames --------------------------------------------------------------------------------------------------------

    @property
    def clip(self) -> ClipFrames | None:
        """Rows of the clip as evaluated last; None until it was evaluated once."""
        return self._clip

    @property
    def up_to_date(self) -> bool:
        """The clip is that of the document as it is now; its frames show every edit."""
        return self._clip_of is self.project

    @property
    def stage(self) -> Stage | None:
        """The engine that draws; None until it is ready."""
        return self.staging.ready

    @property
    def rate(self) -> FrameRate:
        """Frames a second."""
        return self.project.rate

    @property
    def frame_count(self) -> int:
        """Frames of the clip; 0 until it was evaluated once."""
        return 0 if self._clip is None else len(self._clip)

    @property
    def duration(self) -> float:
        """Seconds of the recording."""
        return self.project.speech.duration or self.sources.sound.duration

    def picture(self, frame: int | None = None) -> PictureU8 | None:
        """What there is of a frame, the one under the playhead when none is named; see PreviewScheduler.picture."""
        return self.scheduler.picture(self.transport.frame if frame is None else frame)

    def frame_states(self) -> npt.NDArray[np.uint8]:
        """State of each frame for the cache bar, [T] uint8 of FrameState."""
        return self.scheduler.states()
