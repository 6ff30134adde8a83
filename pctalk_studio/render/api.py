"""What every engine promises, and what a picture is known by. No engine, OpenCV or torch is imported here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.motion import MotionRow

PictureU8 = npt.NDArray[np.uint8]
"""Picture [H, W, 3] uint8 sRGB, RGB order."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderSource:
    """A picture and the face in it, both at the size at which frames leave the engine."""

    picture: PictureU8
    rig: FaceRig

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its frames, pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    @property
    def poster(self) -> RenderSource:
        """What shows the person: itself."""
        return self

    @property
    def face(self) -> FaceRig:
        """The face in it."""
        return self.rig

    @property
    def content_hash(self) -> str:
        """Hash of picture and rig."""
        rig = self.rig
        face = content_hash(rig.landmarks, rig.rotation, rig.scale, rig.translation, rig.shape, rig.neutral)
        return content_hash(self.picture, face)


class Identified(Protocol):
    """A source that is known by its content."""

    @property
    def content_hash(self) -> str:
        """Hash of all that a picture drawn from it depends on."""
        ...


class PreparedFace(Protocol):
    """An engine that has studied one source and now only draws."""

    def frame(self, row: MotionRow) -> PictureU8:
        """Draw one row, [H, W, 3] uint8 of the source's size. The same row gives the same bytes, in any order and thread.

        Raises
        ------
        RenderError
            When the row holds a value that is not finite.
        """
        ...


@runtime_checkable
class BatchFace(PreparedFace, Protocol):
    """A prepared face that draws several rows in one pass, faster than one after the other."""

    @property
    def batch(self) -> int:
        """Rows that it likes to be given at a time, at least 1."""
        ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about anything that is not as fast or as planned as it could be, so far."""
        ...

    def frames(self, rows: Sequence[MotionRow]) -> list[PictureU8]:
        """Draw some rows; each as :meth:`frame` draws it, but for rounding where a device adds up batches in another order.

        Raises
        ------
        RenderError
            When a row holds a value that is not finite.
        """
        ...


@runtime_checkable
class Remarking(Protocol):
    """An engine that may have something to say about its work."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about anything that is not as fast or as planned as it could be, so far; from any thread."""
        ...


class Renderer(Protocol):
    """An engine."""

    @property
    def name(self) -> str:
        """``mesh`` or ``liveportrait``."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same row would give other pixels; part of every frame's key."""
        ...

    def prepare(self, source: RenderSource) -> PreparedFace:
        """Do once what depends on the source alone.

        Raises
        ------
        RenderError
            When the face is too small or too distorted to be drawn.
        """
        ...


@runtime_checkable
class KindredRenderer(Renderer, Protocol):
    """An engine that studies the frames of a movie with what it knows of the person: faster, and without flicker."""

    def know(self, frames: Sequence[RenderSource]) -> object:
        """Learn what does not change from moment to moment, such as teeth.

        Parameters
        ----------
        frames
            Some of a movie; the first shows the person best, others the teeth.

        Returns
        -------
        object
            For :meth:`prepare_kin` alone.

        Raises
        ------
        RenderError
            As :meth:`prepare`.
        """
        ...

    def prepare_kin(self, source: RenderSource, person: object) -> PreparedFace:
        """Do once what depends on one frame alone.

        Parameters
        ----------
        source
            A frame, and the face in it.
        person
            What :meth:`know` has learnt of the movie, at the same size.

        Raises
        ------
        RenderError
            As :meth:`prepare`.
        """
        ...


@runtime_checkable
class NeuralRenderer(Renderer, Protocol):
    """An engine that paints every pixel of its part of the picture anew, and takes its time."""

    @property
    def draft(self) -> Renderer | None:
        """The same networks in haste, on the same device, while somebody drags; None where that is not quick either."""
        ...

    @property
    def proxy(self) -> Renderer | None:
        """Another engine that keeps up with playing and draws, beside it, what is looked at and is not there yet.

        None where it keeps up by itself. Both stand in with frames of the same face and size.
        """
        ...


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a frame is drawn; part of its key.

    Parameters
    ----------
    factor
        Size of the drawn picture relative to the project's, above 0 to 1.
    draft
        Drawn in haste while somebody drags, to be replaced as soon as there is time.
    """

    factor: Fraction = Fraction(1)
    draft: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.factor <= 1:
            raise ValueError(f"a size factor of {self.factor} is outside 0 to 1")


FULL = Quality()
"""As it is exported."""


@dataclass(frozen=True, slots=True)
class FrameLook:
    """Everything besides the row that a frame's pixels depend on.

    Parameters
    ----------
    source
        Content hash of the picture and rig at full size.
    engine, version
        Of the renderer.
    quality
        At which it draws.
    digest
        Content hash of all these.
    """

    source: str
    engine: str
    version: str
    quality: Quality = FULL
    digest: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        quality = self.quality
        digest = content_hash(self.source, self.engine, self.version, str(quality.factor), int(quality.draft))
        object.__setattr__(self, "digest", digest)

    @classmethod
    def of(cls, source: Identified, renderer: Renderer, quality: Quality = FULL) -> FrameLook:
        """The look of a source, given at full size, as a renderer draws it."""
        return cls(source.content_hash, renderer.name, renderer.version, quality)

    def at(self, quality: Quality) -> FrameLook:
        """The same look at another quality."""
        return replace(self, quality=quality)


@dataclass(frozen=True, slots=True)
class FrameKey:
    """Identity of a picture: equal keys, equal pixels, in any project, session and machine.

    Parameters
    ----------
    look
        Source, engine and quality.
    row
        Content hash of the quantised row, 32 hexadecimal digits.
    digest
        Identity of both, 64 hexadecimal digits: the look's and the row's.
    """

    look: FrameLook = field(compare=False)
    row: str = field(compare=False)
    digest: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Both are hashes already; joining them keeps making keys, thousands for each edit, cheap.
        object.__setattr__(self, "digest", self.look.digest + self.row)

    def at(self, quality: Quality) -> FrameKey:
        """The key of the same row at another quality."""
        return FrameKey(self.look.at(quality), self.row)


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """A drawn frame.

    Parameters
    ----------
    key
        Its identity.
    picture
        Of the key's quality.
    seconds
        What drawing took; 0 when it was not drawn now.
    """

    key: FrameKey
    picture: PictureU8
    seconds: float = 0.0
