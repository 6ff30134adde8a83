"""Work in a process of its own: for what holds the interpreter so long that a window on another thread would stand still."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from pctalk_studio.core.errors import StudioError

R = TypeVar("R")

_LOOK = 0.05
"""Seconds between two looks at whether the work is still wanted."""


class Run(Protocol):
    """Calls a function with arguments, here or elsewhere; arguments and result are values."""

    def __call__(self, function: Callable[..., R], /, *args: Any, **named: Any) -> R:
        """The function's result; what it raises is raised."""
        ...


def here(function: Callable[..., R], /, *args: Any, **named: Any) -> R:
    """Call it in this thread."""
    return function(*args, **named)


class Apart:
    """Calls functions in child processes.

    Parameters
    ----------
    between
        Called many times a second while a child works; what it raises, such as Cancelled, ends the child and goes on.
    """

    def __init__(self, between: Callable[[], None] = lambda: None) -> None:
        self._between = between

    def __call__(self, function: Callable[..., R], /, *args: Any, **named: Any) -> R:
        """Call a function of a module in a child process.

        Raises
        ------
        StudioError
            When the child dies; otherwise what the function raises.
        """
        # A fresh interpreter: a forked one would share locks and windows with this one.
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=_serve, args=(sender, function, args, named), daemon=True)
        child.start()
        sender.close()
        try:
            while not receiver.poll(_LOOK):
                self._between()
            done, result = receiver.recv()
        except EOFError as error:
            child.join()
            text = f"The analysis ended before its time (code {child.exitcode}), perhaps for lack of memory; close others."
            raise StudioError(text, repr(error)) from error
        finally:
            child.kill()
            child.join()
            receiver.close()
        if done:
            answer: R = result
            return answer
        raise result


def _serve(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """What the child does."""
    try:
        answer = (True, function(*args, **named))
    except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
        answer = (False, error)
    sender.send(answer)
    sender.close()
