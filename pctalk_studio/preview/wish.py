"""What somebody wants to see, as one frozen value: engine, motion, playhead, and what the hand is doing."""

from __future__ import annotations

from dataclasses import dataclass

from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.time import FrameRange
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.render.api import FrameKey, FrameLook, PictureU8, PreparedFace, Remarking, Renderer
from pctalk_studio.render.viewing import Viewing


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """An engine that is ready to draw a source at some quality."""

    look: FrameLook
    face: PreparedFace


class NotReady:
    """In place of a face that an engine has yet to study; nobody may ask it."""

    def frame(self, row: MotionRow) -> PictureU8:
        """Raise."""
        raise RuntimeError("a stage that waits was asked for a frame")


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What draws the preview.

    Parameters
    ----------
    full
        At the quality that stays.
    draft
        The same engine in haste, for the frame under the playhead while somebody drags; None: that is drawn in full too, or
        left to the proxy.
    proxy
        A quicker engine that draws beside it whatever is looked at and is not there yet; None: the engine keeps up by itself.
    engine
        That draws in full; None: nobody asks what it has to say.
    waiting
        It is not ready to draw in full: the proxy is seen, and what is on disk.
    """

    full: Drawing
    draft: Drawing | None = None
    proxy: Drawing | None = None
    engine: Renderer | None = None
    waiting: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the engine has to say about its work so far, in sentences; from any thread."""
        return self.engine.remarks if isinstance(self.engine, Remarking) else ()


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """All that decides what is drawn next.

    Parameters
    ----------
    stage, clip
        Engine and motion; nothing is drawn without both.
    position
        Of the playhead, frames and fractions of one.
    told_at
        When it was there, seconds.
    speed
        Frames of the clip in the time of one; 0 at rest, negative backwards.
    span, loop
        What playing shows; see :class:`pctalk_studio.render.viewing.Viewing`.
    dragging
        A control is being moved: only the frame under the playhead is wanted.
    """

    stage: Stage | None = None
    clip: ClipFrames | None = None
    position: float = 0.0
    told_at: float = 0.0
    speed: float = 0.0
    span: FrameRange | None = None
    loop: bool = False
    dragging: bool = False

    @property
    def scene(self) -> Scene | None:
        """What can be drawn; None while there is no engine or no frame."""
        if self.stage is None or self.clip is None or not len(self.clip):
            return None
        return Scene(self, self.stage, self.clip)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A wish that can be fulfilled: with an engine, and with at least one frame."""

    wish: Wish
    stage: Stage
    clip: ClipFrames

    @property
    def playhead(self) -> int:
        """The frame under it, inside the clip."""
        return min(max(int(self.wish.position), 0), len(self.clip) - 1)

    @property
    def viewing(self) -> Viewing:
        """The playhead on the clip."""
        wish = self.wish
        return Viewing(len(self.clip), self.playhead, wish.speed != 0, wish.speed < 0, wish.span, wish.loop)

    def key(self, drawing: Drawing, frame: int) -> FrameKey:
        """Key of a frame as it is drawn that way."""
        return FrameKey(drawing.look, self.clip.row_key(frame))

    def full_key(self, frame: int) -> FrameKey:
        """Key of a frame's picture at full quality."""
        return self.key(self.stage.full, frame)

    def draft_key(self, frame: int) -> FrameKey | None:
        """Key of a frame's draft, where there is an engine for drafts and somebody drags."""
        if self.stage.draft is None or not self.wish.dragging:
            return None
        return self.key(self.stage.draft, frame)

    def late_frames(self, now: float, drawing_takes: float) -> int:
        """How many of the next frames, the one on screen among them, would be drawn too late to be seen in their time.

        Parameters
        ----------
        now
            Seconds, on the clock of ``told_at``.
        drawing_takes
            Seconds for a frame.
        """
        wish = self.wish
        if not wish.speed or wish.dragging:
            return 0
        frames_a_second = abs(wish.speed) * float(self.clip.rate)
        shown = wish.position % 1.0 if wish.speed > 0 else 1.0 - wish.position % 1.0
        return int(shown + (now - wish.told_at + drawing_takes) * frames_a_second)
