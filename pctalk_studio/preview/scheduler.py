"""PreviewScheduler: which frame is drawn next.

The decision is made at the last moment, when the worker is free, from what is wanted then; so the newest wish wins between any
two frames without anything having to be cancelled, and nobody who tells a wish ever waits for a frame.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.motion import Motion
from pctalk_studio.core.time import FrameRange
from pctalk_studio.jobs import Done, Ended, Event, Failed, Outcome, Request, Runner
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.preview.requests import DrawFrame, Landed, LoadFrame
from pctalk_studio.preview.wish import Drawing, Scene, Stage, Wish
from pctalk_studio.render.api import FrameKey, FrameLook, PictureU8
from pctalk_studio.render.frame_store import FrameState, FrameStore

_FOLLOW = 0.2
"""Share of the newest frame in the running mean of the drawing time."""

_LAST = np.iinfo(np.int64).max

Frames = npt.NDArray[np.bool_]
"""[T] a choice of frames."""


@dataclass(frozen=True, slots=True)
class FrameFailed:
    """A frame that the engine could not draw."""

    frame: int
    error: BaseException


class PreviewScheduler:
    """Keeps the frames that will be looked at drawn, the most wanted first.

    Its methods may be called from any thread and return at once. It is a source of work for one runner; each frame is a ticket.

    Parameters
    ----------
    runner
        Of the device that draws.
    store
        Where pictures are kept.
    landed
        Told of every picture that comes, through the runner's ``deliver``.
    failed
        Told of every frame that cannot be drawn; it is not tried again until :meth:`set_stage` or :meth:`retry`.
    rested
        Called on the worker thread when nothing is left to draw.
    now
        Seconds on a steady clock.
    """

    def __init__(
        self,
        runner: Runner,
        store: FrameStore,
        *,
        landed: Callable[[Landed], None] = lambda _: None,
        failed: Callable[[FrameFailed], None] = lambda _: None,
        rested: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._runner = runner
        self._store = store
        self._landed = landed
        self._failed = failed
        self._rested = rested
        self._now = now
        self._lock = threading.Lock()
        self._syncing = threading.Lock()
        self._wish = Wish()
        self._synced: Scene | None = None
        self._broken: frozenset[str] = frozenset()
        self._front: Landed | None = None
        self._taken_for: Wish | None = None
        self._no_room_for: Wish | None = None
        self._rested_on: Wish | None = None
        self._measured: FrameLook | None = None
        self._drawing_takes = 0.0
        self._bytes_each = 0
        runner.attach(self, listeners=(self._hear,))

    # -- wishes --------------------------------------------------------------------------------------------------------

    def set_stage(self, stage: Stage | None) -> None:
        """Draw with this engine and source from now on; None draws nothing."""
        self._forgive()
        self._tell(stage=stage)

    def show(self, clip: Motion | ClipFrames | None) -> None:
        """Show this motion from now on; whoever has keyed its frames already, on another thread, gives those."""
        before = self._wish.clip
        self._tell(clip=ClipFrames(clip, before) if isinstance(clip, Motion) else clip)

    def move(self, position: float) -> None:
        """The playhead is here: frames and, while playing, fractions of one."""
        self._tell(position=position, told_at=self._now())

    def play(self, speed: float = 1.0) -> None:
        """The playhead moves by itself from here on, that many times as fast as the clip; negative backwards, 0 at rest."""
        self._tell(speed=speed, told_at=self._now())

    def pause(self) -> None:
        """The playhead rests."""
        self._tell(speed=0.0)

    def set_span(self, span: FrameRange | None, *, loop: bool) -> None:
        """Playing shows these frames, round and round or once."""
        self._tell(span=span, loop=loop)

    def drag(self) -> None:
        """A control is being moved: draw the frame under the playhead only, as a draft if there is an engine for drafts."""
        self._tell(dragging=True)

    def release(self) -> None:
        """No control is being moved any more."""
        self._tell(dragging=False)

    def retry(self) -> None:
        """Try again to draw what could not be drawn."""
        self._forgive()
        self._tell()

    def close(self) -> None:
        """Draw nothing more; the frame that is being drawn may still land."""
        self._runner.detach(self)

    def _forgive(self) -> None:
        with self._lock:
            self._broken = frozenset()

    def _tell(self, **changes: Any) -> None:
        with self._lock:
            self._wish = replace(self._wish, **changes)
        self._runner.wake()

    # -- answers -------------------------------------------------------------------------------------------------------

    @property
    def at_rest(self) -> bool:
        """Nothing is left to draw, and nobody drags or plays."""
        wish = self._wish
        return self._rested_on is wish and not wish.dragging and wish.speed == 0

    @property
    def drawing_takes(self) -> float:
        """Seconds that drawing a frame takes at present; 0 until one was drawn."""
        return self._drawing_takes

    def picture(self, frame: int) -> PictureU8 | None:
        """What there is of a frame as it is now: its picture, else a draft of it, else None. Never another frame's."""
        scene, front = self._wish.scene, self._front
        if scene is None or not 0 <= frame < len(scene.clip):
            return None
        key = scene.full_key(frame)
        if front is not None and front.result.key == key:
            return front.result.picture
        found = self._store.get(key)
        if found is None:
            found = self._store.stand_in(key)
        if found is None and front is not None and front.stands_for == key:
            return front.result.picture
        return found

    def states(self) -> npt.NDArray[np.uint8]:
        """State of each frame for the cache bar, [T] uint8 of :class:`pctalk_studio.render.frame_store.FrameState`."""
        wish = self._wish
        scene = wish.scene
        if scene is None:
            return np.zeros(0 if wish.clip is None else len(wish.clip), np.uint8)
        with self._syncing:
            self._sync(scene)
            queued = np.zeros(len(scene.clip), np.bool_) if wish.dragging else self._wanted(scene)
            queued[scene.playhead] = scene.full_key(scene.playhead).digest not in self._broken
            states = self._store.states(queued)
        if self._front_of(scene) is not None:
            states[scene.playhead] = FrameState.READY
        return states

    def _front_of(self, scene: Scene) -> Landed | None:
        """The full picture of the frame under the playhead, if it is held here."""
        front = self._front
        return front if front is not None and front.result.key == scene.full_key(scene.playhead) else None

    # -- the worker's side ---------------------------------------------------------------------------------------------

    def take(self) -> Request[Any] | None:
        """The most useful frame now; see :class:`pctalk_studio.jobs.Source`."""
        wish = self._wish
        scene = wish.scene
        if scene is None:
            return None
        request = self._front_request(scene)
        if request is None and not wish.dragging:
            request = self._ahead_request(scene)
        self._taken_for = wish
        if request is None and not wish.dragging:
            self._rested_on = wish
            self._rested()
        return request

    def settle(self, request: Request[Any], outcome: Outcome[Any]) -> None:
        """Put what came into the store; see :class:`pctalk_studio.jobs.Source`."""
        if not isinstance(request, DrawFrame | LoadFrame):
            return
        if isinstance(request, LoadFrame) and self._store.disk is not None:
            found = isinstance(outcome, Done) and outcome.result is not None
            self._store.disk.note_read(request.entry, found)
        if isinstance(outcome, Failed):
            with self._lock:
                self._broken |= {request.key.digest}
        elif isinstance(outcome, Done) and outcome.result is not None:
            self._keep(outcome.result)

    def _keep(self, landed: Landed) -> None:
        result, scene = landed.result, self._wish.scene
        if landed.stands_for is None:
            self._measure(landed)
        kept = self._store.put(result, stands_for=landed.stands_for, from_disk=not landed.drawn)
        if scene is not None and (landed.stands_for or result.key) == scene.full_key(scene.playhead):
            # Held here as well, because the picture that is looked at must be there whatever the budget.
            self._front = landed
        elif not kept and landed.stands_for is None:
            # No room in spite of the plan: wait for another wish instead of drawing the same again and again.
            self._no_room_for = self._taken_for

    def _measure(self, landed: Landed) -> None:
        """Learn how large the pictures are and how long they take, anew for each engine."""
        result = landed.result
        if self._measured != result.key.look:
            self._measured, self._drawing_takes = result.key.look, 0.0
        self._bytes_each = result.picture.nbytes
        if landed.drawn:
            mean = self._drawing_takes or result.seconds
            self._drawing_takes = mean + _FOLLOW * (result.seconds - mean)

    def _front_request(self, scene: Scene) -> Request[Any] | None:
        """The frame under the playhead, if there is still something to do for it."""
        frame, held = scene.playhead, self._front.result.key if self._front is not None else None
        full, draft = scene.full_key(frame), scene.draft_key(frame)
        if held == full or full in self._store or scene.late_frames(self._now(), self._drawing_takes):
            return None
        if draft is None or self._on_disk(full):
            return None if full.digest in self._broken else self._full_request(scene, frame)
        if held == draft or draft in self._store or draft.digest in self._broken or scene.stage.draft is None:
            return None
        return self._draw(scene, scene.stage.draft, frame, full)

    def _ahead_request(self, scene: Scene) -> Request[Any] | None:
        """The most wanted of the frames that are missing and fit the store."""
        scene.clip.row_keys()  # hashed before the lock is taken, so that nobody waits for it
        with self._syncing:
            self._sync(scene)
        if self._no_room_for is scene.wish:
            return None
        wanted = self._wanted(scene)
        front = self._front_of(scene)
        if front is not None and wanted[scene.playhead]:
            # Given up by the store while the playhead was elsewhere, but still held here.
            self._store.put(front.result)
            wanted[scene.playhead] = False
        if not wanted.any():
            return None
        ranks = scene.viewing.draw_ranks()
        ranks[ranks < scene.late_frames(self._now(), self._drawing_takes)] += 3 * len(ranks)
        return self._full_request(scene, int(np.where(wanted, ranks, _LAST).argmin()))

    def _full_request(self, scene: Scene, frame: int) -> Request[Any]:
        key, disk = scene.full_key(frame), self._store.disk
        if disk is not None and key.digest in disk:
            return LoadFrame(disk.entry(key), key, frame)
        return self._draw(scene, scene.stage.full, frame, None)

    def _draw(self, scene: Scene, drawing: Drawing, frame: int, stands_for: FrameKey | None) -> DrawFrame:
        key = FrameKey(drawing.look, scene.clip.row_key(frame))
        return DrawFrame(drawing.face, scene.clip.row(frame), key, frame, stands_for, self._now)

    def _wanted(self, scene: Scene) -> Frames:
        """Frames that are missing, would be kept, and can be drawn."""
        known = self._measured == scene.stage.full.look
        wanted = self._store.missing(self._bytes_each if known else 0)
        if self._broken:
            prefix = scene.stage.full.look.digest
            wanted &= np.array([prefix + row not in self._broken for row in scene.clip.row_keys()], np.bool_)
        return wanted

    def _on_disk(self, key: FrameKey) -> bool:
        return self._store.disk is not None and key.digest in self._store.disk

    def _sync(self, scene: Scene) -> None:
        """Let the store know the clip and the playhead; the lock for this is held."""
        known = self._synced
        if known is not None and known.wish is scene.wish:
            return
        if known is None or known.clip is not scene.clip or known.stage is not scene.stage:
            self._store.use(scene.stage.full.look, scene.clip.row_keys(), scene.viewing)
        else:
            self._store.look_at(scene.viewing)
        self._synced = scene

    def _hear(self, event: Event[Any]) -> None:
        """Pass on how a frame ended, on the thread to which the runner delivers."""
        if not isinstance(event, Ended) or not isinstance(event.request, DrawFrame | LoadFrame):
            return
        match event.outcome:
            case Done(Landed() as landed):
                self._landed(landed)
            case Failed(error):
                self._failed(FrameFailed(event.request.frame, error))
