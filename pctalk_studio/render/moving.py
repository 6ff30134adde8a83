"""Movies as sources: each row is drawn from the frame that it belongs to, by any engine.

An engine studies a frame as if it were a picture, when it is first drawn from, and keeps it in bounded memory. A row at rest is
the movie's frame bit for bit, and costs its decoding.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Protocol

import numpy as np

from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.media.framing import framed
from pctalk_studio.media.pictures import Picture
from pctalk_studio.render.api import KindredRenderer, PictureU8, PreparedFace, Renderer, RenderSource
from pctalk_studio.render.framing import Cut

STUDIED_BYTES = 192 << 20
"""Memory for studied frames; of a face of 165 pixels between the eye corners one takes some 10 MB."""


_SPREAD, _WIDE = 3, 4
"""Frames by which a person is known, besides the best one: some anywhere, and some with open mouths."""


class Frames(Protocol):
    """A movie's decoded frames; :class:`pctalk_studio.media.movie_frames.MovieFrames` gives them."""

    def frame(self, number: int) -> PictureU8:
        """One frame, [H, W, 3] uint8."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class MovingSource:
    """A movie and the face in it, at the size at which frames leave the engine.

    Parameters
    ----------
    frames
        Decoded frames at full size.
    face
        The face in them, as they are shown.
    cut
        What of each frame is shown, and how large.
    """

    frames: Frames
    face: FaceTrack
    cut: Cut
    content_hash: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_hash", self.face.content_hash)

    @classmethod
    def of(cls, frames: Frames, track: FaceTrack, cut: Cut) -> MovingSource:
        """A movie at full size, cut.

        Parameters
        ----------
        frames, track
            The movie.
        cut
            What of it is shown.
        """
        return cls(frames, track.placed(cut.factor, cut.offset, cut.size), cut)

    def __len__(self) -> int:
        return len(self.face)

    def at(self, number: int) -> RenderSource:
        """One frame and the face in it."""
        return RenderSource(self.picture(number), self.face.rig(number))

    def picture(self, number: int) -> PictureU8:
        """One frame, [H, W, 3] uint8, read-only."""
        rgb, cut = self.frames.frame(number), self.cut
        if cut.factor == 1 and not any(cut.offset) and cut.size == (rgb.shape[1], rgb.shape[0]):
            return rgb
        return framed(Picture.unnamed(rgb), cut.factor, cut.offset, cut.size).picture.rgb

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its frames, pixels."""
        return self.cut.size

    @property
    def poster(self) -> RenderSource:
        """The frame that shows the person best."""
        return self.at(self.face.reference)

    def shrunk(self, size: tuple[int, int]) -> MovingSource:
        """The same, with frames of a smaller (width, height) of the same proportions."""
        part = size[0] / self.cut.size[0]
        x, y = self.cut.offset
        face = self.face.placed(part, (0.0, 0.0), size)
        return MovingSource(self.frames, face, Cut(self.cut.factor * part, (x * part, y * part), size))


class MovingFace:
    """An engine that draws each row from its own frame of a movie; see :class:`pctalk_studio.render.api.PreparedFace`.

    Parameters
    ----------
    renderer
        The engine.
    source
        The movie.
    limit
        Bytes of studied frames that are kept; the one that was drawn last always is.

    Raises
    ------
    RenderError
        When the engine cannot draw the face.
    """

    def __init__(self, renderer: Renderer, source: MovingSource, limit: int = STUDIED_BYTES) -> None:
        self.source = source
        self._renderer = renderer
        self._limit = limit
        self._lock = threading.Lock()
        self._studied: OrderedDict[int, Future[_Studied]] = OrderedDict()
        # Who it is, is learnt now, and so is whether the engine can draw the face at all.
        self._person: object = None
        if isinstance(renderer, KindredRenderer):
            telling = telling_frames(source.face)
            # In the order of the movie, which is decoded once from front to back.
            seen = {number: source.at(number) for number in sorted(telling)}
            self._person = renderer.know([seen[number] for number in telling])
        self.face(source.face.reference)

    def frame(self, row: MotionRow) -> PictureU8:
        """Draw one row.

        Raises
        ------
        RenderError
            When the row holds a value that is not finite, or the engine cannot draw its frame.
        """
        number = self.source.face.reference if row.source is None else row.source
        if row.at_rest:
            return self.source.picture(number).copy()
        return self.face(number).frame(row)

    def face(self, number: int) -> PreparedFace:
        """One frame as the engine has studied it."""
        with self._lock:
            known = self._studied.get(number)
            if known is None:
                mine = self._studied[number] = Future()
            else:
                self._studied.move_to_end(number)
        if known is not None:
            # Somebody else may be at it still.
            return known.result().face
        try:
            studied = _Studied.of(self._study(number), self._person)
        except BaseException as error:
            with self._lock:
                self._studied.pop(number, None)
            mine.set_exception(error)
            raise
        mine.set_result(studied)
        self._trim(number)
        return studied.face

    def _study(self, number: int) -> PreparedFace:
        source = self.source.at(number)
        if isinstance(self._renderer, KindredRenderer):
            return self._renderer.prepare_kin(source, self._person)
        return self._renderer.prepare(source)

    def _trim(self, wanted: int) -> None:
        """Give up what was drawn from longest ago, beyond the limit."""
        with self._lock:
            ready = [(number, each.result().nbytes) for number, each in self._studied.items() if each.done()]
            total = sum(size for _, size in ready)
            for number, size in ready:
                if total <= self._limit:
                    break
                if number != wanted:
                    del self._studied[number]
                    total -= size


@dataclass(frozen=True, slots=True, eq=False)
class _Studied:
    """A studied frame, and the bytes that it alone holds."""

    face: PreparedFace
    nbytes: int

    @classmethod
    def of(cls, face: PreparedFace, person: object) -> _Studied:
        """Count a frame's memory; what is the person's is shared by all."""
        shared = _arrays(person, {})
        own = _arrays(face, {})
        return cls(face, sum(array.nbytes for key, array in own.items() if key not in shared))


def telling_frames(track: FaceTrack) -> tuple[int, ...]:
    """Frames by which a person is known: the best one, then some spread over the movie, and some with wide mouths."""
    present = np.flatnonzero(track.presence == 1)
    if not len(present):
        return (track.reference,)
    spread = present[np.linspace(0, len(present) - 1, _SPREAD + 2).astype(int)[1:-1]]
    gaps = np.linalg.norm(track.shape[present, 13] - track.shape[present, 14], axis=1)
    # One of each part of the movie, or all might be of one laugh.
    parts = np.array_split(np.arange(len(present)), _WIDE)
    wide = [present[part[np.argmax(gaps[part])]] for part in parts if len(part)]
    return tuple(dict.fromkeys(int(number) for number in (track.reference, *spread, *wide)))


def _arrays(value: object, found: dict[int, np.ndarray]) -> dict[int, np.ndarray]:  # type: ignore[type-arg]
    """All arrays that a value leads to, each once, by what owns their memory."""
    if isinstance(value, np.ndarray):
        owner = value if value.base is None or not isinstance(value.base, np.ndarray) else value.base
        found[id(owner)] = owner
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            _arrays(getattr(value, each.name, None), found)
    elif isinstance(value, (tuple, list)):
        for each in value:
            _arrays(each, found)
    return found


def prepared(renderer: Renderer, source: RenderSource | MovingSource) -> PreparedFace:
    """An engine that has studied a picture, or studies a movie's frames as they come.

    Raises
    ------
    RenderError
        When the engine cannot draw the face.
    """
    return renderer.prepare(source) if isinstance(source, RenderSource) else MovingFace(renderer, source)
