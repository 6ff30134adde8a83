"""How many threads numeric libraries may start of their own."""

from __future__ import annotations


def one_math_thread() -> None:
    """Keep matrix products of this process in the thread that asks for them.

    Ours are small: a second thread makes none of them faster, and spins while it waits for the next, which costs a frame as much
    processor time again as drawing it. Call once, where a program begins.
    """
    import threadpoolctl

    threadpoolctl.threadpool_limits(limits=1, user_api="blas")
