"""Exports in the background: one after the other, each a frozen job, with pause, cancel and progress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pctalk_studio.core.errors import Cancelled, StudioError, UsageError
from pctalk_studio.core.files import delete_drafts
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.core.time import FrameSet
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Project
from pctalk_studio.export.deliver import Delivery, Order, deliver
from pctalk_studio.export.formats import FORMATS
from pctalk_studio.jobs import Abandoned, Control, Done, Ended, Event, Failed, Moved, Runner, Started, Ticket
from pctalk_studio.jobs.notices import Deliver
from pctalk_studio.session.easel import Easel, Engines
from pctalk_studio.session.sources import Sources
from pctalk_studio.storage.unfinished import Unfinished, WorkNote, forget, note_work

_PAUSED_FOR = 0.05
"""Seconds between two looks at whether a paused export goes on."""


class ExportState(StrEnum):
    """Where an export stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED)


@dataclass(frozen=True, slots=True, eq=False)
class ExportJob:
    """All that an export needs; edits made later do not reach it.

    Parameters
    ----------
    sources, project
        What to draw; the project's frame rate and size are those of the result.
    order
        What to deliver.
    engines
        Makers of engines by name.
    keep
        Files that must not be overwritten, besides the sources.
    threads
        That draw; None: one for each core.
    """

    sources: Sources
    project: Project
    order: Order
    engines: Engines
    keep: tuple[Path, ...] = ()
    threads: int | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Files that must not be overwritten."""
        return (self.sources.picture.path, self.sources.sound.path, *self.keep)

    def run(self, listen: Callable[[ProgressEvent], None]) -> Delivery:
        """Draw and write it.

        Raises
        ------
        StudioError
            With one sentence, when it cannot be done; Cancelled when ``listen`` raises it.
        """
        settings, sources = self.project.render, self.sources
        listen(ProgressEvent("prepare", 0, 1))
        motion = evaluate(self.project, sources.face, sources.speech)
        easel, matte = Easel(self.engines), None
        if self.order.alpha:
            matte = easel.with_alpha(sources, settings)
        else:
            easel.follow(sources, settings)
        return deliver(
            self.order, matte or easel.prepared, motion, sources.sound, inputs=self.inputs, listen=listen, threads=self.threads
        )


@dataclass(frozen=True, slots=True)
class ExportItem:
    """An export in the queue, as it stands.

    Parameters
    ----------
    id
        Identity in the queue.
    order
        What is delivered.
    state
        Where it stands.
    done, total
        Frames.
    seconds
        Since it began to run, without pauses.
    error
        Why it failed.
    remarks
        What is worth knowing about how it was made, in sentences.
    """

    id: int
    order: Order
    state: ExportState = ExportState.WAITING
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    error: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def seconds_left(self) -> float | None:
        """Until it is done, by its speed so far; None while that is not known."""
        if self.state is not ExportState.RUNNING or self.done < 5:
            return None
        return self.seconds / self.done * (self.total - self.done)


class _Gate:
    """Lets one export pause and go on; used by the worker and the window."""

    def __init__(self) -> None:
        self.paused = threading.Event()
        self.worked = 0.0
        self._since: float | None = None

    def listen(self, control: Control) -> Callable[[ProgressEvent], None]:
        """What the export tells its progress to: it does not return while the export is paused."""
        self._since = time.perf_counter()

        def told(event: ProgressEvent) -> None:
            now = time.perf_counter()
            self.worked += now - (self._since or now)
            control.checkpoint(event)
            while self.paused.is_set():
                time.sleep(_PAUSED_FOR)
                control.checkpoint()
            self._since = time.perf_counter()

        return told


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """The request for the worker."""

    job: ExportJob
    gate: _Gate
    note: WorkNote

    def __call__(self, control: Control) -> Delivery:
        try:
            return self.job.run(self.gate.listen(control))
        finally:
            self.note.finished()


class ExportQueue:
    """Exports one after the other on a worker of its own; all methods belong to the window's thread and none waits.

    Parameters
    ----------
    deliver_
        Runs a callable on the window's thread.
    tell
        Called whenever an item has changed.
    """

    def __init__(self, deliver_: Deliver, tell: Callable[[], None]) -> None:
        self._runner = Runner("export", deliver=deliver_)
        self._tell = tell
        self._items: dict[int, ExportItem] = {}
        self._gates: dict[int, _Gate] = {}
        self._tickets: dict[int, Ticket[Any]] = {}
        self._notes: dict[int, WorkNote] = {}
        self._next = 1

    @property
    def items(self) -> tuple[ExportItem, ...]:
        """All that were asked for, oldest first."""
        return tuple(self._items.values())

    @property
    def busy(self) -> bool:
        """Whether something runs, waits or is paused."""
        return any(not item.state.ended for item in self._items.values())

    def add(self, job: ExportJob) -> int:
        """Export this after what waits already; returns its id.

        Raises
        ------
        UsageError
            When another export that has not ended writes the same file, or the file is one that must stay.
        """
        target = job.order.path.resolve()
        for item in self._items.values():
            if not item.state.ended and item.order.path.resolve() == target:
                raise UsageError(f"'{job.order.path}' is being written by another export; choose another name.")
        if any(target == each.resolve() for each in job.inputs):
            raise UsageError(f"'{job.order.path}' is in use by the project; choose another name.")
        number, self._next = self._next, self._next + 1
        gate, note = _Gate(), note_work("export", job.order.path.name, _details(job.order), job.project)
        self._items[number], self._gates[number], self._notes[number] = ExportItem(number, job.order), gate, note
        self._tickets[number] = self._runner.submit(_Run(job, gate, note), listeners=(lambda event: self._hear(number, event),))
        self._tell()
        return number

    def pause(self, number: int) -> None:
        """Hold an export, between two frames; one that waits begins paused."""
        self._gates[number].paused.set()
        if self._items[number].state is ExportState.RUNNING:
            self._change(number, state=ExportState.PAUSED)

    def resume(self, number: int) -> None:
        """Go on with an export."""
        self._gates[number].paused.clear()
        if self._items[number].state is ExportState.PAUSED:
            self._change(number, state=ExportState.RUNNING)

    def cancel(self, number: int) -> None:
        """Give an export up; nothing of it stays on the disk."""
        self._tickets[number].cancel()

    def remove_ended(self) -> None:
        """Forget what has ended; the files stay."""
        for number in [item.id for item in self._items.values() if item.state.ended]:
            for kept in (self._items, self._gates, self._tickets, self._notes):
                kept.pop(number, None)
        self._tell()

    def close(self, timeout: float = 5.0) -> tuple[int, ...]:
        """Give up what has not ended, and stop; see :meth:`pctalk_studio.jobs.Runner.close`."""
        left = self._runner.close(timeout)
        for note in self._notes.values():
            note.finished()
        return left

    def _hear(self, number: int, event: Event[Any]) -> None:
        if number not in self._items:
            return
        match event:
            case Started():
                paused = self._gates[number].paused.is_set()
                self._change(number, state=ExportState.PAUSED if paused else ExportState.RUNNING)
            case Moved(_, ProgressEvent(stage="prepare")):
                pass  # frames are counted, not stages
            case Moved(_, progress):
                seconds = self._gates[number].worked
                self._change(number, done=progress.done, total=progress.total, seconds=seconds)
            case Ended():
                self._notes[number].finished()
                self._ended(number, event)

    def _ended(self, number: int, event: Ended[Any]) -> None:
        match event.outcome:
            case Done(Delivery() as delivery):
                frames, seconds, remarks = delivery.frames, delivery.seconds, delivery.remarks
                self._change(number, state=ExportState.DONE, done=frames, total=frames, seconds=seconds, remarks=remarks)
            case Failed(Cancelled()) | Abandoned():
                self._change(number, state=ExportState.CANCELLED)
            case Failed(StudioError() as error):
                self._change(number, state=ExportState.FAILED, error=error.user_text)
            case Failed(error):
                text = f"The export failed inside the program ({error!r}); try another format or size."
                self._change(number, state=ExportState.FAILED, error=text)

    def _change(self, number: int, **changes: Any) -> None:
        self._items[number] = replace(self._items[number], **changes)
        self._tell()


def _details(order: Order) -> dict[str, str]:
    frames = "" if order.frames is None else ",".join(f"{each.start}-{each.stop - 1}" for each in order.frames.ranges)
    quality = "" if order.quality is None else str(order.quality)
    return {
        "path": str(order.path.resolve()),
        "format": order.format.id,
        "frames": frames,
        "quality": quality,
        "alpha": "yes" if order.alpha else "",
    }


def order_of(work: Unfinished) -> Order:
    """What an export that was cut short was to deliver; what it left half written is deleted.

    Raises
    ------
    UsageError
        When the note is damaged.
    """
    details = work.details
    try:
        path, format_ = Path(details["path"]), FORMATS[details["format"]]
        frames = FrameSet.parse(details["frames"]) if details["frames"] else None
        quality = int(details["quality"]) if details["quality"] else None
        order = Order(path, format_, frames, quality, bool(details["alpha"]))
    except (KeyError, ValueError) as error:
        forget(work)
        raise UsageError(f"What was kept of the export '{work.title}' is damaged; export it again.", repr(error)) from error
    delete_drafts(path)
    return order
