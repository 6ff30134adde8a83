"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """``done`` of ``total`` steps of a named stage; stages follow one another."""

    stage: str
    done: int
    total: int


ProgressListener = Callable[[ProgressEvent], None]


def silent(_event: ProgressEvent) -> None:
    """Listen to nothing."""
