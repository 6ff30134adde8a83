"""How many threads numeric libraries may start of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def one_math_thread() -> None:
    """Keep matrix products of this process in the thread that asks for them.

    Ours are small: a second thread makes none of them faster, and spins while it waits for the next, which costs a frame as much
    processor time again as drawing it. Call where a program begins, before numpy is imported: OpenBLAS, of which numpy, scipy
    and OpenCV each bring their own, asks when it is loaded. What is loaded already is told outright.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if "numpy" in sys.modules:
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


def waiting_threads_sleep() -> None:
    """Let threads of numeric libraries that wait for one another leave the core to others.

    They spin by default, which is best for a program that has the machine to itself. Beside a window, a sound device and an
    encoder it makes a frame of the neural engine cost several times its work. Call once, before torch is imported.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
