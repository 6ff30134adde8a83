"""Darkroom: where an open project's frames are drawn and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pctalk_studio.jobs import Done, Ended, Event, Priority, Runner
from pctalk_studio.jobs.notices import Deliver
from pctalk_studio.preview.keeper import FrameKeeper
from pctalk_studio.preview.requests import OpenDisk
from pctalk_studio.preview.scheduler import FrameFailed, PreviewScheduler
from pctalk_studio.render.frame_disk import DiskPlan
from pctalk_studio.render.frame_store import FrameStore
from pctalk_studio.session.studio import FRAME_MEMORY


@dataclass(frozen=True, slots=True)
class FrameBudget:
    """How many drawn frames are kept.

    Parameters
    ----------
    memory
        Bytes of them in memory.
    disk
        Where, and how many, for the next session; None: none.
    """

    memory: int = FRAME_MEMORY
    disk: DiskPlan | None = None


class Darkroom:
    """The workers that draw, the store of what they drew, and the scheduler between them and whoever looks.

    What is drawn is written to disk by a worker of its own, while nobody waits for a frame.

    Parameters
    ----------
    deliver
        Runs a callable on the window's thread, later, in order.
    budget
        How many frames are kept.
    changed
        Told when there are other pictures than before, on the window's thread.
    failed
        Told of every frame that cannot be drawn, on the window's thread.

    Attributes
    ----------
    runner
        Draws with the project's engine.
    beside
        Draws with the quicker engine that stands in for one that cannot keep up; it never waits for the other.
    store, scheduler
        Pictures, and what is drawn next.
    """

    def __init__(
        self,
        deliver: Deliver,
        budget: FrameBudget,
        *,
        changed: Callable[[], None],
        failed: Callable[[FrameFailed], None],
    ) -> None:
        self._keeping = Runner("keeper", deliver=deliver)
        self.runner = Runner("render", deliver=deliver)
        self.beside = Runner("proxy", deliver=deliver)
        self.store = FrameStore(budget.memory)
        self.scheduler = PreviewScheduler(
            self.runner,
            self.store,
            beside=self.beside,
            landed=lambda _: changed(),
            failed=failed,
            rested=self._keeping.wake,
        )
        if budget.disk is not None:
            # Before anything else that draws frames does, so that none is drawn that is there.
            opening = OpenDisk(budget.disk, self.store)
            self.runner.submit(opening, priority=Priority.URGENT, listeners=(self._opened,))

    def _opened(self, event: Event[Any]) -> None:
        match event:
            case Ended(_, _, Done()):
                self._keeping.attach(FrameKeeper(self.store, lambda: self.scheduler.at_rest))

    def close(self, timeout: float) -> tuple[str, ...]:
        """Draw nothing more.

        Parameters
        ----------
        timeout
            Seconds that each worker gets to stop.

        Returns
        -------
        tuple[str, ...]
            Names of workers that did not stop in time; empty when all is well.
        """
        self.scheduler.close()
        return tuple(runner.name for runner in (self.beside, self.runner, self._keeping) if runner.close(timeout))
