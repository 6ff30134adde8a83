"""A clip, an engine and a machine that tests hold in their hands: no real time, no real threads unless asked for."""

from __future__ import annotations

import threading

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.motion import Motion, MotionRow
from pctalk_studio.core.time import FrameRate
from pctalk_studio.jobs import CancelToken, Control, Done, Ended, Failed
from pctalk_studio.preview.scheduler import PreviewScheduler
from pctalk_studio.preview.wish import Drawing, Stage
from pctalk_studio.render.api import FrameLook, Quality
from pctalk_studio.render.frame_store import FrameStore

SIDE = 4
BYTES = SIDE * SIDE * 3
LOOK = FrameLook("portrait", "fake", "1")
DRAFT_LOOK = LOOK.at(Quality(draft=True))
PROXY_LOOK = FrameLook("portrait", "quick", "1", Quality(draft=True))
SOON = 20.0


def motion(values, rate="25"):
    """A clip whose frames differ by one number each; equal numbers are equal frames."""
    count = len(values)
    pose = np.zeros((count, 6), np.float32)
    pose[:, 5] = 1
    pose[:, 0] = values
    still = np.zeros((count, KEYPOINT_COUNT, 3), np.float32)
    four = np.zeros((count, 4), np.float32)
    return Motion(FrameRate.parse(rate), still, still, pose, four, four, np.zeros(count, np.float32))


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class FakeFace:
    """Draws a picture that shows its row's number; writes down what it drew, and takes ``seconds`` of a clock."""

    def __init__(self, time=None, seconds=0.0, side=SIDE):
        self.drawn = []
        self.time = time
        self.seconds = seconds
        self.side = side
        self.broken = set()
        self.gate = None
        self.began = threading.Semaphore(0)

    def frame(self, row: MotionRow):
        number = float(row.pose[0])
        self.began.release()
        if self.gate is not None:
            assert self.gate.acquire(timeout=SOON)
        self.drawn.append(number)
        if self.time is not None:
            self.time.now += self.seconds
        if number in self.broken:
            raise RuntimeError(f"cannot draw {number}")
        return np.full((self.side, self.side, 3), int(number * 4) % 256, np.uint8)


class HandRunner:
    """A runner without a thread: a test takes its steps one by one."""

    def __init__(self):
        self.source = None
        self.listeners = ()
        self.wakes = 0

    def attach(self, source, *, priority=0, listeners=()):
        self.source, self.listeners = source, listeners

    def detach(self, source):
        self.source = None

    def wake(self):
        self.wakes += 1

    def step(self):
        """Do one request; its frame, or None when there was none."""
        request = self.source.take() if self.source is not None else None
        if request is None:
            return None
        self.finish(request)
        return request.frame

    def finish(self, request):
        try:
            outcome = Done(request(Control(CancelToken(), lambda progress: None)))
        except RuntimeError as error:
            outcome = Failed(error)
        self.source.settle(request, outcome)
        for listener in self.listeners:
            listener(Ended(1, request, outcome))

    def drain(self, limit=10_000):
        """Do all there is to do; the frames in order."""
        frames = []
        while (frame := self.step()) is not None:
            frames.append(frame)
            assert len(frames) <= limit, "the preview never comes to rest"
        return frames


class Bench:
    """A scheduler with a fake engine, by hand; ``proxy``: with a quicker one beside it, whose pictures are 3 pixels wide."""

    def __init__(self, values=(), budget=1000, seconds=0.0, disk=None, rate="25", draft=False, proxy=False):
        self.time = Time()
        self.face, self.draft_face = FakeFace(self.time, seconds), FakeFace(self.time, seconds / 4, side=2)
        self.proxy_face = FakeFace(self.time, seconds / 100, side=3)
        self.runner, self.beside = HandRunner(), HandRunner()
        self.store = FrameStore(budget * BYTES, disk)
        self.landed, self.failed = [], []
        self.preview = PreviewScheduler(
            self.runner,
            self.store,
            beside=self.beside,
            landed=self.landed.append,
            failed=self.failed.append,
            now=self.time,
        )
        hasty, quick = Drawing(DRAFT_LOOK, self.draft_face), Drawing(PROXY_LOOK, self.proxy_face)
        self.preview.set_stage(Stage(Drawing(LOOK, self.face), hasty if draft else None, quick if proxy else None))
        if len(values):
            self.preview.show(motion(values, rate))

    def drain(self):
        return self.runner.drain()


class BenchMachine(RuleBasedStateMachine):
    """A bench with six frames on which anything is edited, moved to and dragged; what else happens is said by each test."""

    def __init__(self, bench):
        super().__init__()
        self.bench = bench
        self.values = list(range(6))

    @rule(values=st.lists(st.integers(0, 9), min_size=1, max_size=8))
    def edit(self, values):
        self.values = values
        self.bench.preview.show(motion(values))

    @rule(position=st.floats(0, 9))
    def move(self, position):
        self.bench.preview.move(position)

    @rule(dragging=st.booleans())
    def drag(self, dragging):
        (self.bench.preview.drag if dragging else self.bench.preview.release)()
