"""Work in a process of its own: for what holds the interpreter so long that a window on another thread would stand still."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from pctalk_studio.core.errors import StudioError
from pctalk_studio.core.progress import ProgressEvent, ProgressListener

R = TypeVar("R")

_LOOK = 0.05
"""Seconds between two looks at whether the work is still wanted."""


class Told:
    """A listener that may be handed to work done elsewhere, as a named argument; it hears on this side.

    Parameters
    ----------
    listen
        Called with each event, in the thread that waits for the work; what it raises ends the work.
    """

    def __init__(self, listen: ProgressListener) -> None:
        self._listen = listen

    def __call__(self, event: ProgressEvent) -> None:
        """Tell it."""
        self._listen(event)


class _Teller:
    """A listener's end in the child: sends what it is told to the parent."""

    def __init__(self, sender: Connection, name: str) -> None:
        self._sender = sender
        self._name = name

    def __call__(self, event: ProgressEvent) -> None:
        self._sender.send((self._name, event))


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
        """Call a function of a module in a child process; named arguments that are :class:`Told` hear what it tells them.

        Raises
        ------
        StudioError
            When the child dies; otherwise what the function raises.
        """
        # A fresh interpreter: a forked one would share locks and windows with this one.
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        listeners = {name: value for name, value in named.items() if isinstance(value, Told)}
        plain = {name: value for name, value in named.items() if name not in listeners}
        child = context.Process(target=_serve, args=(sender, function, args, plain, tuple(listeners)), daemon=True)
        child.start()
        sender.close()
        try:
            done, result = self._answer(receiver, listeners)
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

    def _answer(self, receiver: Connection, listeners: dict[str, Told]) -> tuple[bool, Any]:
        """Wait for the child's end, and pass on what it tells until then."""
        while True:
            while not receiver.poll(_LOOK):
                self._between()
            kind, value = receiver.recv()
            if isinstance(kind, bool):
                return kind, value
            listeners[kind](value)


def _serve(
    sender: Connection, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any], telling: tuple[str, ...]
) -> None:
    """What the child does."""
    try:
        answer = (True, function(*args, **named, **{name: _Teller(sender, name) for name in telling}))
    except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
        answer = (False, error)
    sender.send(answer)
    sender.close()
