"""Work that waits at a gate, so that tests decide what happens first without any sleep."""

from __future__ import annotations

import threading

SOON = 20.0
"""Seconds after which a test that hangs gives up; never waited for by one that passes."""


class Gate:
    """A request that tells when it has begun, and goes on only when the test lets it."""

    def __init__(self, result=None, error=None, checkpoints=0):
        self.began = threading.Event()
        self.open = threading.Event()
        self.result = result
        self.error = error
        self.checkpoints = checkpoints
        self.thread = None

    def __call__(self, control):
        self.thread = threading.current_thread()
        self.began.set()
        assert self.open.wait(SOON)
        for _ in range(self.checkpoints):
            control.checkpoint()
        if self.error is not None:
            raise self.error
        return self.result

    def wait_begun(self):
        assert self.began.wait(SOON)

    def let_go(self):
        self.open.set()


class Log:
    """A listener that writes down what it is told, and on which thread."""

    def __init__(self):
        self.events = []
        self.threads = set()

    def __call__(self, event):
        self.events.append(event)
        self.threads.add(threading.current_thread())
