"""Darkroom: where an open project's frames are drawn and kept."""

from __future__ import annotations

from collections.abc import Callable

from pctalk_studio.jobs import Runner
from pctalk_studio.jobs.notices import Deliver
from pctalk_studio.preview.requests import Landed
from pctalk_studio.preview.scheduler import FrameFailed, PreviewScheduler
from pctalk_studio.render.frame_store import FrameStore


class Darkroom:
    """The workers that draw, the store of what they drew, and the scheduler between them and whoever looks.

    Parameters
    ----------
    deliver
        Runs a callable on the window's thread, later, in order.
    frame_memory
        Bytes of drawn frames kept.
    landed, failed
        Told of every picture that comes and of every frame that cannot be drawn, on the window's thread.

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
        frame_memory: int,
        *,
        landed: Callable[[Landed], None],
        failed: Callable[[FrameFailed], None],
    ) -> None:
        self.runner = Runner("render", deliver=deliver)
        self.beside = Runner("proxy", deliver=deliver)
        self.store = FrameStore(frame_memory)
        self.scheduler = PreviewScheduler(self.runner, self.store, beside=self.beside, landed=landed, failed=failed)

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
        return tuple(runner.name for runner in (self.beside, self.runner) if runner.close(timeout))
