"""The form ``SOURCE[:WORD,...][@START]`` in which options name a file with what is wanted of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CALL = re.compile(r"(?P<source>.+?)(?::(?P<words>[a-z]+(?:,[a-z]+)*))?(?:@(?P<start>\d+(?:\.\d+)?))?")


@dataclass(frozen=True, slots=True)
class SourceCall:
    """What was typed: a source, words that say what of it is wanted, and the second at which it begins, if it was named."""

    source: str
    words: tuple[str, ...]
    start: float | None


def source_call(text: str) -> SourceCall | None:
    """Take a text apart; None for one that names no source."""
    match = _CALL.fullmatch(text)
    if match is None:
        return None
    words = tuple(match["words"].split(",")) if match["words"] else ()
    return SourceCall(match["source"], words, float(match["start"]) if match["start"] else None)
