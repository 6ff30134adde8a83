"""Easel: a project's source, framed and studied by an engine, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from fractions import Fraction

import cv2
import numpy as np

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.document.project import RenderSettings
from pctalk_studio.export.matte import MatteFace
from pctalk_studio.preview.wish import Drawing, NotReady, Stage
from pctalk_studio.render.api import FrameLook, NeuralRenderer, PreparedFace, Quality, Renderer, RenderSource
from pctalk_studio.render.framing import SMALLEST_SIDE, Framing, frame_movie, frame_source
from pctalk_studio.render.moving import MovingSource, prepared
from pctalk_studio.session.sources import Sources

Engines = Mapping[str, Callable[[], Renderer]]
"""Makers of engines by name."""

ANY_CRF = 18
"""What stands for the quality of encoding, on which no frame depends."""


class ViewingQuality(Enum):
    """Size of the frames in the preview, relative to those that are exported."""

    FULL = Fraction(1)
    HALF = Fraction(1, 2)
    QUARTER = Fraction(1, 4)


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
        self._small: tuple[Fraction, Stage] | None = None
        self._engine: Renderer
        self.source: RenderSource | MovingSource
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
        engine = _made(self._engines, settings)
        source = framed_source(sources, settings)
        face = prepared(engine, source)
        # All at once: an engine that refuses must leave behind what the last one was given, not half of each.
        self._engine, self.source, self.prepared, self.look = engine, source, face, FrameLook.of(source, engine)
        self._sources, self._settings, self._small = sources, wanted, None

    def with_alpha(self, sources: Sources, settings: RenderSettings) -> MatteFace:
        """What draws a cut-out portrait with its alpha.

        Raises
        ------
        RenderError
            When the portrait has no transparency, there is no such engine, or it cannot draw the face.
        """
        framing = Framing(settings.crop_to_face, settings.longest, settings.size)
        return MatteFace(sources.picture, sources.rig, framing, _made(self._engines, settings))

    @property
    def stage(self) -> Stage:
        """What draws the preview of what was followed last, as large as it is exported."""
        return self.stage_at(ViewingQuality.FULL)

    def stage_at(self, quality: ViewingQuality) -> Stage:
        """What draws the preview of what was followed last.

        Parameters
        ----------
        quality
            Smaller frames are drawn faster; where they would be too small to draw a face in, the next larger are taken.

        Raises
        ------
        RenderError
            When the engine cannot draw the face.
        """
        factor = _factor(self.source, quality)
        if factor == 1:
            return self._staged(Drawing(self.look, self.prepared), self.source, factor)
        if self._small is None or self._small[0] != factor:
            small = _shrunk(self.source, factor)
            drawing = Drawing(self.look.at(Quality(factor)), prepared(self._engine, small))
            self._small = (factor, self._staged(drawing, small, factor))
        return self._small[1]

    def _staged(self, full: Drawing, source: RenderSource | MovingSource, factor: Fraction) -> Stage:
        """With what stands in for engines that take their time."""
        engine = self._engine
        if not isinstance(engine, NeuralRenderer):
            return Stage(full, engine=engine)
        quality = Quality(factor, draft=True)
        draft, proxy = (
            None if each is None else Drawing(FrameLook.of(self.source, each, quality), prepared(each, source))
            for each in (engine.draft, engine.proxy)
        )
        return Stage(full, draft, proxy, engine)


def proxy_stage(engines: Engines, sources: Sources, settings: RenderSettings, quality: ViewingQuality) -> Stage | None:
    """What is seen of a project before its engine is ready: a stage that waits, with the proxy of :meth:`Easel.stage_at`.

    Parameters
    ----------
    engines
        Makers of engines by name.
    sources, settings, quality
        What is drawn, and how.

    Returns
    -------
    Stage or None
        None for engines without a proxy.

    Raises
    ------
    RenderError
        When there is no such engine, or its proxy cannot draw the face.
    """
    engine = _made(engines, settings)
    if not isinstance(engine, NeuralRenderer) or engine.proxy is None:
        return None
    source = framed_source(sources, settings)
    factor = _factor(source, quality)
    face = prepared(engine.proxy, source if factor == 1 else _shrunk(source, factor))
    proxy = Drawing(FrameLook.of(source, engine.proxy, Quality(factor, draft=True)), face)
    return Stage(Drawing(FrameLook.of(source, engine, Quality(factor)), NotReady()), None, proxy, engine, waiting=True)


def _made(engines: Engines, settings: RenderSettings) -> Renderer:
    if settings.engine not in engines:
        raise RenderError(f"There is no engine '{settings.engine}' here; choose one of {', '.join(engines)}.")
    return engines[settings.engine]()


def _factor(source: RenderSource | MovingSource, quality: ViewingQuality) -> Fraction:
    """Size of the preview's frames relative to those of a source."""
    factor = quality.value
    while factor < 1 and min(source.size) * factor < SMALLEST_SIDE:
        factor *= 2
    return factor


def framed_source(sources: Sources, settings: RenderSettings) -> RenderSource | MovingSource:
    """The portrait at the size at which frames leave the program.

    Raises
    ------
    RenderError
        When the frame would be too small.
    """
    framing, movie = Framing(settings.crop_to_face, settings.longest, settings.size), sources.movie
    if movie is None:
        return frame_source(sources.picture, sources.rig, framing)
    return MovingSource.of(movie.frames, movie.track, frame_movie(sources.picture, movie.track, framing))


def _shrunk(source: RenderSource | MovingSource, factor: Fraction) -> RenderSource | MovingSource:
    """The source at a fraction of its size."""
    width, height = source.size
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    if isinstance(source, MovingSource):
        return source.shrunk(size)
    picture = np.asarray(cv2.resize(source.picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    name = content_hash(source.rig.picture_hash, str(factor))
    return RenderSource(picture, source.rig.placed(float(factor), (0.0, 0.0), size, name))
