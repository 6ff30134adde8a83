"""How many threads numeric libraries may start of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


def one_math_thread() -> None:
    """Keep matrix products of this process in the thread that asks for them.

    Ours are small: a second thread makes none of them faster, and spins while it waits for the next, which costs a frame as much
    processor time again as drawing it. Call once, where a program begins.
    """
    import threadpoolctl

    threadpoolctl.threadpool_limits(limits=1, user_api="blas")


@contextmanager
def one_vision_thread() -> Iterator[None]:
    """Keep OpenCV in the threads that call it while every core has a frame of its own to draw or to encode; then as before.

    Its pool gains nothing then, and its workers spin between two calls.
    """
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
