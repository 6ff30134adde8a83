"""Staging: makes a project's engine ready to draw, and shows something sooner where that takes its time."""

from __future__ import annotations

from collections.abc import Callable

from pctalk_studio.document.project import RenderSettings
from pctalk_studio.jobs import Priority
from pctalk_studio.preview.wish import Stage
from pctalk_studio.session.darkroom import Darkroom
from pctalk_studio.session.desk_work import PrepareProxy, PrepareStage
from pctalk_studio.session.easel import Easel, Engines, ViewingQuality
from pctalk_studio.session.sources import Sources


class Staging:
    """Which engine draws a project's frames at present. All methods belong to the window's thread and none waits.

    Parameters
    ----------
    engines
        Makers of engines by name.
    darkroom
        Where frames are drawn.
    work
        As :meth:`pctalk_studio.session.desk.Desk.work`.
    changed
        Told when another engine draws.

    Attributes
    ----------
    ready
        The engine that draws; None until it is ready.
    seen
        The same, or before that its proxy, whose frames are seen meanwhile.
    """

    def __init__(self, engines: Engines, darkroom: Darkroom, work: Callable[..., object], changed: Callable[[], None]) -> None:
        self._engines = engines
        self._easel = Easel(engines)
        self._darkroom = darkroom
        self._work = work
        self._changed = changed
        self._asked = 0
        self.ready: Stage | None = None
        self.seen: Stage | None = None

    def prepare(self, sources: Sources, settings: RenderSettings, quality: ViewingQuality) -> None:
        """Draw these sources with these settings from now on."""
        self._asked += 1
        asked = self._asked
        self.ready = None
        self._show(None)
        proxy = PrepareProxy(self._engines, sources, settings, quality)
        full = PrepareStage(self._easel, sources, settings, quality)
        darkroom, first = self._darkroom, Priority.URGENT

        def prepared(stage: Stage | None) -> None:
            # An earlier request may have been done already, and its word be on its way.
            if stage is not None and asked == self._asked and self.ready is None:
                self.ready = None if stage.waiting else stage
                self._show(stage)
                self._changed()

        # What fails here fails below too, and is told there.
        self._work(proxy, prepared, runner=darkroom.beside, priority=first, replaces="proxy stage", failed=lambda _: None)
        self._work(full, prepared, runner=darkroom.runner, priority=first, replaces="stage")

    def _show(self, stage: Stage | None) -> None:
        self.seen = stage
        self._darkroom.scheduler.set_stage(stage)
