"""The work of a preview as frozen requests: draw a frame, read one from disk, write one to disk, open the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pctalk_studio.core.motion import MotionRow
from pctalk_studio.jobs import Control
from pctalk_studio.render.api import FrameKey, FrameResult, PictureU8, PreparedFace
from pctalk_studio.render.edition import edition
from pctalk_studio.render.frame_disk import DiskEntry, DiskPlan
from pctalk_studio.render.frame_store import FrameStore


@dataclass(frozen=True, slots=True, eq=False)
class Landed:
    """A frame's picture has come.

    Parameters
    ----------
    frame
        That it was asked for; others with the same key show it too.
    result
        Key and picture.
    drawn
        By the engine; otherwise it was read from disk.
    stands_for
        The full key that a draft stands in for.
    """

    frame: int
    result: FrameResult
    drawn: bool
    stands_for: FrameKey | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DrawFrame:
    """Draw one row.

    Parameters
    ----------
    face
        The engine, prepared for the key's source and quality.
    row, key
        What to draw, and its identity.
    frame
        In which it is seen.
    stands_for
        The full key, when this is a draft of it.
    now
        Seconds on any steady clock.
    """

    face: PreparedFace
    row: MotionRow
    key: FrameKey
    frame: int
    stands_for: FrameKey | None
    now: Callable[[], float]

    def __call__(self, control: Control) -> Landed:
        """Draw it."""
        control.checkpoint()
        started = self.now()
        picture = self.face.frame(self.row)
        return Landed(self.frame, FrameResult(self.key, picture, self.now() - started), True, self.stands_for)


@dataclass(frozen=True, slots=True)
class LoadFrame:
    """Read one picture from disk."""

    entry: DiskEntry
    key: FrameKey
    frame: int

    def __call__(self, control: Control) -> Landed | None:
        """Read it; None when the entry is not there any more, or damaged."""
        control.checkpoint()
        picture = self.entry.read()
        return None if picture is None else Landed(self.frame, FrameResult(self.key, picture, 0.0), False)


@dataclass(frozen=True, slots=True, eq=False)
class SaveFrame:
    """Write one picture to disk."""

    entry: DiskEntry
    picture: PictureU8

    def __call__(self, control: Control) -> int:
        """Write it.

        Returns
        -------
        int
            Bytes on disk; 0 when it could not be written.
        """
        control.checkpoint()
        return self.entry.write(self.picture)


@dataclass(frozen=True, slots=True, eq=False)
class OpenDisk:
    """Let a store have the pictures that earlier sessions left on disk.

    Parameters
    ----------
    plan
        Where they lie.
    store
        Of which nothing was asked yet.
    """

    plan: DiskPlan
    store: FrameStore

    def __call__(self, control: Control) -> None:
        """Open the folder of this edition of the program."""
        control.checkpoint()
        self.store.disk = self.plan.open(edition())
