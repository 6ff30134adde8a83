"""Editor: the one object through which views see the open project and change it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from pctalk_studio.app.bridge import WindowThread
from pctalk_studio.app.modes import EditingModes, PaintTool
from pctalk_studio.core.errors import EditRejected, StudioError
from pctalk_studio.core.problems import Problem
from pctalk_studio.document.project import Project
from pctalk_studio.preview.audio_output import OutputDevices
from pctalk_studio.render.frame_disk import DiskPlan
from pctalk_studio.session.darkroom import FrameBudget
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.easel import Engines
from pctalk_studio.session.notices import (
    FramesChanged,
    MotionChanged,
    Notice,
    PlayheadMoved,
    ProjectChanged,
    Saved,
    SelectionChanged,
    SourcesChanged,
    Told,
    problem_of,
)
from pctalk_studio.session.selection import Selection
from pctalk_studio.session.studio import FRAME_MEMORY, Studio


class Editor(QObject):
    """The open project as Qt sees it: its notices as signals, its edits as calls that never raise.

    Parameters
    ----------
    engines
        Makers of engines by name.
    devices
        Where sound can be heard.
    parent
        Owner.
    """

    desk_changed = Signal()
    """Another project is open, or none."""
    project_changed = Signal(object, object)
    """(before, after): Project."""
    selection_changed = Signal(object)
    """Selection."""
    motion_changed = Signal(object)
    """ClipFrames of the document as it is now."""
    sources_changed = Signal()
    """Portrait, recording or engine are others."""
    frames_changed = Signal()
    """Some frames were drawn or became stale."""
    playhead_moved = Signal(int, bool)
    """(frame, playing)."""
    saved_changed = Signal(bool)
    """Whether the document differs from what was saved."""
    told = Signal(object)
    """Told: something to read, for the message bar."""
    modes_changed = Signal(object)
    """EditingModes."""
    paint_tool_changed = Signal(object)
    """PaintTool."""

    def __init__(self, engines: Engines, devices: OutputDevices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engines = engines
        self.deliver = WindowThread(self)
        self.frame_memory = FRAME_MEMORY
        self.frame_disk: DiskPlan | None = None
        self._devices = devices
        self._desk: Desk | None = None
        self._modes = EditingModes()
        self._paint_tool = PaintTool()

    # -- the open project ----------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Desk | None:
        """The open project; None when there is none."""
        return self._desk

    @property
    def project(self) -> Project:
        """The document, an empty one when none is open."""
        return Project() if self._desk is None else self._desk.project

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return Selection() if self._desk is None else self._desk.selection

    def open_studio(self, studio: Studio, *, unsaved: bool = False) -> None:
        """Put a project on the desk in place of the one that is there, which is closed.

        Parameters
        ----------
        studio
            The project.
        unsaved
            It holds what no file has.
        """
        self.close_project()

        def hear(notice: Notice) -> None:
            self._hear(desk, notice)

        frames = FrameBudget(self.frame_memory, self.frame_disk)
        desk = Desk(studio, self.engines, self._devices, self.deliver, hear, frames=frames, unsaved=unsaved)
        self._desk = desk
        self.desk_changed.emit()
        desk.start()

    def close_project(self) -> None:
        """Close what is open; what was not saved is lost, as the person has decided."""
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()
            self.desk_changed.emit()

    def leave(self) -> None:
        """Stop all work on what is open, but keep what could be recovered: the program ends without having asked."""
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.leave()
            if desk.studio.safety is not None:
                desk.studio.safety.flush()
            self.desk_changed.emit()

    def _hear(self, desk: Desk, notice: Notice) -> None:
        if desk is not self._desk:
            return  # the last words of a project that was closed
        match notice:
            case ProjectChanged(before, after):
                self.project_changed.emit(before, after)
            case SelectionChanged(selection):
                self.selection_changed.emit(selection)
            case MotionChanged(clip):
                self.motion_changed.emit(clip)
            case SourcesChanged():
                self.sources_changed.emit()
            case FramesChanged():
                self.frames_changed.emit()
            case PlayheadMoved(frame, playing):
                self.playhead_moved.emit(frame, playing)
            case Saved(modified):
                self.saved_changed.emit(modified)
            case Told():
                self.told.emit(notice)

    # -- edits ---------------------------------------------------------------------------------------------------------

    def attempt(self, action: Callable[[], object], *, quiet: bool = False) -> bool:
        """Do something with the project; what a person can act on is told instead of raised.

        Parameters
        ----------
        action
            What to do.
        quiet
            Do not tell of an edit that was rejected, as in the middle of a drag that ran into a neighbour.

        Returns
        -------
        bool
            Whether it was done.
        """
        try:
            action()
        except StudioError as error:
            if not (quiet and isinstance(error, EditRejected)):
                self.told.emit(Told(problem_of(error)))
            return False
        return True

    def apply(
        self, edit: str, *, gesture: str = "", quiet: bool = False, selecting: Selection | None = None, **arguments: Any
    ) -> bool:
        """Apply a named edit of ``document.edits`` and select something; False when it was rejected or nothing is open."""
        desk = self._desk
        if desk is None:
            return False
        return self.attempt(lambda: desk.apply(edit, gesture=gesture, selecting=selecting, **arguments), quiet=quiet)

    def apply_all(
        self,
        label: str,
        edits: list[tuple[str, dict[str, Any]]],
        *,
        gesture: str = "",
        quiet: bool = False,
        selecting: Selection | None = None,
    ) -> bool:
        """Apply several named edits as one step to undo, all or none, and select something afterwards."""
        desk = self._desk
        if desk is None:
            return False
        return self.attempt(lambda: desk.apply_all(label, edits, gesture=gesture, selecting=selecting), quiet=quiet)

    def begin_drag(self) -> None:
        """A control is being moved by hand: only the frame under the playhead is drawn until :meth:`end_drag`."""
        if self._desk is not None:
            self._desk.scheduler.drag()

    def end_drag(self) -> None:
        """The hand has let go: the gesture is one step to undo, and all stale frames are drawn."""
        if self._desk is not None:
            self._desk.settle()
            self._desk.scheduler.release()

    def undo(self) -> None:
        """One step back."""
        if self._desk is not None:
            self.attempt(self._desk.undo)

    def redo(self) -> None:
        """One step forth."""
        if self._desk is not None:
            self.attempt(self._desk.redo)

    def select(self, selection: Selection) -> None:
        """Select this and nothing else."""
        if self._desk is not None:
            self._desk.select(selection)

    def save(self, path: Path | None = None, then: Callable[[], None] = lambda: None) -> None:
        """Save over the project's own file, or to another; then go on."""
        desk = self._desk
        if desk is not None:
            self.attempt(lambda: desk.save(path, then))

    def tell(self, code: str, text: str, *, error: bool = True) -> None:
        """Say something in the message bar."""
        self.told.emit(Told(Problem(code, text), error))

    # -- modes ---------------------------------------------------------------------------------------------------------

    @property
    def modes(self) -> EditingModes:
        """How the timeline behaves."""
        return self._modes

    def set_modes(self, modes: EditingModes) -> None:
        """Behave like this from now on."""
        if modes != self._modes:
            self._modes = modes
            self.modes_changed.emit(modes)

    @property
    def paint_tool(self) -> PaintTool:
        """The brush."""
        return self._paint_tool

    def set_paint_tool(self, tool: PaintTool) -> None:
        """Paint with this from now on."""
        if tool != self._paint_tool:
            self._paint_tool = tool
            self.paint_tool_changed.emit(tool)
