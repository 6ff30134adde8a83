"""PreviewScheduler: which frame is drawn next.

The decision is made at the last moment, when the worker is free, from what is wanted then; so the newest wish wins between any
two frames without anything having to be cancelled, and nobody who tells a wish ever waits for a frame.

An engine that cannot keep up with playing has a proxy, another engine, that draws on a worker beside it: what is looked at is
seen at once, and each picture of the slow engine takes the place of its proxy when it comes.
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
from pctalk_studio.preview.lanes import Lane, LaneSource
from pctalk_studio.preview.requests import DrawFrame, Landed, LoadFrame
from pctalk_studio.preview.wish import Drawing, Scene, Stage, Wish
from pctalk_studio.render.api import FrameKey, PictureU8
from pctalk_studio.render.frame_store import FrameState, FrameStore

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

    Its methods may be called from any thread and return at once. It is a source of work for one runner, or for two where engines
    have proxies; each frame is a ticket.

    Parameters
    ----------
    runner
        Of the device that draws.
    store
        Where pictures are kept.
    beside
        Draws the proxies of stages that have one, and reads from disk for them; None: proxies are not drawn.
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
        beside: Runner | None = None,
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
        self._rested_on: Wish | None = None
        self._main, self._quick = Lane(), Lane()
        self._beside = beside
        self._beside_source = LaneSource(self._take_beside, lambda request, ended: self._settle(request, ended, self._quick))
        runner.attach(self, listeners=(self._hear,))
        if beside is not None:
            beside.attach(self._beside_source, listeners=(self._hear,))

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
        if self._beside is not None:
            self._beside.detach(self._beside_source)

    def _forgive(self) -> None:
        with self._lock:
            self._broken = frozenset()

    def _tell(self, **changes: Any) -> None:
        with self._lock:
            self._wish = replace(self._wish, **changes)
        self._runner.wake()
        if self._beside is not None:
            self._beside.wake()

    # -- answers -------------------------------------------------------------------------------------------------------

    @property
    def at_rest(self) -> bool:
        """Nothing is left to draw, and nobody drags or plays."""
        wish = self._wish
        return self._rested_on is wish and not wish.dragging and wish.speed == 0

    @property
    def drawing_takes(self) -> float:
        """Seconds that drawing a frame takes at present; 0 until one was drawn."""
        return self._main.pace.takes

    def picture(self, frame: int) -> PictureU8 | None:
        """What there is of a frame as it is now: its picture, else what stands in for it, else None. Never another frame's."""
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

    # -- the workers' side --------------------------------------------------------------------------------------------

    def take(self) -> Request[Any] | None:
        """The most useful frame now; see :class:`pctalk_studio.jobs.Source`."""
        wish = self._wish
        scene = wish.scene
        if scene is None or scene.stage.waiting:
            return None
        request = self._front_request(scene)
        if request is None and not wish.dragging:
            request = self._ahead_request(scene)
        self._main.taken_for = wish
        if request is None and not wish.dragging:
            self._rested_on = wish
            self._rested()
        return request

    def settle(self, request: Request[Any], outcome: Outcome[Any]) -> None:
        """Put what came into the store; see :class:`pctalk_studio.jobs.Source`."""
        self._settle(request, outcome, self._main)

    def _settle(self, request: Request[Any], outcome: Outcome[Any], lane: Lane) -> None:
        if not isinstance(request, DrawFrame | LoadFrame):
            return
        if isinstance(request, LoadFrame) and self._store.disk is not None:
            found = isinstance(outcome, Done) and outcome.result is not None
            self._store.disk.note_read(request.entry, found)
            if not found:
                self._runner.wake()  # what was to be read has to be drawn
        if isinstance(outcome, Failed):
            with self._lock:
                self._broken |= {request.key.digest}
        elif isinstance(outcome, Done) and outcome.result is not None:
            self._keep(outcome.result, lane)

    def _keep(self, landed: Landed, lane: Lane) -> None:
        result, stands_for, scene = landed.result, landed.stands_for, self._wish.scene
        if (stands_for is None) == (lane is self._main):
            lane.pace.learn(landed)
        kept = self._store.put(result, stands_for=stands_for, from_disk=not landed.drawn)
        if scene is not None and (stands_for or result.key) == scene.full_key(scene.playhead):
            with self._lock:
                # Held here as well, because the picture that is looked at must be there whatever the budget.
                if self._front is None or self._front.result.key != stands_for:
                    self._front = landed
        elif not kept and (stands_for is None or stands_for not in self._store):
            # No room in spite of the plan: wait for another wish instead of drawing the same again and again.
            lane.no_room_for = lane.taken_for

    def _front_request(self, scene: Scene) -> Request[Any] | None:
        """The frame under the playhead, if there is still something to do for it."""
        frame, held = scene.playhead, self._front.result.key if self._front is not None else None
        full, draft = scene.full_key(frame), scene.draft_key(frame)
        if held == full or full in self._store or scene.late_frames(self._now(), self.drawing_takes):
            return None
        if self._has_proxies(scene) and (self._on_disk(full) or (draft is None and scene.wish.dragging)):
            return None  # the worker beside sees to it
        if draft is None or self._on_disk(full):
            return None if full.digest in self._broken else self._full_request(scene, frame)
        if held == draft or draft in self._store or draft.digest in self._broken or scene.stage.draft is None:
            return None
        return self._draw(scene, scene.stage.draft, frame, full)

    def _ahead_request(self, scene: Scene) -> Request[Any] | None:
        """The most wanted of the frames that are missing and fit the store."""
        self._catch_up(scene)
        if self._main.no_room_for is scene.wish:
            return None
        wanted = self._wanted(scene)
        front = self._front_of(scene)
        if front is not None and wanted[scene.playhead]:
            # Given up by the store while the playhead was elsewhere, but still held here.
            self._store.put(front.result)
            wanted[scene.playhead] = False
        frame = self._first(scene, wanted, self.drawing_takes)
        return None if frame is None else self._full_request(scene, frame)

    def _take_beside(self) -> Request[Any] | None:
        """The most useful frame that is soon there, now: from disk or, where there is nothing of it, by the proxy."""
        wish = self._wish
        scene = wish.scene
        if scene is None or scene.stage.proxy is None:
            return None
        request = self._front_beside(scene, scene.stage.proxy)
        if request is None and not wish.dragging:
            request = self._ahead_beside(scene, scene.stage.proxy)
        self._quick.taken_for = wish
        return request

    def _front_beside(self, scene: Scene, proxy: Drawing) -> Request[Any] | None:
        """The frame under the playhead, if nothing of it is there, or if it is better on disk."""
        full, front = scene.full_key(scene.playhead), self._front
        if scene.late_frames(self._now(), self._quick.pace.takes) or full in self._store:
            return None
        if front is not None and front.result.key == full:
            return None
        if not self._on_disk(full):
            stood = (front is not None and front.stands_for == full) or self._store.stand_in(full) is not None
            if stood or scene.key(proxy, scene.playhead).digest in self._broken:
                return None
        return self._request_beside(scene, proxy, scene.playhead)

    def _ahead_beside(self, scene: Scene, proxy: Drawing) -> Request[Any] | None:
        """The most wanted of the frames of which there is nothing, or which are better on disk, and which fit the store."""
        self._catch_up(scene)
        if self._quick.no_room_for is scene.wish:
            return None
        size = self._main.pace.bytes_of(scene.stage.full.look) or self._quick.pace.bytes_of(proxy.look)
        on_disk = self._store.on_disk()
        wanted = (self._store.bare(size) & ~on_disk & ~self._broken_frames(scene, proxy)) | (self._store.missing(size) & on_disk)
        wanted[scene.playhead] = False
        frame = self._first(scene, wanted, self._quick.pace.takes)
        return None if frame is None else self._request_beside(scene, proxy, frame)

    def _request_beside(self, scene: Scene, proxy: Drawing, frame: int) -> Request[Any]:
        full = scene.full_key(frame)
        return self._full_request(scene, frame) if self._on_disk(full) else self._draw(scene, proxy, frame, full)

    def _catch_up(self, scene: Scene) -> None:
        """Let the store know the clip and the playhead."""
        scene.clip.row_keys()  # hashed before the lock is taken, so that nobody waits for it
        with self._syncing:
            self._sync(scene)

    def _first(self, scene: Scene, wanted: Frames, takes: float) -> int | None:
        """The most wanted of some frames; those that would come too late to be seen in their time come last."""
        if not wanted.any():
            return None
        ranks = scene.viewing.draw_ranks()
        ranks[ranks < scene.late_frames(self._now(), takes)] += 3 * len(ranks)
        return int(np.where(wanted, ranks, _LAST).argmin())

    def _full_request(self, scene: Scene, frame: int) -> Request[Any]:
        key, disk = scene.full_key(frame), self._store.disk
        if disk is not None and key.digest in disk:
            return LoadFrame(disk.entry(key), key, frame)
        return self._draw(scene, scene.stage.full, frame, None)

    def _draw(self, scene: Scene, drawing: Drawing, frame: int, stands_for: FrameKey | None) -> DrawFrame:
        key = scene.key(drawing, frame)
        return DrawFrame(drawing.face, scene.clip.row(frame), key, frame, stands_for, self._now)

    def _wanted(self, scene: Scene) -> Frames:
        """Frames that are missing, would be kept, and can be drawn; what is on disk is read by the worker beside, if any."""
        full = scene.stage.full
        wanted = self._store.missing(self._main.pace.bytes_of(full.look)) & ~self._broken_frames(scene, full)
        return wanted & ~self._store.on_disk() if self._has_proxies(scene) else wanted

    def _has_proxies(self, scene: Scene) -> bool:
        return self._beside is not None and scene.stage.proxy is not None

    def _broken_frames(self, scene: Scene, drawing: Drawing) -> Frames:
        """Frames that an engine could not draw."""
        if not self._broken:
            return np.zeros(len(scene.clip), np.bool_)
        prefix = drawing.look.digest
        return np.array([prefix + row in self._broken for row in scene.clip.row_keys()], np.bool_)

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
