"""Easel: a project's source, framed and studied by an engine, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pctalk_studio.core.errors import RenderError
from pctalk_studio.document.project import RenderSettings
from pctalk_studio.preview.wish import Drawing, Stage
from pctalk_studio.render.api import FrameLook, PreparedFace, Renderer, RenderSource
from pctalk_studio.render.framing import Framing, frame_source
from pctalk_studio.session.sources import Sources

Engines = Mapping[str, Callable[[], Renderer]]
"""Makers of engines by name."""

ANY_CRF = 18
"""What stands for the quality of encoding, on which no frame depends."""


class Easel:
    """Draws a project's source; made ready anew only when the source or how it leaves the program changes.

    Not for several threads at once.

    Parameters
    ----------
    engines
        Makers of engines by name.
    """

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._settings: RenderSettings | None = None
        self._sources: Sources | None = None
        self.source: RenderSource
        self.prepared: PreparedFace
        self.look: FrameLook

    def follow(self, sources: Sources, settings: RenderSettings) -> None:
        """Be ready to draw with these settings.

        Raises
        ------
        RenderError
            When there is no such engine, or it cannot draw the face.
        """
        wanted = replace(settings, crf=ANY_CRF)
        if self._sources is sources and self._settings == wanted:
            return
        if settings.engine not in self._engines:
            raise RenderError(f"There is no engine '{settings.engine}' here; choose one of {', '.join(self._engines)}.")
        engine = self._engines[settings.engine]()
        framing = Framing(settings.crop_to_face, settings.longest, settings.size)
        self.source = frame_source(sources.picture, sources.rig, framing)
        self.prepared = engine.prepare(self.source)
        self.look = FrameLook.of(self.source, engine)
        self._sources, self._settings = sources, wanted

    @property
    def stage(self) -> Stage:
        """What draws the preview of what was followed last."""
        return Stage(Drawing(self.look, self.prepared))
